"""Rows and columns in one bracket of a frame, conditions on the name of a column, and rows that are not there yet."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_INDEXERS = ("iat", "iloc", "at", "loc")


def rows_and_columns(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df[:, "n"]`, `df[df["n"] > 1, "m"] = 0`, `df.iat[0, "n"]`: rows and columns are for `.loc`."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (TypeError, KeyError, ValueError, IndexError)):
        kind = type(evidence.error).__name__
        if step is None or kind != "InvalidIndexError":
            return
    node = _indexed(evidence, step)
    if node is None or not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) != 2:
        return
    drafts, (rows, column) = Drafts(evidence, step), node.slice.elts
    base = node.value
    indexer = base.attr if isinstance(base, ast.Attribute) and base.attr in _INDEXERS else ""
    frame: Any = columns.live(step, base.value if indexer and isinstance(base, ast.Attribute) else base)
    if columns.kind(frame) != "DataFrame" or indexer not in ("", "iat"):
        return
    asked = step.value(column)
    wanted = (
        [part.value for part in column.elts if isinstance(part, ast.Constant)]
        if isinstance(column, ast.List)
        else [asked]
    )
    if not wanted or not all(type(name) is str and name in columns.names(frame) for name in wanted):
        return
    name = drafts.source(column)
    if indexer and isinstance(base, ast.Attribute):
        held = drafts.operand(base.value)
        drafts.edit((node, f"{held}.at[{held}.index[{drafts.source(rows)}], {name}]"), certain=True)
    else:
        whole = isinstance(rows, ast.Slice) and rows.lower is None and rows.upper is None
        counted = isinstance(rows, ast.Slice) and not whole
        held = drafts.operand(base)
        if counted:
            drafts.edit((node, f"{held}.loc[{held}.index[{ast.unparse(rows)}], {name}]"))
        drafts.edit((base, f"{held}.loc"), certain=not counted and not isinstance(rows, ast.Constant))
    yield drafts.diagnosis(
        "rows-and-columns",
        ("One bracket of a frame takes columns, or rows, not both.", "DataFrame 的方括号不能同时取行和列。"),
        (f"Write `.loc[rows, {name}]`.", f"请写 `.loc[行, {name}]`。"),
    )


def _indexed(evidence: Evidence, step: Step) -> ast.Subscript | None:
    if isinstance(step.node, ast.Subscript):
        return step.node
    found = [
        n for n in running_nodes(evidence, step) if isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Tuple)
    ]
    return found[0] if found else None


def name_compared(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df["n" > 1]`: the bracket was closed too late."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (TypeError, KeyError)):
        return
    compared = step.node if isinstance(step.node, ast.Compare) else None
    if compared is None and isinstance(step.node, ast.Subscript) and isinstance(step.node.slice, ast.Compare):
        compared = step.node.slice
    around = step.parents.get(compared) if compared is not None else None
    if compared is None or not isinstance(around, ast.Subscript) or around.slice is not compared:
        return
    frame, label = columns.live(step, around.value), step.value(compared.left)
    if columns.kind(frame) != "DataFrame" or type(label) is not str or label not in columns.names(frame):
        return
    drafts = Drafts(evidence, step)
    column = f"{drafts.operand(around.value)}[{drafts.source(compared.left)}]"
    drafts.edit((compared.left, column), certain=True)
    yield drafts.diagnosis(
        "name-compared",
        (f"{label!r} is compared here, not the column of this name.", f"这里比较的是文本 {label!r}，不是这一列。"),
        (f"Write `{column} ...` inside the brackets.", f"方括号里请写 `{column} ...`。"),
    )


def one_more_row(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.iloc[len(df)] = row`: `.iloc` adds no rows, `.loc` does."""
    step = evidence.last
    if not isinstance(evidence.error, IndexError) or step is None or "iloc cannot enlarge" not in evidence.message:
        return
    node = _indexed(evidence, step)
    if node is None or not isinstance(node.value, ast.Attribute) or isinstance(node.slice, ast.Tuple):
        return
    drafts, frame = Drafts(evidence, step), columns.live(step, node.value.value)
    counted = columns.kind(frame) == "DataFrame" and columns.kind(frame.index) == "RangeIndex"
    drafts.edit((node.value, f"{drafts.operand(node.value.value)}.loc"), certain=counted)
    yield drafts.diagnosis(
        "one-more-row",
        ("`.iloc` only changes rows that are there.", "`.iloc` 只能改已有的行。"),
        ("`.loc` with a new label adds a row.", "用 `.loc` 加新的标签就能增加一行。"),
    )


def labels_in_place(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.columns[0] = "n"`, `df.columns = df.columns.lower()`: an Index is not changed in place, and has `.str`."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (TypeError, AttributeError)):
        return
    drafts, statement = Drafts(evidence, step), step.statement
    if "Index does not support mutable operations" in evidence.message and isinstance(statement, ast.Assign):
        target = statement.targets[0]
        labels = target.value if isinstance(target, ast.Subscript) else None
        one = isinstance(target, ast.Subscript) and not isinstance(target.slice, (ast.Slice, ast.List))
        if one and isinstance(labels, ast.Attribute) and labels.attr in ("columns", "index"):
            frame = drafts.operand(labels.value)
            text = f"{{{drafts.source(target)}: {drafts.source(statement.value)}}}"
            drafts.edit((statement, f"{frame} = {frame}.rename({labels.attr}={text})"), certain=True)
    elif "'Index' object has no attribute" in evidence.message and isinstance(step.node, ast.Attribute):
        name, labels = step.node.attr, step.node.value
        if callable(getattr(str, name, None)) and isinstance(labels, ast.Attribute) and labels.attr == "columns":
            drafts.edit((step.node, f"{drafts.operand(step.node.value)}.str.{name}"), certain=True)
    if drafts.rewrites:
        yield drafts.diagnosis(
            "labels-in-place",
            ("An Index cannot be changed in place.", "Index 不能就地修改。"),
            ("Write it as in the suggestion.", "请照建议改写。"),
        )
