"""Matplotlib: places in the array of plots that `subplots` gives, which is a row, a column or a grid of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.cells import Change
from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis


def index_of_axes(evidence: Evidence) -> Iterator[Diagnosis]:
    """`axes[3]` of two rows of two, `axes[0, i]` of one row: all places of the cell at once."""
    step = evidence.last
    node = step.node if step is not None else None
    if not isinstance(evidence.error, IndexError) or step is None or not isinstance(node, ast.Subscript):
        return
    array: Any = step.value(node.value)
    plots = columns.kind(array) == "ndarray" and array.size and type(array.flat[0]).__name__.startswith("Axes")
    if not plots or not isinstance(node.value, ast.Name):
        return
    name, drafts = node.value.id, Drafts(evidence, step)
    uses = [
        other
        for other in ast.walk(step.tree)
        if isinstance(other, ast.Subscript) and isinstance(other.value, ast.Name) and other.value.id == name
    ]
    flat = not isinstance(node.slice, ast.Tuple)
    if array.ndim == 2 and flat:
        nested = [use for use in uses if isinstance(step.parents.get(use), ast.Subscript)]
        alone = not nested and not any(isinstance(use.slice, ast.Tuple) for use in uses)
        drafts.edit(*((use.value, f"{name}.flat") for use in uses), certain=alone)
    elif array.ndim == 1 and not flat:
        for changes in _without_constant(drafts, uses):
            drafts.edit(*changes)
        made = binding(step, node.value)
        if isinstance(made, ast.Assign) and is_call_of(made.value, "subplots"):
            drafts.edit((made.value, drafts.called(made.value, drop=("squeeze",), add="squeeze=False")))
    shape = " × ".join(str(size) for size in array.shape)
    yield drafts.diagnosis(
        "index-of-axes",
        (f"`{name}` is an array of {shape} plots.", f"`{name}` 是 {shape} 个子图的数组。"),
        ("`.flat` counts all of them; one row of them has one index.", "`.flat` 可依次编号；只有一行时用一个下标。"),
    )


def _without_constant(drafts: Drafts, uses: list[ast.Subscript]) -> Iterator[list[Change]]:
    """The places with one index, where the other is always 0."""
    pairs = [use.slice for use in uses]
    if not all(isinstance(pair, ast.Tuple) and len(pair.elts) == 2 for pair in pairs):
        return
    for constant, other in ((0, 1), (1, 0)):
        parts = [pair.elts for pair in pairs if isinstance(pair, ast.Tuple)]
        if all(isinstance(part[constant], ast.Constant) and part[constant].value == 0 for part in parts):  # type: ignore[attr-defined]
            yield [(use.slice, drafts.source(part[other])) for use, part in zip(uses, parts, strict=True)]
