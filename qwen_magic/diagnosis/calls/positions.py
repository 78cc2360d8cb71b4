"""TypeError of a call whose arguments belong into one list, or into another order."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.expressions import name_of
from qwen_magic.snapshot import Diagnosis

# Functions of one list or shape; the second argument of these is never another item by mistake of ours.
_LISTS = frozenset({
    "sum", "concat", "concatenate", "vstack", "hstack", "column_stack", "stack", "array", "choice", "set", "list",
    "tuple", "mean", "median", "stdev", "fmean", "any", "all", "sorted", "frozenset", "deque", "Counter", "fsum",
    "prod", "std", "asarray",
})  # fmt: skip
_SHAPES = frozenset({"zeros", "ones", "empty", "full"})
_TOO_MANY = re.compile(
    r"takes (?:exactly |at most |from \d+ to )?(?:one|\d+) (?:positional )?arguments? (?:but \d+|\(\d+ given)"
    r"|expected (?:at most )?\d+ arguments?, got \d+|object is not iterable|Cannot interpret|scalar index"
    r"|must be an iterable|not a sequence|must be a sequence|invalid __array_struct__|dtype|keepdims|axis"
)


def one_list(evidence: Evidence) -> Iterator[Diagnosis]:
    """`sum(1, 2, 3)`, `np.zeros(2, 3)`, `xs.append(1, 2)`: several arguments where one list is meant."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, TypeError) or not isinstance(step.node, ast.Call):
        return
    call = step.node
    if (
        not _TOO_MANY.search(evidence.message)
        or len(call.args) < 2
        or any(isinstance(a, ast.Starred) for a in call.args)
    ):
        return
    name = name_of(call.func)
    function = evidence.source(step, call.func)
    given = [evidence.source(step, argument) for argument in call.args]
    words = "".join(f", {evidence.source(step, word)}" for word in call.keywords)
    inner, sure = ", ".join(given), True
    values = [step.value(argument) for argument in call.args]
    if name in _SHAPES and all(type(value) is int for value in values):
        texts = [f"{function}(({inner}){words})"]
    elif name == "append" and isinstance(call.func, ast.Attribute) and not call.keywords:
        receiver = evidence.source(step, call.func.value)
        texts, sure = [f"{function}(({inner}))", f"{receiver}.extend([{inner}])", f"{function}([{inner}])"], False
    elif name in _LISTS and _alike(values):
        texts = [f"{function}([{inner}]{words})"]
    else:
        return
    cause = (
        f"`{function}` takes one list or tuple, not {len(given)} values.",
        f"`{function}` 要一个列表或元组，不是 {len(given)} 个值。",
    )
    hint = (f"Write `{texts[0]}`.", f"写成 `{texts[0]}`。")
    yield diagnosis("argument-list", cause, hint, (evidence.replaced(step, call, text) for text in texts), certain=sure)


def _alike(values: list[object]) -> bool:
    """Whether all may be items of one list: a key function or an axis is not."""
    kinds = {type(value) for value in values if value is not MISSING}
    numbers = kinds <= {int, float}
    return (len(kinds) == 1 or numbers) and not any(callable(value) for value in values if value is not MISSING)


def swapped(evidence: Evidence) -> Iterator[Diagnosis]:
    """`map(numbers, str)`, `isinstance(int, x)`: the arguments the other way round."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, TypeError) or not isinstance(step.node, (ast.Call, ast.For)):
        return
    for call in (node for node in ast.walk(step.node) if isinstance(node, ast.Call)):
        if not isinstance(call.func, ast.Name) or len(call.args) != 2:
            continue
        first, second = (step.value(argument) for argument in call.args)
        name = call.func.id
        lists = (list, tuple, set, dict, str, range)
        lambdas = isinstance(call.args[1], ast.Lambda)
        wrong = name in ("map", "filter", "reduce") and isinstance(first, lists) and (callable(second) or lambdas)
        wrong = wrong or (
            name in ("isinstance", "issubclass") and isinstance(first, type) and not isinstance(second, (type, tuple))
        )
        wrong = wrong or (name == "enumerate" and type(first) is int and isinstance(second, lists))
        if (wrong and second is not MISSING) or (wrong and lambdas):
            left, right = (evidence.source(step, argument) for argument in call.args)
            text = f"{name}({right}, {left})"
            cause = (f"The arguments of `{name}` are the wrong way round.", f"`{name}` 的两个参数写反了。")
            hint = (f"Write `{text}`.", f"写成 `{text}`。")
            yield diagnosis("argument-order", cause, hint, [evidence.replaced(step, call, text)], certain=True)
