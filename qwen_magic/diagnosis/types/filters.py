"""Conditions that nothing meets, because the text that is asked for is spelled otherwise."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pure_eval import CannotEval, Evaluator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.names.similarity import close

_MOST = 500


def spelled_otherwise(evidence: Evidence, step: Step, given: ast.expr) -> Iterator[str | None]:
    """The cell with the texts of a filter as the items have them: `item["kind"] == "light"` for "Light"."""
    if isinstance(given, ast.Name):
        made = binding(step, given)
        given = made.value if isinstance(made, ast.Assign) else given
    if not isinstance(given, (ast.GeneratorExp, ast.ListComp, ast.SetComp)) or len(given.generators) != 1:
        return
    loop = given.generators[0]
    items = step.value(loop.iter)
    if type(items) not in (list, tuple, set) or not isinstance(loop.target, ast.Name):
        return
    for test in (node for condition in loop.ifs for node in ast.walk(condition)):
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
            continue
        for asked, wanted in ((test.left, test.comparators[0]), (test.comparators[0], test.left)):
            if not isinstance(wanted, ast.Constant):
                yield from _as_type(evidence, step, wanted, asked, loop.target.id, items)
                continue
            values = [_value(step, asked, loop.target.id, item) for item in islice(items, _MOST)]
            yield from _as_held(evidence, step, wanted, values)


def _as_type(
    evidence: Evidence, step: Step, wanted: ast.expr, asked: ast.expr, name: str, items: Iterable[Any]
) -> Iterator[str | None]:
    """The cell with a variable as the type that the items have: `str(n)` where they have "3" for 3."""
    value = _value(step, wanted, "", None) if not any(_reads(wanted, name)) else MISSING
    if type(value) not in (int, str):
        return
    values = [_value(step, asked, name, item) for item in islice(items, _MOST)]
    for kind in (str, int):
        if type(value) is not kind and any(type(one) is kind and str(one) == str(value) for one in values):
            yield evidence.replaced(step, wanted, f"{kind.__name__}({evidence.source(step, wanted)})")


def _reads(node: ast.expr, name: str) -> Iterator[bool]:
    return (True for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name)


def _as_held(evidence: Evidence, step: Step, wanted: ast.Constant, values: list[Any]) -> Iterator[str | None]:
    texts = list(dict.fromkeys(value for value in values if type(value) is str))
    if wanted.value in values:
        return
    if type(wanted.value) is str:
        other = [text for text in texts if text.strip().casefold() == wanted.value.strip().casefold()]
        for text in other or close(wanted.value, texts, 2, 0.7):
            yield evidence.replaced(step, wanted, f'"{text}"' if text.isprintable() and '"' not in text else repr(text))
        numbers = [value for value in values if type(value) is int and str(value) == wanted.value.strip()]
        yield from [evidence.replaced(step, wanted, str(numbers[0]))] if numbers else []
    elif type(wanted.value) is int and str(wanted.value) in texts:
        yield evidence.replaced(step, wanted, f'"{wanted.value}"')


def _value(step: Step, node: ast.expr, name: str, item: Any) -> Any:
    try:
        return Evaluator({**step.names, name: item})[node]
    except (CannotEval, RecursionError):
        return MISSING
