"""Values written into a part of an array that has another shape."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_statement
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis


def other_shape(evidence: Evidence) -> Iterator[Diagnosis]:
    """`m[0] = column`, `a[2:4] = [1, 2, 3]`, `a[mask] = b` where b is as long as a."""
    step = evidence.last
    into = re.match(r"could not broadcast input array from shape \((.*?)\) into shape \((.*?)\)", evidence.message)
    mask = re.match(r"NumPy boolean array indexing assignment cannot assign (\d+) input values", evidence.message)
    if not isinstance(evidence.error, ValueError) or step is None or not (into or mask):
        return
    statement = running_statement(evidence, step)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Subscript):
        return
    drafts, value = Drafts(evidence, step), statement.value
    array, given = columns.live(step, target.value), columns.live(step, value)
    size = len(given) if type(given) is list or columns.kind(given) in ("ndarray", "Series") else 0
    if mask and size and columns.kind(array) == "ndarray" and size == len(array) == int(mask[1]):
        held = drafts.operand(value) if type(given) is not list else f"np.array({drafts.source(value)})"
        drafts.edit((value, f"{held}[{drafts.source(target.slice)}]"), certain=type(given) is not list)
    elif into and size and columns.kind(array) == "ndarray":
        _other_part(step, drafts, target, array, size)
    told = into[2] if into else ""
    if drafts.rewrites:
        yield drafts.diagnosis(
            "other-shape-written",
            (f"There are {size} values for a place of shape ({told}).", f"有 {size} 个值，而位置的形状是 ({told})。"),
            ("Write to a place of the same size.", "写到同样大小的位置。"),
        )


def _other_part(step: Step, drafts: Drafts, target: ast.Subscript, array: Any, size: int) -> None:
    """A column where a row was written, or the other way round; a slice of the right length."""
    place, whole = target.slice, "[:, {}]"
    if array.ndim == 2 and type(step.value(place)) is int and size == array.shape[0] != array.shape[1]:
        drafts.edit((target, drafts.operand(target.value) + whole.format(drafts.source(place))))
    elif array.ndim == 2 and isinstance(place, ast.Tuple) and len(place.elts) == 2:
        first, second = place.elts
        every = isinstance(first, ast.Slice) and first.lower is None and first.upper is None
        if every and size == array.shape[1] != array.shape[0] and type(step.value(second)) is int:
            drafts.edit((target, f"{drafts.operand(target.value)}[{drafts.source(second)}]"))
    elif array.ndim == 1 and isinstance(place, ast.Slice) and place.step is None:
        start = step.value(place.lower) if place.lower is not None else 0
        if type(start) is int and start >= 0 and start + size <= len(array):
            drafts.edit((target, f"{drafts.operand(target.value)}[{start or ''}:{start + size}]"))
