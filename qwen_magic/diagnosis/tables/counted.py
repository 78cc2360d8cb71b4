"""Names of columns and series as older pandas gave them, and keys that only one side of a merge was told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.cells import Change
from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis


def names_of_counts(evidence: Evidence) -> Iterator[Diagnosis]:
    """`vc = df["g"].value_counts().reset_index()`, then `vc["index"]`: since pandas 2 they are "g" and "count"."""
    step = evidence.in_cell
    if not isinstance(evidence.error, KeyError) or evidence.error.args[:1] != ("index",) or step is None:
        return
    made = [node for node in ast.walk(step.tree) if isinstance(node, ast.Call) and _counted(node) is not None]
    counted = _counted(made[0]) if len(made) == 1 else None
    if counted is None:
        return
    label = step.value(counted)
    old = {"index": label, label: "count"}
    changes: list[Change] = []
    start = (made[0].lineno, made[0].end_col_offset or 0)
    source = step.parents[counted]
    for node in ast.walk(step.tree):
        if not isinstance(node, ast.Constant) or type(node.value) is not str or node.value not in old:
            continue
        # Before the counting, and of the same frame, the name is that of the column that is counted.
        around = step.parents.get(node)
        same = isinstance(around, ast.Subscript) and ast.unparse(around.value) == ast.unparse(source.value)  # type: ignore[attr-defined]
        if (node.lineno, node.col_offset) >= start and not same:
            changes.append((node, f'"{old[node.value]}"'))
    drafts = Drafts(evidence, step)
    drafts.edit(*changes)
    yield drafts.diagnosis(
        "names-of-counts",
        (
            f"Since pandas 2, the columns are called {label!r} and 'count', not 'index' and {label!r}.",
            f"pandas 2 起，这两列叫 {label!r} 和 'count'，不再叫 'index' 和 {label!r}。",
        ),
        (f"Write {label!r} for 'index' and 'count' for the counts.", f"'index' 改成 {label!r}，计数列用 'count'。"),
    )


def _counted(call: ast.Call) -> ast.expr | None:
    """The label of the column in `df["g"].value_counts().reset_index()`."""
    inner = call.func.value if is_call_of(call, "reset_index") and isinstance(call.func, ast.Attribute) else None
    if not is_call_of(inner, "value_counts") or not isinstance(inner.func, ast.Attribute):
        return None
    column = inner.func.value
    label = column.slice if isinstance(column, ast.Subscript) else None
    return label if isinstance(label, ast.Constant) and type(label.value) is str and not call.keywords else None


def renamed_series(evidence: Evidence) -> Iterator[Diagnosis]:
    """`s.rename(columns={"g": "n"})`: a Series has one name and no columns."""
    step = evidence.last
    if step is None or "Series.rename() got an unexpected keyword argument 'columns'" not in evidence.message:
        return
    for call in running_nodes(evidence, step):
        named = {word.arg: word.value for word in call.keywords} if isinstance(call, ast.Call) else {}
        if not is_call_of(call, "rename") or "columns" not in named:
            continue
        drafts, given = Drafts(evidence, step), named["columns"]
        if isinstance(given, ast.Dict) and len(given.values) == 1:
            drafts.edit((call, drafts.called(call, drop=("columns",), add=drafts.source(given.values[0]))))
        base = drafts.operand(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        drafts.edit((call, drafts.called(call, function=f"{base}.reset_index().rename")))
        yield drafts.diagnosis(
            "renamed-series",
            ("A Series has a name, but no columns.", "Series 只有一个名字，没有列。"),
            ('Write `.rename("name")`, or make a frame of it first.', '请写 `.rename("名字")`，或先变成 DataFrame。'),
        )
        return


def one_sided_keys(evidence: Evidence) -> Iterator[Diagnosis]:
    """`a.merge(b, left_on="id")`: the key of the other side is lacking."""
    step = evidence.last
    found = re.search(r'Must pass "(left|right)_on"', evidence.message)
    if step is None or not found:
        return
    for call in running_nodes(evidence, step):
        given = f"{'right' if found[1] == 'left' else 'left'}_on"
        key = next((w for w in call.keywords if w.arg == given), None) if isinstance(call, ast.Call) else None
        if key is None or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        drafts, label = Drafts(evidence, step), step.value(key.value)
        frames = [frame for frame in _frames(step, call) if columns.kind(frame) == "DataFrame"]
        if len(frames) != 2 or type(label) is not str:
            return
        left, right = frames if found[1] == "right" else frames[::-1]
        if label in columns.names(right):
            text = drafts.called(call, drop=(given,), add=f"on={drafts.source(key.value)}")
            drafts.edit((call, text), certain=True)
        else:
            for other in _matching(left, right, label):
                drafts.edit((call, drafts.called(call, add=f"{found[1]}_on={other!r}")))
        yield drafts.diagnosis(
            "one-sided-key",
            ("Only one of the two frames was told its key.", "只给了一个表的键。"),
            (f"Add `{found[1]}_on=`, or write `on=`.", f"补上 `{found[1]}_on=`，或改用 `on=`。"),
        )
        return


def _frames(step: Step, call: ast.Call) -> list[Any]:
    given = [columns.live(step, part) for part in call.args]
    own = columns.live(step, call.func.value) if isinstance(call.func, ast.Attribute) else None
    return [own, *given] if columns.kind(own) == "DataFrame" else given


def _matching(left: Any, right: Any, label: str) -> list[str]:
    """The columns of the other frame that have values of the key."""
    wanted = set(columns.samples(columns.column(left, label)))
    names = [name for name in columns.names(right) if type(name) is str]
    return [name for name in names if wanted & set(columns.samples(columns.column(right, name)))][:4]
