"""Arguments of a type that a function does not take: numbers for text, text for numbers, a list for one value."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final

from qwen_magic.diagnosis.cells import changed, importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.texts import numerals
from qwen_magic.diagnosis.types.sources import at_the_source
from qwen_magic.diagnosis.wording import described
from qwen_magic.snapshot import Diagnosis

_TEXT: Final = re.compile(
    r"must be str\b|must be str,|expected str,|strip arg must be|need a bytes-like object, \w+ found|^str expected"
    r"|expected string or bytes-like|first arg must be str|quote_from_bytes\(\) expected|has no attribute 'expandtabs'"
    r"|must be None or str|to a '(?:int|float)' object|can only join an iterable"
)
_WHOLE: Final = re.compile(
    r"cannot be interpreted as an integer|Expected int as r|non-integer|argument is not an integer|None or an integer"
)
_NUMBER: Final = re.compile(
    r"must be real number|bad operand type for (?:abs|unary)|doesn't define __\w+__ method|ord\(\) expected"
    r"|real number, not '(?:list|tuple|dict|datetime\.\w+|re\.Match)'|unsupported type for timedelta"
)
_WRITTEN = (int, float, bool, Decimal, date, PurePath)
_SEVERAL = (list, tuple, set)


def refused(evidence: Evidence) -> Iterator[Diagnosis]:
    """`os.path.join("run", 3)`, `math.factorial("5")`, `math.sqrt([1, 4])`, `ord("abc")`."""
    step = evidence.last
    call = step.node if step else None
    if step is not None and isinstance(step.statement, ast.Assign) and evidence.message.startswith("str expected"):
        # `os.environ["PORT"] = 8080`
        value = step.statement.value
        text = f"str({evidence.source(step, value)})"
        words = ("Environment variables are texts.", "环境变量只能是文本。"), (f"Write `{text}`.", f"请写成 `{text}`。")
        yield diagnosis("refused", *words, [evidence.replaced(step, value, text)], certain=True)
        return
    if isinstance(call, ast.For):
        call = call.iter
    if step is not None and is_call_of(call, "range") and len(call.args) == 3:
        yield from _fractions(evidence, step, call)
        return
    if step is None or not isinstance(call, ast.Call) or not isinstance(evidence.error, Exception):
        return
    for wanted, message in (("text", _TEXT), ("whole", _WHOLE), ("number", _NUMBER)):
        if message.search(evidence.message):
            yield from _offered(evidence, step, call, wanted)
            return


def _fractions(evidence: Evidence, step: Step, call: ast.Call) -> Iterator[Diagnosis]:
    """`range(0, 1, 0.1)`"""
    if type(step.value(call.args[2])) is not float or not importlib.util.find_spec("numpy"):
        return
    arguments = ", ".join(evidence.source(step, argument) for argument in call.args)
    cell = evidence.replaced(step, call, f"np.arange({arguments})")
    yield diagnosis(
        "refused",
        ("`range` goes in whole steps.", "`range` 的步长只能是整数。"),
        (f"Write `np.arange({arguments})`.", f"请写成 `np.arange({arguments})`。"),
        [importing(evidence, cell, "import numpy as np")],
    )


def _offered(evidence: Evidence, step: Step, call: ast.Call, wanted: str) -> Iterator[Diagnosis]:
    arguments = [*call.args, *(word.value for word in call.keywords)]
    known = [(argument, step.value(argument)) for argument in arguments]
    odd = [(argument, value) for argument, value in known if value is not MISSING and _is_odd(value, wanted, call)]
    if "datetime.timedelta" in evidence.message and len(known) == 1 and known[0][1] is MISSING:
        # Nobody can subtract dates without running their code.
        odd = [(known[0][0], timedelta())]
    tried = ((node, one, list(_ways(evidence, step, node, one, wanted))) for node, one in odd)
    found = next((one for one in tried if one[2] or type(one[1]) in (str, *_SEVERAL)), None)
    if found is None:
        return
    argument, value, ways = found
    text = evidence.source(step, argument)
    cells = [evidence.replaced(step, argument, way) for way in ways]
    if len(odd) > 1 and ways and (wanted == "whole" or is_call_of(call, "join")):
        each = [(node, next(_ways(evidence, step, node, one, wanted), "")) for node, one in odd]
        cells.insert(0, changed(evidence, step, each) if all(way for _, way in each) else None)
    if ways and type(value) is str:
        cells[1:1] = list(at_the_source(evidence, step, argument, ways[0]))
    whole = list(_of_each(evidence, step, call, argument, value))
    cells += [evidence.replaced(step, call, way) for way in whole]
    best = next(iter([*ways, *whole]), "")
    if not best:
        return
    what, kind = described(value), {"text": ("text", "文本"), "whole": ("an integer", "整数")}.get(wanted)
    kind = kind or ("one number", "单个数字")
    function = evidence.source(step, call.func)
    yield diagnosis(
        "refused",
        (f"`{function}` takes {kind[0]} here, and `{text}` is {what[0]}.",
         f"`{function}` 这里需要{kind[1]}，而 `{text}` 是 {what[1]}。"),
        (f"Write `{best}`.", f"请写成 `{best}`。"),
        cells,
        certain=" // " in best or best.startswith("tuple("),
    )  # fmt: skip


def _is_odd(value: Any, wanted: str, call: ast.Call) -> bool:
    kind = type(value)
    if wanted == "text":
        return isinstance(value, _WRITTEN) or kind is re.Match or kind in _SEVERAL
    if wanted == "whole":
        return kind in (str, float, timedelta) or (kind in _SEVERAL and is_call_of(call, "chr"))
    return kind in (str, re.Match, timedelta, *_SEVERAL) or (kind is int and is_call_of(call, "ord"))


def _ways(evidence: Evidence, step: Step, node: ast.expr, value: Any, wanted: str) -> Iterator[str]:
    """The argument, converted."""
    dotted, call = operand(evidence.source(step, node)), step.parents.get(node)
    if type(value) is re.Match:
        plain = wanted == "text" or is_call_of(call, "int", "float")
        yield f"{dotted}.group()" if plain else f"int({dotted}.group())"
    elif wanted == "text":
        yield from _as_text(evidence, step, node, value)
    elif type(value) is timedelta:
        yield f"{dotted}.days"
        if wanted == "number":
            yield f"{dotted}.total_seconds()"
    else:
        yield from _as_number(evidence, step, node, value, wanted)


def _as_text(evidence: Evidence, step: Step, node: ast.expr, value: Any) -> Iterator[str]:
    text, call = evidence.source(step, node), step.parents.get(node)
    if isinstance(value, _WRITTEN):
        yield f'"{value}"' if isinstance(node, ast.Constant) else f"str({text})"
    elif type(value) not in _SEVERAL:
        return
    elif is_call_of(call, "startswith", "endswith"):
        yield f"tuple({text})"
    elif "PathLike" in evidence.message and is_call_of(call, "join"):
        yield f"*{text}"
    elif is_call_of(call, "write_text", "fill", "wrap", "quote"):
        yield f'"\\n".join({text})'


def _as_number(evidence: Evidence, step: Step, node: ast.expr, value: Any, wanted: str) -> Iterator[str]:
    text, call = evidence.source(step, node), step.parents.get(node)
    if type(value) is str and not is_call_of(call, "ord"):
        readings = numerals.reading(value, text, (), operand(text))
        yield from readings if wanted == "number" else [one for one in readings if one.startswith("int(")]
    elif type(value) is float:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield f"{evidence.source(step, node.left)} // {evidence.source(step, node.right)}"
        if value == int(value) and isinstance(node, ast.Constant):
            yield str(int(value))
        yield f"int({text})"
        yield f"round({text})"
    elif type(value) is int and is_call_of(call, "ord"):
        yield f"str({text})"


def _of_each(evidence: Evidence, step: Step, call: ast.Call, node: ast.expr, value: Any) -> Iterator[str]:
    """The call for each of several values: `[math.sqrt(x) for x in xs]`."""
    text, function = evidence.source(step, node), evidence.source(step, call.func)
    if is_call_of(call, "ord") and type(value) is int:
        yield f"chr({text})"
        return
    several = type(value) in _SEVERAL or (type(value) is str and is_call_of(call, "ord"))
    if not several or not len(value) or is_call_of(call, "startswith", "endswith", "write_text") or call.keywords:
        return
    if "PathLike" in evidence.message and not all(type(item) is str for item in value):
        return
    name = next(name for name in ("x", "item", "element", "one") if name not in step.names or name == "one")
    given = [name if argument is node else evidence.source(step, argument) for argument in call.args]
    if node in call.args:
        each = f"{function}({', '.join(given)}) for {name} in {text}"
        if is_call_of(call, "chr"):
            yield f'"".join({each})'
        yield f"[{each}]"


def sought_in_text(evidence: Evidence) -> Iterator[Diagnosis]:
    """`7 in "2357"`: only text can be in a text; `"7" in 2357`: only a text has digits."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return
    if not isinstance(node.ops[0], (ast.In, ast.NotIn)) or type(evidence.error) is not TypeError:
        return
    left, right = node.left, node.comparators[0]
    kinds = type(step.value(left)), type(step.value(right))
    if kinds[1] is str and kinds[0] in (int, float):
        odd = left
    elif kinds[0] is str and kinds[1] in (int, float):
        odd = right
    else:
        return
    text = evidence.source(step, odd)
    best = f'"{text}"' if isinstance(odd, ast.Constant) else f"str({text})"
    yield diagnosis(
        "sought-in-text",
        (f"`in` looks for a text in a text, and `{text}` is a number.",
         f"`in` 是在文本中查找文本，而 `{text}` 是数字。"),
        (f"Write `{best}`.", f"请写成 `{best}`。"),
        [evidence.replaced(step, odd, best)],
        certain=odd is left,
    )  # fmt: skip
