"""Functions that are handed over or given back, and the results that stand in their place."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import partial
from types import FunctionType
from typing import Any

from qwen_magic.diagnosis.bindings import caller_argument
from qwen_magic.diagnosis.calls.earlier import definition
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.snapshot import Diagnosis


def result_for_function(evidence: Evidence) -> Iterator[Diagnosis]:
    """`apply(len(word), word)` of `def apply(f, x)`: the function is meant, or the two are the wrong way round."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or "object is not callable" not in evidence.message:
        return
    if not isinstance(call.func, ast.Name) or callable(step.value(call.func)):
        return
    name = call.func.id
    owners = [node for node in step.around(call) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
    parameter = next((arg for owner in owners for arg in owner.args.args if arg.arg == name), None)
    known = caller_argument(evidence, step, parameter) if parameter else None
    cell = _function_itself(evidence, *known) if known else None
    if known is None or cell is None:
        return
    given = evidence.source(*known)
    yield diagnosis(
        "result-for-function",
        (f"`{name}` has to be a function, and `{given}` is none.", f"`{name}` 应该是函数，而 `{given}` 不是。"),
        ("Hand over the function itself.", "传递函数本身。"),
        [cell],
        certain=True,
    )


def _function_itself(evidence: Evidence, caller: Step, given: ast.expr) -> str | None:
    """The caller with the function in the place of its result, or with the two arguments exchanged."""
    outer = caller.parents.get(given)
    if isinstance(given, ast.Call) and callable(caller.value(given.func)):
        return evidence.replaced(caller, given, evidence.source(caller, given.func))
    if not isinstance(outer, ast.Call):
        return None
    others = [arg for arg in outer.args if arg is not given]
    functions = [arg for arg in others if isinstance(arg, ast.Lambda) or callable(caller.value(arg))]
    if len(functions) != 1:
        return None
    placed = {given: functions[0], functions[0]: given}
    texts = [evidence.source(caller, placed.get(arg, arg)) for arg in outer.args]
    texts += [evidence.source(caller, word) for word in outer.keywords]
    return evidence.replaced(caller, outer, f"{evidence.source(caller, outer.func)}({', '.join(texts)})")


def inner_not_returned(evidence: Evidence) -> Iterator[Diagnosis]:
    """`power(2)(3)`, `double = times(2); double(4)`, of a function that makes another and does not return it."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or "'NoneType' object is not callable" not in evidence.message:
        return
    made: Any = call.func
    if isinstance(made, ast.Name):
        assigned = [node for node in ast.walk(step.tree) if isinstance(node, ast.Assign)]
        found = [node.value for node in assigned if [ast.unparse(target) for target in node.targets] == [made.id]]
        made = found[-1] if found else None
    function = definition(step, made.func) if isinstance(made, ast.Call) else None
    inner = function.body[-1] if function else None
    if function is None or not isinstance(inner, ast.FunctionDef) or function not in ast.walk(step.tree):
        return
    last, text = inner.body[-1], f"return {inner.name}"
    yield diagnosis(
        "missing-return",
        (f"`{function.name}` makes `{inner.name}` and does not return it.",
         f"`{function.name}` 定义了 `{inner.name}`，却没有返回它。"),
        (f"End `{function.name}` with `{text}`.", f"在 `{function.name}` 的末尾写 `{text}`。"),
        [evidence.replaced(step, last, f"{evidence.source(step, last)}\n{' ' * inner.col_offset}{text}")],
        certain=True,
    )  # fmt: skip


def list_for_cache(evidence: Evidence) -> Iterator[Diagnosis]:
    """A list given to a function with `@lru_cache`, which keeps its results under its arguments."""
    said = re.search(r"unhashable type: '(list|set)'", evidence.message)
    step = evidence.last
    call = step.node if step else None
    if step is None or said is None or not isinstance(call, ast.Call):
        return
    value = step.value(call.func)
    if type(value).__name__ != "_lru_cache_wrapper" or not isinstance(inspect.unwrap(value), (FunctionType, partial)):
        return
    wrapper = {"list": "tuple", "set": "frozenset"}[said[1]]
    for given in call.args:
        if type(step.value(given)).__name__ == said[1] or isinstance(given, (ast.List, ast.ListComp, ast.Set)):
            text = f"{wrapper}({evidence.source(step, given)})"
            yield diagnosis(
                "list-for-cache",
                ("What a cached function is given must not change.", "带缓存的函数的参数必须是不可变的。"),
                (f"Write `{text}`.", f"写成 `{text}`。"),
                [evidence.replaced(step, given, text)],
            )
            return
