"""KeyError of a merge: a column that only one of the two frames has."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic import edits
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.names import uses
from qwen_magic.diagnosis.names.similarity import close
from qwen_magic.diagnosis.types.lookups import Lookup
from qwen_magic.snapshot import Diagnosis


def merge_on_one_side(evidence: Evidence) -> Iterator[Diagnosis]:
    """`a.merge(b, on="id")` where the column has another name in one of them."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, KeyError) or not isinstance(step.node, ast.Call):
        return
    on = next((word for word in step.node.keywords if word.arg == "on"), None)
    sides = _sides(step, step.node)
    if on is None or sides is None or not isinstance(on.value, ast.Constant) or on.value.value in sides[0] & sides[1]:
        return
    key, (left, right) = str(on.value.value), sides
    lacking, place, zh = (right, "right", "右") if key in left else (left, "left", "左")
    if key not in left | right:
        return
    names = close(key, lacking) or sorted(lacking)
    texts = [
        f"left_on={key!r}, right_on={name!r}" if place == "right" else f"left_on={name!r}, right_on={key!r}"
        for name in names[:4]
    ]
    span = evidence.span(step, on.value)
    cells: list[str | None] = []
    if span is not None and edits.text_at(evidence.cell, _keyword(span)).startswith("on="):
        cells += [edits.replace(evidence.cell, _keyword(span), text) for text in texts]
    yield diagnosis(
        "key-merge",
        (f"The {place} frame has no column {key!r}.", f"{zh}边的表没有列 {key!r}。"),
        (f"Name both columns, such as `{texts[0]}`.", f"分别指定两边的列名，例如 `{texts[0]}`。"),
        cells,
    )


def _keyword(span: edits.Span) -> edits.Span:
    return edits.Span(span.line, max(span.column - 3, 0), span.end_line, span.end_column)


def _sides(step: Step, call: ast.Call) -> tuple[set[str], set[str]] | None:
    """The columns of the two frames that a call merges."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("merge", "join") or not call.args:
        return None
    frames = [step.value(argument) for argument in [call.func.value, *call.args]]
    left, right = [frame for frame in frames if uses.own_type(frame, "pandas", "DataFrame")][:2]
    return set(uses.columns(left)), set(uses.columns(right))


def columns_of_the_other(lookup: Lookup) -> set[str]:
    """The columns that both frames of a merge have; all that are known if it is none."""
    sides = _sides(lookup.step, lookup.node) if isinstance(lookup.node, ast.Call) else None
    return sides[0] & sides[1] if sides else set(lookup.texts)
