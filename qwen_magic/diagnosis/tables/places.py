"""Positions where labels are wanted and labels where positions are, all of a cell at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.running import running_statement
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_MANY = 5000


def columns_by_name(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.iloc[0:3, ["a", "b"]]`: rows by position, columns by name."""
    step = evidence.last
    if not isinstance(evidence.error, (IndexError, ValueError, TypeError)) or step is None:
        return
    node = step.node
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) != 2:
        return
    frame = _frame(step, node, "iloc")
    rows, names = node.slice.elts
    wanted = _names(step, names)
    if columns.kind(frame) != "DataFrame" or not wanted or not set(wanted) <= set(columns.names(frame)):
        return
    if any(type(step.value(part)) is str for part in ast.walk(rows) if isinstance(part, ast.expr)):
        return
    assert isinstance(node.value, ast.Attribute)  # noqa: S101  # _frame looked at it
    drafts = Drafts(evidence, step)
    base, part, label = drafts.operand(node.value.value), drafts.source(rows), drafts.source(names)
    text = f"{base}[{label}].iloc[{part}]"
    if part == ":":
        # All rows are all rows, by position or by label.
        text = f"{base}.loc[:, {label}]"
    elif not isinstance(node.ctx, ast.Load):
        text = f"{base}.loc[{base}.index[{part}], {label}]"
    drafts.edit((node, text), certain=True)
    yield drafts.diagnosis(
        "iloc-with-names",
        ("`.iloc` takes positions; these are names of columns.", "`.iloc` 只接受位置，而这里写的是列名。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )


def _frame(step: Step, node: ast.expr, accessor: str) -> Any:
    inner = node.value if isinstance(node, ast.Subscript) else None
    return columns.live(step, inner.value) if isinstance(inner, ast.Attribute) and inner.attr == accessor else MISSING


def _names(step: Step, node: ast.expr) -> list[Any]:
    parts = node.elts if isinstance(node, ast.List) else [node]
    values = [step.value(part) for part in parts]
    if len(parts) == 1 and type(values[0]) is list:
        values = values[0]
    return values if values and all(type(value) is str for value in values) else []


def places_in_series(evidence: Evidence) -> Iterator[Diagnosis]:
    """`s[0]` and `s[len(s) - 1]` of a series whose labels are no numbers: all places of the cell."""
    step = evidence.last
    if not isinstance(evidence.error, KeyError) or step is None or not isinstance(node := step.node, ast.Subscript):
        return
    series = columns.live(step, node.value)
    if columns.kind(series) != "Series" or type(evidence.error.args[0]) is not int:
        return
    if any(not isinstance(label, str) for label in series.index[:_MANY].tolist()):
        return
    drafts, name = Drafts(evidence, step), ast.unparse(node.value)
    found = [
        other
        for other in ast.walk(step.tree)
        if isinstance(other, ast.Subscript) and ast.unparse(other.value) == name and _counts(step, other.slice)
    ]
    if len(found) < 2:
        return
    drafts.edit(*[(other.value, f"{name}.iloc") for other in found], certain=True)
    yield drafts.diagnosis(
        "positions-of-a-series",
        (
            f"The labels of `{name}` are text; positions need `.iloc`.",
            f"`{name}` 的标签是文字，按位置取要用 `.iloc`。",
        ),
        (f"Write `{name}.iloc[...]` for each position.", f"每处按位置取的都写成 `{name}.iloc[...]`。"),
    )


def _counts(step: Step, index: ast.expr) -> bool:
    """Whether an index is a number, as far as can be seen."""
    calls = [ast.unparse(n.func) for n in ast.walk(index) if isinstance(n, ast.Call)]
    return type(step.value(index)) is int or (isinstance(index, ast.BinOp) and calls == ["len"])


def rows_after_filter(evidence: Evidence) -> Iterator[Diagnosis]:
    """`few.loc[1, "n"]` after a filter has left the rows 0, 2 and 4: the second row was meant."""
    step = evidence.last
    if not isinstance(evidence.error, KeyError) or step is None or not isinstance(node := step.node, ast.Subscript):
        return
    frame, key = _frame(step, node, "loc"), evidence.error.args[0] if evidence.error.args else None
    if columns.kind(frame) != "DataFrame" or type(key) is not int or not 0 <= key < len(frame):
        return
    labels = frame.index[:_MANY].tolist()
    if not all(type(label) is int for label in labels) or labels == list(range(len(labels))):
        return
    drafts, changes = Drafts(evidence, step), []
    assert isinstance(node.value, ast.Attribute)  # noqa: S101  # _frame looked at it
    base = ast.unparse(node.value.value)
    for other in ast.walk(step.tree):
        same = isinstance(other, ast.Subscript) and ast.unparse(other.value) == f"{base}.loc"
        if same and isinstance(other, ast.Subscript) and (text := _by_place(drafts, step, base, other)):
            changes.append((other, text))
    drafts.edit(*changes)
    reset = f"{base} = {base}.reset_index(drop=True)"
    if running_statement(evidence, step) is not None and isinstance(node.value.value, ast.Name):
        drafts.edit(line_above=reset)
    shown = ", ".join(map(str, labels[:5]))
    written = next((text for other, text in changes if other is node), reset)
    yield drafts.diagnosis(
        "rows-after-a-filter",
        (
            f"The rows of `{base}` have kept their labels ({shown}), so there is no row {key}.",
            f"`{base}` 的各行保留了原来的标签（{shown}），没有行 {key}。",
        ),
        (f"Write `{written}`, or `{reset}` before.", f"请写 `{written}`，或先写 `{reset}`。"),
    )


def _by_place(drafts: Drafts, step: Step, base: str, node: ast.Subscript) -> str:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if type(step.value(parts[0])) is not int or len(parts) > 2:
        return ""
    row = drafts.source(parts[0])
    if len(parts) == 1:
        return f"{base}.iloc[{row}]"
    label = drafts.source(parts[1])
    if isinstance(node.ctx, ast.Load):
        return f"{base}[{label}].iloc[{row}]"
    return f"{base}.loc[{base}.index[{row}], {label}]"
