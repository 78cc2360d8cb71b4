"""Functions handed over that take another number of arguments than they are given."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic import edits
from qwen_magic.diagnosis.calls.earlier import definition, required
from qwen_magic.diagnosis.cells import importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis

_TAKING = ("map", "filter", "sorted", "sort", "max", "min", "apply", "groupby", "takewhile", "dropwhile")


def pair_in_two(evidence: Evidence) -> Iterator[Diagnosis]:
    """`map(lambda a, b: a + b, pairs)`, `key=lambda k, v: v`: a pair is one argument."""
    step = evidence.last
    said = re.search(r"(\S+)\(\) missing (\d+) required positional arguments?", evidence.message)
    if step is None or said is None or step.node is None:
        return
    for call in _calls(step):
        key = next((word.value for word in call.keywords if word.arg in ("key", "func")), None)
        first = call.args[0] if call.args and is_call_of(call, "map", "filter", "apply") else None
        function = key or first
        if isinstance(function, ast.Lambda) and said[1].endswith("<lambda>"):
            yield from _of_lambda(evidence, step, call, function, int(said[2]))
        elif isinstance(function, ast.Name) and said[1].endswith(function.id):
            known = definition(step, function)
            count = int(said[2]) + 1
            if known is None or len(required(known)) != count or not _in_parts(step, call, count):
                continue
            if is_call_of(call, "map") and len(call.args) == 2 and isinstance(call.func, ast.Name):
                cell = evidence.replaced(step, call.func, "starmap")
                cell = importing(evidence, cell, "from itertools import starmap")
            else:
                cell = evidence.replaced(step, function, f"lambda pair: {function.id}(*pair)")
            yield _said(evidence, step, function, [cell], certain=len(call.args) == 2)


def _calls(step: Step) -> list[ast.Call]:
    """The calls that may have handed over a function, also where they stand lines before what goes through them."""
    root = step.node if step.node is not None else ast.Pass()
    calls = [node for node in ast.walk(root) if is_call_of(node, *_TAKING)]
    if calls:
        return calls
    return [node for node in ast.walk(step.tree) if is_call_of(node, "map", "filter")]


def _of_lambda(
    evidence: Evidence, step: Step, call: ast.Call, function: ast.Lambda, missing: int
) -> Iterator[Diagnosis]:
    names = [argument.arg for argument in function.args.args]
    if len(names) != missing + 1 or function.args.defaults:
        return
    given = _gone_through(call)
    item = _first(step, given)
    if item is not None and not (isinstance(item, (tuple, list)) and len(item) == len(names)):
        yield from _comparing(evidence, step, call, function)
        return
    if item is None and is_call_of(call, "apply"):
        return
    sure = item is not None or is_call_of(given, "items", "zip", "enumerate")
    used = {node.id for node in ast.walk(function.body) if isinstance(node, ast.Name)}
    one = next((name for name in ("pair", "item", "each") if name not in used), "row")
    reads = [node for node in ast.walk(function.body) if isinstance(node, ast.Name) and node.id in names]
    body = evidence.source(step, function.body)
    parts = [(node, f"{one}[{names.index(node.id)}]") for node in reads]
    span = evidence.span(step, function.body)
    if span is None or any(evidence.span(step, node) is None for node in reads):
        return
    text = _substituted(evidence, step, span, body, parts)
    yield _said(evidence, step, function, [evidence.replaced(step, function, f"lambda {one}: {text}")], certain=sure)


def _gone_through(call: ast.Call) -> ast.expr | None:
    if isinstance(call.func, ast.Attribute) and is_call_of(call, "sort"):
        return call.func.value
    return call.args[-1] if call.args else None


def _first(step: Step, given: ast.expr | None) -> Any:
    items: Any = step.value(given) if given is not None else MISSING
    return next(iter(items), None) if type(items) in (list, tuple, set) else None


def _in_parts(step: Step, call: ast.Call, count: int) -> bool:
    """Whether what a call goes through has so many parts in each item."""
    given = _gone_through(call)
    item = _first(step, given)
    return (isinstance(item, (tuple, list)) and len(item) == count) or is_call_of(given, "items", "zip", "enumerate")


def _substituted(evidence: Evidence, step: Step, span: edits.Span, body: str, parts: list[tuple[ast.Name, str]]) -> str:
    """The text of the body with other texts for some names in it."""
    lines = body.split("\n")
    places = [(evidence.span(step, node), text) for node, text in parts]
    known = [(place, text) for place, text in places if place is not None]
    for place, text in sorted(known, key=lambda pair: (pair[0].line, pair[0].column), reverse=True):
        at = place.line - span.line
        start = span.column if at == 0 else 0
        line = lines[at]
        lines[at] = line[: place.column - start] + text + line[place.end_column - start :]
    return "\n".join(lines)


def _comparing(evidence: Evidence, step: Step, call: ast.Call, function: ast.Lambda) -> Iterator[Diagnosis]:
    """`sorted(words, key=lambda a, b: len(a) - len(b))`: a comparison of two, which is no key."""
    if len(function.args.args) != 2 or not is_call_of(call, "sorted", "sort", "max", "min"):
        return
    text = f"cmp_to_key({evidence.source(step, function)})"
    cell = importing(evidence, evidence.replaced(step, function, text), "from functools import cmp_to_key")
    yield _said(evidence, step, function, [cell], certain=True)


def _said(evidence: Evidence, step: Step, function: ast.expr, cells: list[str | None], *, certain: bool) -> Diagnosis:
    text = evidence.source(step, function)
    return diagnosis(
        "one-argument",
        (f"`{text}` is given one item at a time.", f"`{text}` 每次只会收到一个元素。"),
        ("Take one argument, and its parts by their index.", "只用一个参数，再用下标取它的各部分。"),
        cells,
        certain=certain,
    )


def lambda_without_parameter(evidence: Evidence) -> Iterator[Diagnosis]:
    """`sorted(xs, key=lambda: x.size)`: the name that the lambda reads is what it is given."""
    step = evidence.last
    if step is None or "<lambda>() takes 0 positional arguments but 1 was given" not in evidence.message:
        return
    for node in ast.walk(step.node or ast.Pass()):
        if not isinstance(node, ast.Lambda) or node.args.args or node.args.vararg:
            continue
        reads = [part.id for part in ast.walk(node.body) if isinstance(part, ast.Name)]
        free = [name for name in dict.fromkeys(reads) if name not in step.names and not hasattr(builtins, name)]
        if len(free) != 1:
            continue
        text = f"lambda {free[0]}: {evidence.source(step, node.body)}"
        yield diagnosis(
            "lambda-without-parameter",
            (f"The function takes nothing and reads `{free[0]}`.", f"这个函数没有参数，却读取了 `{free[0]}`。"),
            (f"Write `{text}`.", f"写成 `{text}`。"),
            [evidence.replaced(step, node, text)],
            certain=True,
        )
        return


def _returns_a_call(step: Step) -> bool:
    """Whether `return inner()` was running, of a function that stands inside the one that returns."""
    call = step.node
    if not isinstance(call, ast.Call) or call.args or not isinstance(step.parents.get(call), ast.Return):
        return False
    outer = next(step.around(call, ast.FunctionDef), None)
    inside = {part.name for part in outer.body if isinstance(part, ast.FunctionDef)} if outer else set()
    return isinstance(call.func, ast.Name) and call.func.id in inside


def called_before_handed_over(evidence: Evidence) -> Iterator[Diagnosis]:
    """`repeat(shout("hi"), 3)`, `partial(power(2))`, `return inner()`: the function itself is wanted."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, TypeError) or "missing" not in evidence.message:
        return
    # A decorator that calls its wrapper fails in the wrapper.
    step = next((known for known in evidence.steps[-2:] if _returns_a_call(known)), step)
    call = step.node if isinstance(step.node, ast.Call) else None
    outer = step.parents.get(call) if call else None
    if call is None or call.keywords:
        return
    text = evidence.source(step, call.func)
    if _returns_a_call(step):
        cell = evidence.replaced(step, call, text)
    elif is_call_of(outer, "partial") and outer.args == [call] and call.args:
        given = ", ".join(evidence.source(step, part) for part in [call.func, *call.args, *outer.keywords])
        cell = evidence.replaced(step, outer, f"{evidence.source(step, outer.func)}({given})")
    else:
        return
    yield diagnosis(
        "called-too-early",
        (f"`{text}` is called before it is handed over.", f"`{text}` 在传递之前就被调用了。"),
        (f"Hand over `{text}` itself.", f"传递 `{text}` 本身。"),
        [cell],
        certain=True,
    )
