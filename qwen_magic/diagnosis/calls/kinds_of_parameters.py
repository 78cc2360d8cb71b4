"""Parameters that take their argument only by name, only by position, or all that are left."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.calls.earlier import definition
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Function, Step
from qwen_magic.snapshot import Diagnosis


def by_name_or_position(evidence: Evidence) -> Iterator[Diagnosis]:
    """`f(1)` of `def f(*, x)`, `f(x=1)` of `def f(x, /)`, `f(options)` of `def f(**options)`."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or not isinstance(evidence.error, TypeError):
        return
    function = definition(step, call.func)
    if function is None or any(isinstance(part, ast.Starred) for part in call.args):
        return
    bound = isinstance(call.func, ast.Attribute) and not isinstance(step.value(call.func.value), type)
    found = _only_by_position(evidence, step, call, function, bound)
    found = found or _only_by_name(evidence, step, call, function, bound)
    if found is None:
        return
    given, certain = found
    name = evidence.source(step, call.func)
    text = f"{name}({', '.join(given)})"
    yield diagnosis(
        "by-name-or-position",
        (f"`{name}` does not take its arguments in this way.", f"`{name}` 不能这样传参数。"),
        (f"Write `{text}`.", f"写成 `{text}`。"),
        [evidence.replaced(step, call, text)],
        certain=certain,
    )


def _texts(evidence: Evidence, step: Step, call: ast.Call) -> tuple[list[str], list[str]]:
    given = [evidence.source(step, part) for part in call.args]
    words = [(f"{word.arg}=" if word.arg else "**") + evidence.source(step, word.value) for word in call.keywords]
    return given, words


def _only_by_position(
    evidence: Evidence, step: Step, call: ast.Call, function: Function, bound: bool
) -> tuple[list[str], bool] | None:
    if "positional-only arguments passed as keyword" not in evidence.message:
        return None
    texts, words = _texts(evidence, step, call)
    only = [argument.arg for argument in function.args.posonlyargs][bound:]
    values = {word.arg: evidence.source(step, word.value) for word in call.keywords}
    placed = [values[name] for name in only[len(texts) :] if name in values]
    return [*texts, *placed, *(word for word in words if word.partition("=")[0].strip() not in only)], True


def _only_by_name(
    evidence: Evidence, step: Step, call: ast.Call, function: Function, bound: bool
) -> tuple[list[str], bool] | None:
    if not re.search(r"takes \d+ positional arguments? but \d+ .*given", evidence.message):
        return None
    texts, words = _texts(evidence, step, call)
    taken, places = function.args, len(function.args.posonlyargs) + len(function.args.args) - bound
    named = {word.arg for word in call.keywords}
    free = [argument.arg for argument in taken.kwonlyargs if argument.arg not in named]
    late = texts[places:]
    if taken.kwarg and len(late) == 1 and type(step.value(call.args[-1])) is dict:
        return [*texts[:places], *words, f"**{late[0]}"], True
    if late and len(late) <= len(free) and not taken.kwarg:
        added = [f"{name}={text}" for name, text in zip(free, late, strict=False)]
        return [*texts[:places], *words, *added], len(late) == len(free)
    return None


def list_as_one_of_many(evidence: Evidence) -> Iterator[Diagnosis]:
    """`mean([1, 2, 3])` of `def mean(*numbers)`: the list arrives as the only number."""
    step = evidence.last
    node = step.node if step else None
    if step is None or node is None or not isinstance(evidence.error, TypeError) or len(evidence.steps) < 2:
        return
    for function in step.around(node):
        many = function.args.vararg if isinstance(function, ast.FunctionDef) else None
        value = step.names.get(many.arg) if many else None
        if many is None or type(value) is not tuple or len(value) != 1 or type(value[0]) not in (list, tuple, set):
            continue
        caller = evidence.steps[-2]
        call = caller.node
        if isinstance(call, ast.Call) and call.args and not isinstance(call.args[-1], ast.Starred):
            text = f"*{evidence.source(caller, call.args[-1])}"
            yield diagnosis(
                "argument-spread",
                (f"`*{many.arg}` takes many values; it was given one list.",
                 f"`*{many.arg}` 接收多个值，却只得到一个列表。"),
                (f"Write `{text}`.", f"写成 `{text}`。"),
                [evidence.replaced(caller, call.args[-1], text)],
                certain=caller.in_cell,
            )  # fmt: skip
        return
