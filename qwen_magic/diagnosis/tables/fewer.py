"""One value more or less than there should be, because something was cut off before."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables.origins import cuts, made_of
from qwen_magic.snapshot import Diagnosis


def cut_column(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df["hit"] = [n > 5 for n in df["n"][1:]]`: the values of a new column were made of fewer rows."""
    step = evidence.last
    found = re.match(r"Length of values \((\d+)\) does not match length of index \((\d+)\)", evidence.message)
    if not isinstance(evidence.error, ValueError) or step is None or not found:
        return
    statement = step.statement
    lost = int(found[2]) - int(found[1])
    if not isinstance(statement, ast.Assign) or lost <= 0:
        return
    drafts, value = Drafts(evidence, step), statement.value
    filled = f"[None] * {lost} + {drafts.operand(value)}" if lost > 1 else f"[None] + list({drafts.source(value)})"
    neighbours = _neighbours(step, made_of(step, value))
    if neighbours:
        # Differences of neighbours have none for the first.
        drafts.edit((value, filled))
    shown = filled
    for cut in cuts(step, value, lost):
        shown = drafts.source(cut.value) if not neighbours else filled
        drafts.edit((cut, drafts.source(cut.value)))
    if not drafts.rewrites:
        return
    yield drafts.diagnosis(
        "cut-column",
        (
            f"The new column has {found[1]} values for {found[2]} rows: {lost} was cut off before.",
            f"新列有 {found[1]} 个值，而表有 {found[2]} 行：之前切掉了 {lost} 个。",
        ),
        (f"Write `{shown}`.", f"请写 `{shown}`。"),
    )


def _neighbours(step: Step, node: ast.expr) -> bool:
    """Whether values are made of two that follow each other: `xs[i] - xs[i - 1]`, `zip(xs, xs[1:])`."""
    text = ast.unparse(node)
    return re.search(r"\[\w+ [-+] 1\]|zip\(|diff", text) is not None


def cut_points(evidence: Evidence) -> Iterator[Diagnosis]:
    """`plt.plot(days[1:], sales)`: one of the two was cut, the other not."""
    step = evidence.last
    found = re.search(
        r"x and y must (?:have same first dimension|be the same size).*?(?:shapes \((\d+),\) and \((\d+),\))?$"
        r"|shape mismatch: objects.*'x' with shape \((\d+),\) and '(?:height|width)' with shape \((\d+),\)",
        evidence.message,
    )
    if not isinstance(evidence.error, ValueError) or step is None or not found:
        return
    call = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and len(n.args) > 1), None)
    told = [int(size) for size in found.groups() if size]
    if call is None:
        return
    sizes = told if len(told) == 2 else [len(v) if hasattr(v := step.value(a), "__len__") else 0 for a in call.args[:2]]
    if not all(sizes) or sizes[0] == sizes[1]:
        return
    short, long = (call.args[0], call.args[1]) if sizes[0] < sizes[1] else (call.args[1], call.args[0])
    drafts = Drafts(evidence, step)
    for cut in cuts(step, short, abs(sizes[0] - sizes[1])):
        whole, part = drafts.source(cut.value), drafts.source(cut.slice)
        drafts.edit((cut, whole))
        drafts.edit((long, f"{drafts.operand(long)}[{part}]"))
        yield drafts.diagnosis(
            "cut-points",
            (
                f"`{drafts.source(cut)}` leaves some out, and `{drafts.source(long)}` does not.",
                f"`{drafts.source(cut)}` 去掉了一部分，而 `{drafts.source(long)}` 没有。",
            ),
            (
                f"Write `{whole}`, or `{drafts.operand(long)}[{part}]`.",
                f"请写 `{whole}`，或 `{drafts.operand(long)}[{part}]`。",
            ),
        )
        return
