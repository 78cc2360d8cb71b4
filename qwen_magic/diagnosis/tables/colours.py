"""Colours of matplotlib: names where colours are wanted, and colour bars of nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_COLOURED = ("scatter", "imshow", "pcolormesh", "pcolor", "contourf", "contour", "hexbin", "matshow", "tripcolor")


def groups_as_colours(evidence: Evidence) -> Iterator[Diagnosis]:
    """`scatter(x, y, c=df["species"])`: a colour for each group has to be looked up."""
    step = evidence.last
    call = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Call)), None) if step else None
    if step is None or call is None or "argument must be a color" not in evidence.message:
        return
    given = next((word.value for word in call.keywords if word.arg in ("c", "color")), None)
    series = columns.live(step, given)
    if given is None or columns.kind(series) != "Series":
        return
    drafts, text = Drafts(evidence, step), ""
    groups = set(columns.samples(series))
    for name, value in step.names.items():
        if type(value) is dict and groups <= set(value) and not name.startswith("_"):
            drafts.edit((given, f"{drafts.operand(given)}.map({name})"), certain=True)
            text = text or f"{drafts.operand(given)}.map({name})"
    numbers = f'{drafts.operand(given)}.astype("category").cat.codes'
    drafts.edit((given, numbers))
    text = text or numbers
    yield drafts.diagnosis(
        "groups-as-colours",
        (f"`{drafts.source(given)}` holds names, not colours.", f"`{drafts.source(given)}` 里是名称，不是颜色。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )


def colorbar_of_nothing(evidence: Evidence) -> Iterator[Diagnosis]:
    """`plt.colorbar()` after `im = ax.imshow(...)`: it has to be told of what."""
    step = evidence.last
    call = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Call)), None) if step else None
    if step is None or call is None or "No mappable was found" not in evidence.message or call.args:
        return
    drawn = [
        node.targets[0].id
        for node in ast.walk(step.tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_coloured(node.value)
    ]
    if not drawn:
        return
    drafts, name = Drafts(evidence, step), drawn[-1]
    inside = drafts.called(call, function="_")[2:-1]
    text = f"{drafts.operand(call.func)}({name}{', ' + inside if inside else ''})"
    drafts.edit((call, text), certain=True)
    yield drafts.diagnosis(
        "colorbar-of-nothing",
        ("A colour bar has to be told of which picture.", "要指明颜色条属于哪幅图。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )


def _is_coloured(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _COLOURED
