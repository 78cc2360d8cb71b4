"""How Python writes what other languages and libraries write as a method: data.

`{x}` is the receiver, `{0}` the first argument, `{args}` all of them; a text without them is another name for
the same method. `!` marks what can be meant in one way only.
"""

from __future__ import annotations

from typing import Final

_SIZED: Final = dict.fromkeys(("length", "size", "len", "count", "getLength"), "len({x})!")
_IN: Final = {"contains": "{0} in {x}!", "includes": "{0} in {x}!", "has": "{0} in {x}!", "contain": "{0} in {x}!"}
_EMPTY: Final = {"isEmpty": "not {x}!", "is_empty": "not {x}!", "empty": "not {x}!"}
_SEQUENCE: Final = {
    **_SIZED, **_IN, **_EMPTY,
    "indexOf": "index!", "find": "{x}.index({0})", "first": "{x}[0]", "last": "{x}[-1]", "head": "{x}[:5]",
    "tail": "{x}[-5:]", "get": "{x}[{0}]!", "charAt": "{x}[{0}]!", "join": "{0}.join({x})!",
    "map": "list(map({0}, {x}))!",
    "filter": "list(filter({0}, {x}))!", "items": "enumerate({x})", "slice": "{x}[{0}:{1}]!", "tolist": "list({x})!",
    "to_list": "list({x})!", "toArray": "list({x})!", "unique": "list(dict.fromkeys({x}))", "to_set": "set({x})",
    "shape": "len({x})", "values": "{x}", "keys": "range(len({x}))", "mean": "sum({x}) / len({x})",
    "average": "sum({x}) / len({x})", "avg": "sum({x}) / len({x})", "toString": "str({x})",
}  # fmt: skip
METHODS: Final[dict[str, dict[str, str]]] = {
    "list": {
        **_SEQUENCE,
        "push": "append!", "push_back": "append!", "add": "append!", "addAll": "extend!", "concat": "{x} + {0}",
        "shift": "{x}.pop(0)!", "unshift": "{x}.insert(0, {0})!", "prepend": "{x}.insert(0, {0})!",
        "appendleft": "{x}.insert(0, {0})!", "popleft": "{x}.pop(0)!", "delete": "remove", "discard": "remove",
        "removeAt": "pop!", "update": "extend", "put": "append", "sorted": "sorted({x})!", "order": "sort",
        "sort_values": "sorted({x})", "reversed": "{x}[::-1]", "set": "{x}[{0}] = {1}", "top": "{x}[-1]",
        "peek": "{x}[-1]",
        "lastIndexOf": "len({x}) - 1 - {x}[::-1].index({0})", "T": "list(zip(*{x}))", "value_counts": "Counter({x})",
    },
    "tuple": {**_SEQUENCE, "append": "{x} + ({0},)", "add": "{x} + ({0},)", "push": "{x} + ({0},)",
              "sort": "sorted({x})", "reverse": "{x}[::-1]", "extend": "{x} + tuple({0})"},
    "set": {
        **_SIZED, **_IN, **_EMPTY,
        "append": "add!", "push": "add!", "insert": "add!", "put": "add!", "extend": "update!", "addAll": "update!",
        "delete": "discard", "sort": "sorted({x})", "index": "sorted({x}).index({0})", "join": "{0}.join({x})!",
        "get": "{0} in {x}",
    },
    "dict": {
        **_SIZED, **_EMPTY,
        "has_key": "{0} in {x}!", "contains": "{0} in {x}!", "containsKey": "{0} in {x}!", "has": "{0} in {x}!",
        "hasOwnProperty": "{0} in {x}!", "iteritems": "items!", "iterkeys": "keys!", "itervalues": "values!",
        "viewitems": "items!", "entries": "items!", "getOrDefault": "get!", "put": "{x}[{0}] = {1}!",
        "set": "{x}[{0}] = {1}!", "add": "{x}[{0}] = {1}!", "append": "{x}[{0}] = {1}!", "insert": "{x}[{0}] = {1}!",
        "push": "{x}[{0}] = {1}!", "remove": "{x}.pop({0})!", "delete": "{x}.pop({0})!",
        "discard": "{x}.pop({0}, None)!",
        "sort": "dict(sorted({x}.items()))", "extend": "update", "merge": "{x} | {0}", "key": "keys",
        "index": "list({x}).index({0})",
    },
    "str": {
        **_SIZED, **_IN, **_EMPTY,
        "toUpperCase": "upper!", "toLowerCase": "lower!", "uppercase": "upper!", "lowercase": "lower!",
        "to_upper": "upper!",
        "to_lower": "lower!", "toupper": "upper!", "tolower": "lower!", "trim": "strip!", "trimStart": "lstrip!",
        "trimEnd": "rstrip!", "chomp": "rstrip!", "replaceAll": "replace!", "indexOf": "find!",
        "lastIndexOf": "rfind!",
        "substr": "{x}[{0}:{1}]", "substring": "{x}[{0}:{1}]!", "slice": "{x}[{0}:{1}]!", "charAt": "{x}[{0}]!",
        "get": "{x}[{0}]", "reverse": "{x}[::-1]!", "reversed": "{x}[::-1]!", "append": "{x} + {0}",
        "push": "{x} + {0}",
        "add": "{x} + {0}", "extend": "{x} + {0}", "concat": "{x} + {0}!", "sort": "''.join(sorted({x}))",
        "decode": "{x}!", "repeat": "{x} * {0}!", "capitalise": "capitalize!", "explode": "split",
        "charCodeAt": "ord({x}[{0}])!", "toString": "{x}!", "to_string": "{x}!", "insert": "{x} + {1}",
        "items": "json.loads({x}).items()", "keys": "json.loads({x}).keys()", "to_int": "int({x})!",
        "toInt": "int({x})!",
    },
    "number": {
        "length": "len(str({x}))!", "sqrt": "{x} ** 0.5", "toString": "str({x})!", "to_string": "str({x})!",
        "toFixed": "round({x}, {0})", "pow": "{x} ** {0}!", "floor": "math.floor({x})", "ceil": "math.ceil({x})",
        "contains": "{0} in str({x})",
    },
    "deque": {
        **_SIZED, **_EMPTY, **_IN,
        "push": "append!", "add": "append!", "enqueue": "append!", "put": "append!", "dequeue": "popleft!",
        "shift": "popleft!", "unshift": "appendleft!", "prepend": "appendleft!", "push_front": "appendleft!",
        "push_back": "append!", "pop_front": "popleft!", "pop_back": "pop!", "peek": "{x}[0]", "front": "{x}[0]!",
        "back": "{x}[-1]!", "top": "{x}[-1]", "get": "popleft", "sort": "sorted({x})",
    },
    "iterator": {"next": "next({x})!", "sum": "sum({x})!", "max": "max({x})!", "min": "min({x})!"},
    "timedelta": {
        "hours": "{x}.total_seconds() / 3600", "minutes": "{x}.total_seconds() / 60", "day": "days!",
        "hour": "{x}.total_seconds() / 3600", "minute": "{x}.total_seconds() / 60", "second": "seconds",
        "weeks": "{x}.days / 7", "years": "{x}.days / 365.25", "months": "{x}.days / 30.44",
        "milliseconds": "{x}.total_seconds() * 1000", "strftime": "str({x})", "total_days": "days",
    },
    "date class": {"now": "today!"},
    "path": {
        **{name: f"str({{x}}).{name}({{args}})!" for name in (
            "endswith", "startswith", "lower", "upper", "strip", "find", "rfind", "encode", "rstrip", "rsplit")},
        "split": "str({x}).split({args})", "listdir": "list({x}.iterdir())!", "isfile": "is_file!",
        "isdir": "is_dir!", "exist": "exists!", "basename": "{x}.name!", "filename": "name!", "extension": "suffix!",
        "ext": "suffix!", "dirname": "{x}.parent!", "write": "write_text", "read": "read_text!", "join": "joinpath!",
        "readlines": "{x}.read_text().splitlines()!", "makedirs": "mkdir", "delete": "unlink!", "remove": "unlink!",
    },
    "match": {name: f"{{x}}.group().{name}({{args}})!" for name in (
        "upper", "lower", "strip", "split", "replace", "title", "startswith", "endswith", "zfill", "isdigit")},
    "bytes": {**_SIZED, "encode": "{x}!", "format": "{x}.decode().format({args})"},
    "ndarray": {
        "append": "np.append({x}, {0})", "length": "len({x})!", "len": "len({x})!", "index": "list({x}).index({0})",
        "head": "{x}[:5]", "tail": "{x}[-5:]", "values": "{x}!", "to_numpy": "{x}!", "to_list": "tolist!",
        "columns": "{x}.shape[1]",
        "join": "{0}.join(map(str, {x}))", "extend": "np.append({x}, {0})", "contains": "{0} in {x}",
    },
    "DataFrame": {"length": "len({x})!", "len": "len({x})!", "tolist": "{x}.values.tolist()",
    "to_list": "{x}.values.tolist()",
                  "sort": "sort_values", "order": "sort_values", "column": "columns!", "cols": "columns!",
                  "rows": "index",
                  "names": "columns", "reverse": "{x}.iloc[::-1]", "average": "mean(numeric_only=True)",
                  "dtype": "dtypes!",
                  "unique": "drop_duplicates", "group_by": "groupby!", "nrow": "{x}.shape[0]!",
                  "ncol": "{x}.shape[1]!"},
    "Series": {"length": "len({x})!", "len": "len({x})!", "columns": "{x}.name", "sort": "sort_values",
    "order": "sort_values",
               "average": "mean!", "avg": "mean!", "contains": "{x}.str.contains({args})!",
               "items_count": "value_counts",
               "append": "pd.concat([{x}, {0}])", "dtypes": "dtype", "counts": "value_counts", "distinct": "unique!"},
}  # fmt: skip
# Builtin functions that are called like methods elsewhere, and for what.
FUNCTIONS: Final[dict[str, str]] = {
    "sum": "sequence", "min": "sequence", "max": "sequence", "sorted": "sequence", "any": "sequence",
    "all": "sequence",
    "abs": "number", "round": "number", "enumerate": "sequence", "zip": "sequence", "reversed": "sequence",
}  # fmt: skip
