"""Arguments of a function of the user's own, given in the wrong order: `scale(2, values)`."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import combinations, pairwise
from types import FunctionType
from typing import Any, get_origin

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.wording import described
from qwen_magic.snapshot import Diagnosis

_NUMBERS = (int, float, complex)
_SEVERAL = (list, tuple, set, frozenset, dict)


def own_swapped(evidence: Evidence) -> Iterator[Diagnosis]:
    """Two arguments of which each is what the other parameter's name or annotation speaks of."""
    if not isinstance(evidence.error, (TypeError, AttributeError, ValueError)):
        return
    for step, inner in pairwise(evidence.steps):
        call = step.node
        if isinstance(call, ast.Call) and step.in_cell and not any(isinstance(a, ast.Starred) for a in call.args):
            function = step.value(call.func)
            if type(function) is FunctionType and function.__name__ == inner.function.rpartition(".")[2]:
                yield from _swapped(evidence, step, call, function)


def _swapped(evidence: Evidence, step: Step, call: ast.Call, function: FunctionType) -> Iterator[Diagnosis]:
    parameters = list(inspect.signature(function).parameters.values())
    given = list(zip(call.args, parameters, strict=False))
    for (one, first), (other, second) in combinations(given, 2):
        values = step.value(one), step.value(other)
        if MISSING in values or not (_contradicts(first, values[0]) and _suits(first, values[1])):
            continue
        if not (_contradicts(second, values[1]) and not _contradicts(second, values[0])):
            continue
        texts = [evidence.source(step, argument) for argument in call.args]
        i, j = call.args.index(one), call.args.index(other)
        texts[i], texts[j] = texts[j], texts[i]
        texts += [evidence.source(step, word) for word in call.keywords]
        name = evidence.source(step, call.func)
        text = f"{name}({', '.join(texts)})"
        what = described(values[0])
        yield diagnosis(
            "own-argument-order",
            (
                f"The arguments of `{name}` are the wrong way round: `{first.name}` is {what[0]}.",
                f"`{name}` 的参数顺序反了：`{first.name}` 是 {what[1]}。",
            ),
            (f"Write `{text}`.", f"写成 `{text}`。"),
            [evidence.replaced(step, call, text)],
        )
        return


def _suits(parameter: inspect.Parameter, value: Any) -> bool:
    """Whether a parameter speaks of such a value."""
    kinds = _annotated(parameter)
    return isinstance(value, kinds) if kinds else _plural(parameter.name) and isinstance(value, _SEVERAL)


def _contradicts(parameter: inspect.Parameter, value: Any) -> bool:
    """Whether a parameter speaks of another kind of value: several for a plural, one for a singular."""
    if kinds := _annotated(parameter):
        return not isinstance(value, kinds)
    return isinstance(value, _NUMBERS if _plural(parameter.name) else _SEVERAL)


def _annotated(parameter: inspect.Parameter) -> tuple[type, ...]:
    """The builtin classes that an annotation means; others would have code of their own to run."""
    kind = get_origin(parameter.annotation) or parameter.annotation
    if kind is float:
        return _NUMBERS
    return (kind,) if kind in (int, complex, str, bool, *_SEVERAL) else ()


def _plural(name: str) -> bool:
    return name.endswith(("s", "list", "_lst", "array", "items", "data")) and not name.endswith("ss")
