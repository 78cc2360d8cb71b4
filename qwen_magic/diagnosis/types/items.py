"""Brackets on values that have no items."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Final

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.cells import importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.types.subscripts import assigned_subscript
from qwen_magic.snapshot import Diagnosis

_LAZY: Final = (
    "map",
    "filter",
    "zip",
    "generator",
    "dict_keys",
    "dict_values",
    "dict_items",
    "set",
    "reversed",
    "enumerate",
    "frozenset",
    "callable_iterator",
    "list_reverseiterator",
    "_csv.reader",
)

_ENDLESS: Final = ("itertools.count", "itertools.cycle", "itertools.repeat")


def not_subscriptable(evidence: Evidence) -> Iterator[Diagnosis]:
    """`dict.keys()[0]`, `map(...)[0]`, `12[0]`."""
    found = assigned_subscript(evidence)
    if found is None or "not subscriptable" not in evidence.message:
        return
    step, node = found
    kind = evidence.message.split("'")[1] if "'" in evidence.message else ""
    text, index = evidence.source(step, node.value), evidence.source(step, node.slice)
    cells: list[str | None] = []
    if kind in _LAZY or (kind.startswith("itertools.") and (kind not in _ENDLESS or index.startswith(":"))):
        best = f"list({text})[{index}]"
        if isinstance(node.slice, ast.Slice) and kind in ("generator", *_ENDLESS) and index.startswith(":"):
            # It may go on for ever.
            best = f"list(itertools.islice({text}, {index[1:]}))"
            cells.append(importing(evidence, evidence.replaced(step, node, best), "import itertools"))
        else:
            cells.append(evidence.replaced(step, node, best))
        made = binding(step, node.value) if isinstance(node.value, ast.Name) else None
        if isinstance(made, ast.Assign) and kind not in _ENDLESS:
            source = evidence.source(step, made.value)
            wrapped = f"[{source[1:-1]}]" if isinstance(made.value, ast.GeneratorExp) else f"list({source})"
            cells.append(evidence.replaced(step, made.value, wrapped))
        if index == "0":
            cells.append(evidence.replaced(step, node, f"next(iter({text}))"))
    elif kind in ("int", "float"):
        best = f"str({text})[{index}]"
        cells += _one_level_less(evidence, step, node, text)
        cells.append(evidence.replaced(step, node, best))
    elif kind not in ("NoneType", "function", "method", "builtin_function_or_method", "type"):
        yield from _of_object(evidence, step, node, kind, index)
        return
    else:
        return
    yield diagnosis(
        "not-subscriptable",
        (f"`{text}` is a {kind}, which has no items to take by index.", f"`{text}` 是 {kind}，不能用下标取值。"),
        (f"Write `{best}`.", f"请写成 `{best}`。"),
        cells,
        certain=kind in ("dict_keys", "dict_values", "dict_items")
        and isinstance(node.slice, (ast.Constant, ast.Slice)),
    )


def _one_level_less(evidence: Evidence, step: Step, node: ast.Subscript, text: str) -> list[str | None]:
    """The number itself, or the collection that the loop takes it from."""
    cells = [evidence.replaced(step, node, text)]
    if isinstance(node.value, ast.Name) and isinstance(made := binding(step, node.value), (ast.For, ast.comprehension)):
        around = evidence.source(step, made.iter)
        if not is_call_of(made.iter, "range", "enumerate"):
            cells.append(evidence.replaced(step, node, f"{operand(around)}[{text}]"))
    return cells


def _of_object(evidence: Evidence, step: Step, node: ast.Subscript, kind: str, index: str) -> Iterator[Diagnosis]:
    value = step.value(node.value)
    key = step.value(node.slice)
    text = evidence.source(step, node.value)
    held = getattr(type(value), "__dict__", {}).get("__slots__", ()) or vars_of(value)
    if type(key) is str and key.isidentifier() and value is not MISSING and key in held:
        best = f"{text}.{key}"
        yield diagnosis(
            "not-subscriptable",
            (f"`{text}` is a {kind} object; its values are attributes.", f"`{text}` 是 {kind} 对象，它的值是属性。"),
            (f"Write `{best}`.", f"请写成 `{best}`。"),
            [evidence.replaced(step, node, best)],
            certain=True,
        )


def vars_of(value: Any) -> tuple[str, ...]:
    """The names in an object's own dict, without running code of its class."""
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return ()
    return tuple(name for name in held if type(name) is str) if type(held) is dict else ()
