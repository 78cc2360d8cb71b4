"""Matplotlib: dicts where lists are drawn, the axes that `subplots` gives, and the labels of ticks and slices."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import operand
from qwen_magic.diagnosis.running import running_nodes, running_statement
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_DRAWS = ("pie", "bar", "barh", "plot", "scatter", "step", "stem", "hist", "boxplot", "fill_between")
_LABELS = re.compile(
    r"FixedLocator locations \((\d+)\).*number of labels \((\d+)\)|'(labels|explode)' must be of length 'x', not (\d+)"
)


def _draws(step: Step, call: ast.AST) -> str:
    """The name of what a call draws, or nothing."""
    func = call.func if isinstance(call, ast.Call) else None
    if not isinstance(func, ast.Attribute) or func.attr not in _DRAWS:
        return ""
    owner = columns.live(step, func.value)
    axes = sys.modules.get("matplotlib.axes")
    mine = axes is not None and type(owner) is vars(axes).get("Axes")
    return func.attr if mine or owner is sys.modules.get("matplotlib.pyplot", step) else ""


def dict_drawn(evidence: Evidence) -> Iterator[Diagnosis]:
    """`plt.pie(shares)`, `plt.bar(counts)`: a dict in the place of its keys and values."""
    step = evidence.last
    if step is None:
        return
    for call in running_nodes(evidence, step):
        name = _draws(step, call)
        if not name or not isinstance(call, ast.Call):
            continue
        given = [(arg, step.value(arg)) for arg in call.args[:2]]
        changes = []
        for number, (arg, value) in enumerate(given):
            if not isinstance(value, dict) or type(value).__name__ not in ("dict", "Counter", "defaultdict"):
                continue
            keys, values = (f"list({operand(evidence.source(step, arg))}.{part}())" for part in ("keys", "values"))
            alone = name in ("pie", "hist", "boxplot") or number == 1
            changes.append((arg, values if alone else f"{keys}, {values}" if len(call.args) == 1 else keys))
        if not changes:
            continue
        drafts = Drafts(evidence, step)
        drafts.edit(*changes, certain=True)
        source = drafts.source(changes[0][0])
        yield drafts.diagnosis(
            "dict-drawn",
            (f"`{source}` is a dict; `{name}` draws lists.", f"`{source}` 是字典，而 `{name}` 要列表。"),
            (f"Write `{changes[0][1]}`.", f"请写 `{changes[0][1]}`。"),
        )
        return


def several_subplots(evidence: Evidence) -> Iterator[Diagnosis]:
    """`fig, (a, b) = plt.subplots()`, `fig, a, b = plt.subplots(1, 2)`: as many names as there are axes."""
    step = evidence.last
    if not isinstance(evidence.error, (TypeError, ValueError)) or step is None or "unpack" not in evidence.message:
        return
    statement = running_statement(evidence, step)
    call = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(statement, ast.Assign) or not isinstance(call, ast.Call):
        return
    target = statement.targets[0]
    if not ast.unparse(call.func).endswith(".subplots") or not isinstance(target, ast.Tuple) or len(target.elts) < 2:
        return
    drafts, axes = Drafts(evidence, step), target.elts[1:]
    flat = axes[0].elts if len(axes) == 1 and isinstance(axes[0], (ast.Tuple, ast.List)) else axes
    if any(not isinstance(part, ast.Name) for part in flat):
        return
    names = ", ".join(drafts.source(part) for part in flat)
    wanted = f"{drafts.source(target.elts[0])}, ({names})"
    sizes = [step.value(arg) for arg in call.args[:2]]
    words = {word.arg: step.value(word.value) for word in call.keywords if word.arg in ("nrows", "ncols")}
    rows = words.get("nrows", sizes[0] if sizes else 1)
    cols = words.get("ncols", sizes[1] if len(sizes) > 1 else 1)
    if type(rows) is not int or type(cols) is not int:
        return
    count = len(flat)
    if rows * cols == count and 1 in (rows, cols):
        drafts.edit((target, wanted), certain=True)
    elif rows * cols == count:
        pairs = [", ".join(drafts.source(p) for p in flat[row * cols : (row + 1) * cols]) for row in range(rows)]
        wanted = f"{drafts.source(target.elts[0])}, ({', '.join(f'({pair})' for pair in pairs)})"
        drafts.edit((target, wanted), certain=True)
    else:
        rest = ast.Call(func=call.func, args=[], keywords=call.keywords)
        for shape in (f"1, {count}", f"{count}, 1"):
            inside = drafts.called(rest, drop=("nrows", "ncols"), function="_")[2:-1]
            text = f"{drafts.operand(call.func)}({shape}{', ' + inside if inside else ''})"
            drafts.edit((target, wanted), (call, text), certain=False)
        wanted += f" = {drafts.operand(call.func)}(1, {count})"
    yield drafts.diagnosis(
        "subplots",
        (
            f"`subplots` makes {rows * cols} axes, and {count} are named.",
            f"`subplots` 生成 {rows * cols} 个子图，而写了 {count} 个名字。",
        ),
        (f"Write `{wanted}`.", f"请写 `{wanted}`。"),
    )


def labels_of_ticks(evidence: Evidence) -> Iterator[Diagnosis]:
    """As many labels as there are ticks or slices."""
    step = evidence.last
    found = _LABELS.search(evidence.message)
    if not isinstance(evidence.error, ValueError) or step is None or not found:
        return
    call = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Call)), None)
    if call is None:
        return
    drafts = Drafts(evidence, step)
    name = ast.unparse(call.func).rsplit(".", 1)[-1]
    keyword = next((w.value for w in call.keywords if w.arg == (found[3] or "labels")), None)
    labels = keyword or (call.args[-1] if name in ("xticks", "yticks", "set_xticklabels", "set_xticks") else None)
    ticks: ast.expr | None = call.args[0] if len(call.args) > (0 if keyword else 1) else None
    if labels is None:
        return
    shown = drafts.source(labels)
    if found[1] and ticks is not None:
        drafts.edit((ticks, f"range(len({shown}))"))
    if _size(step, labels) and ticks is not None and (size := _size(step, ticks)) and size < _size(step, labels):
        drafts.edit((labels, f"{drafts.operand(labels)}[:{size}]"))
    want, have = (found[1], found[2]) if found[1] else (str(_size(step, ticks) or "?"), found[4])
    yield drafts.diagnosis(
        "tick-labels",
        (f"There are {have} labels for {want} places.", f"{want} 个位置给了 {have} 个标签。"),
        (f"Give `{shown}` {want} elements.", f"让 `{shown}` 有 {want} 个元素。"),
    )


def _size(step: Step, node: ast.expr | None) -> int:
    value: Any = columns.live(step, node)
    known = type(value) in (list, tuple, range) or columns.kind(value) in ("Series", "ndarray", "Index")
    return len(value) if known else 0
