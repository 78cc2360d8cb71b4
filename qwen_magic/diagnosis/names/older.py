"""What other versions of Python, and other libraries, call by another name.

`{0}` is the first argument of the call, `{rest}` those behind it; a text without them takes the place of the name.
`!` marks what can be meant in one way only.
"""

from __future__ import annotations

from typing import Final

# Builtins of Python 2.
BUILTINS: Final = {
    "raw_input": "input!", "unicode": "str!", "basestring": "str!", "long": "int!", "unichr": "chr!",
    "xrange": "range!", "file": "open", "izip": "zip!", "imap": "map!", "ifilter": "filter!",
    "execfile": "exec(open({0}).read())!", "apply": "{0}(*{1})", "cmp": "(({0}) > ({1})) - (({0}) < ({1}))",
}  # fmt: skip
_PLAIN: Final = ("abs", "max", "min", "round", "sum", "len", "sorted", "int", "float", "divmod")
# Functions of modules by the name that people expect; what begins with a dot is Python's own.
MEMBERS: Final[dict[str, dict[str, str]]] = {
    "math": {
        **{name: f".{name}!" for name in _PLAIN},
        "ln": "log!", "squareroot": "sqrt!", "square_root": "sqrt!", "root": "sqrt", "power": "pow!",
        "ceiling": "ceil!", "absolute": ".abs!", "PI": "pi!", "E": "e!", "logarithm": "log",
        "fact": "factorial!", "lg": "log10", "arctan": "atan!", "arcsin": "asin!", "arccos": "acos!",
        "arctan2": "atan2!", "deg2rad": "radians!", "rad2deg": "degrees!", "average": "statistics.mean",
        "mean": "statistics.mean", "random": "random.random", "infinity": "inf!",
    },
    "json": {"parse": "loads!", "stringify": "dumps!", "encode": "dumps!", "decode": "loads!", "read": "loads",
             "write": "dumps"},
    "re": {"replace": "sub!", "find": "search", "findAll": "findall!", "find_all": "findall!", "test": "search",
           "matches": "findall", "contains": "search"},
    "time": {"clock": "perf_counter!", "now": "time!", "wait": "sleep!", "today": "ctime"},
    "statistics": {"average": "mean!", "avg": "mean!", "std": "stdev!", "var": "variance!", "sd": "stdev!"},
    "string": {
        "letters": "ascii_letters!", "uppercase": "ascii_uppercase!", "lowercase": "ascii_lowercase!",
        "maketrans": ".str.maketrans!", "join": ".{1}.join({0})!", "lower": ".{0}.lower()!",
        "upper": ".{0}.upper()!", "split": ".{0}.split({rest})!", "strip": ".{0}.strip({rest})!",
        "replace": ".{0}.replace({rest})!", "atoi": ".int!", "atof": ".float!",
    },
    "itertools": {"izip": ".zip!", "imap": ".map!", "ifilter": ".filter!", "izip_longest": "zip_longest!"},
    "heapq": {"push": "heappush!", "pop": "heappop!", "heap_push": "heappush!", "heap_pop": "heappop!"},
    "sys": {"maxint": "maxsize!"},
    "os": {"getcwdu": "getcwd!", "pwd": "getcwd!", "cd": "chdir!", "exists": "path.exists", "join": "path.join!",
           "isfile": "path.isfile!", "isdir": "path.isdir!", "basename": "path.basename!", "ls": "listdir!",
           "makedir": "mkdir", "delete": "remove!", "copy": "shutil.copy", "move": "shutil.move"},
    "base64": {"encodestring": "encodebytes!", "decodestring": "decodebytes!"},
    "random": {"rand": "random", "randInt": "randint!", "integer": "randint", "integers": "randint",
               "permutation": "sample", "normal": "gauss", "randn": "gauss", "int": "randint"},
    "datetime": {"now": "datetime.now!", "today": "datetime.today"},
    "inspect": {"getargspec": "getfullargspec!"},
    "collections": {"defaultDict": "defaultdict!", "orderedDict": "OrderedDict!", "counter": "Counter!"},
    "logging": {"setLevel": "getLogger().setLevel!"},
    "csv": {"Reader": "reader!", "Writer": "writer!", "read": "reader", "write": "writer"},
    "pickle": {"save": "dump", "read": "load"},
    "copy": {"deep_copy": "deepcopy!", "deep": "deepcopy!", "shallow": "copy"},
}  # fmt: skip


def filled(template: str, given: list[str]) -> str | None:
    """A template with the arguments of a call in it; None if it needs more of them."""
    text = template.replace("{rest}", ", ".join(given[1:]))
    for number, argument in enumerate(given):
        text = text.replace(f"{{{number}}}", argument)
    return None if any(f"{{{number}}}" in text for number in range(len(given), 3)) else text
