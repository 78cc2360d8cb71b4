"""Arrays that must not be written to: since pandas 3 those that `.values` and `.to_numpy()` give."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import running_nodes, running_statement
from qwen_magic.diagnosis.tables import columns
from qwen_magic.diagnosis.tables.origins import origin
from qwen_magic.snapshot import Diagnosis


def read_only(evidence: Evidence) -> Iterator[Diagnosis]:
    """`v = df["n"].values` and then `v[0] = 1`; `df.values[0, 1] = 1`; `np.fill_diagonal(corr.values, 0)`."""
    step = evidence.last
    if not isinstance(evidence.error, ValueError) or step is None or not re.search(r"read-?only", evidence.message):
        return
    statement = running_statement(evidence, step)
    if statement is None:
        return
    drafts = Drafts(evidence, step)
    _into_the_frame(drafts, statement)
    names = [node for node in running_nodes(evidence, step) if isinstance(node, ast.Name)]
    arrays = [
        node for node in names if columns.kind(value := step.value(node)) == "ndarray" and not value.flags.writeable
    ]
    for node in arrays[:1]:
        made = origin(step, node)
        if made is not None:
            # A frame that is looked at afterwards may have been meant to change with its array.
            frames = {part.id for part in ast.walk(made.value) if isinstance(part, ast.Name)}
            later = [n for n in ast.walk(step.tree) if isinstance(n, ast.Name) and n.lineno > statement.lineno]
            certain = not any(name.id in frames for name in later)
            drafts.edit((made.value, _copied(drafts, made.value)), certain=certain)
        drafts.edit(line_above=f"{node.id} = {node.id}.copy()")
    if drafts.rewrites or arrays:
        yield drafts.diagnosis(
            "read-only",
            (
                "This array is a view of data that must not be changed through it.",
                "这个数组是只读的视图，不能通过它修改数据。",
            ),
            ("Change a copy, made with `.copy()`, or the frame itself.", "先用 `.copy()` 复制再改，或直接改原表。"),
        )


def _copied(drafts: Drafts, made: ast.expr) -> str:
    if is_call_of(made, "to_numpy"):
        return drafts.called(made, drop=("copy",), add="copy=True")
    return f"{drafts.operand(made)}.copy()"


def _into_the_frame(drafts: Drafts, statement: ast.stmt) -> None:
    """What was to be changed in the frame through its array, done to the frame."""
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        array = target.value if isinstance(target, ast.Subscript) else None
        if isinstance(target, ast.Subscript) and array is not None and (held := _frame_of(array)) is not None:
            # A frame, or a column of one, which would only be a copy.
            if isinstance(held, ast.Subscript) and not isinstance(target.slice, ast.Tuple):
                label = drafts.source(held.slice)
                frame = drafts.source(held.value)
                rows = f"{frame}.index[{drafts.source(target.slice)}]"
                drafts.edit((target, f"{frame}.loc[{rows}, {label}]"), certain=True)
            elif isinstance(held, ast.Name):
                drafts.edit((target, f"{held.id}.iloc[{drafts.source(target.slice)}]"), certain=True)
    for call in ast.walk(statement):
        if not isinstance(call, ast.Call) or not call.args or (held := _frame_of(call.args[0])) is None:
            continue
        frame = drafts.source(held)
        if is_call_of(call, "fill_diagonal") and len(call.args) == 2 and isinstance(statement, ast.Expr):
            numpy = columns.alias(drafts.evidence, "numpy", "np")
            text = f"{frame} = {frame}.mask({numpy}.eye(len({frame}), dtype=bool), {drafts.source(call.args[1])})"
            drafts.edit((statement, text), certain=isinstance(held, ast.Name))
        elif is_call_of(call, "shuffle") and isinstance(call.func, ast.Attribute) and isinstance(statement, ast.Expr):
            drafts.edit((statement, f"{frame} = {drafts.source(call.func.value)}.permutation({frame})"), certain=True)


def _frame_of(node: ast.expr) -> ast.expr | None:
    """What `df` is in `df.values` and `df.to_numpy()`."""
    if is_call_of(node, "to_numpy") and isinstance(node.func, ast.Attribute):
        return node.func.value
    return node.value if isinstance(node, ast.Attribute) and node.attr == "values" else None
