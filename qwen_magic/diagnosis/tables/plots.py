"""Matplotlib: axes that are several, setters that have two names, and lengths it does not take."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_SETTERS = ("xlabel", "ylabel", "title", "xlim", "ylim", "xticks", "yticks", "xscale", "yscale")
_PROPERTIES = (
    "color linewidth linestyle marker markersize markerfacecolor markeredgecolor label alpha zorder visible "
    "facecolor edgecolor figsize fontsize rotation bins density cmap legend width height align dpi"
)


def _is_axes(value: Any) -> bool:
    module = sys.modules.get("matplotlib.axes")
    return module is not None and type(value) is vars(module).get("Axes")


def several_axes(evidence: Evidence) -> Iterator[Diagnosis]:
    """`axes.plot(...)` where `axes` is an array of them; `ax[0]` where there is one."""
    step = evidence.last
    if not isinstance(evidence.error, (AttributeError, TypeError)) or step is None:
        return
    drafts = Drafts(evidence, step)
    found = re.match(r"'numpy.ndarray' object has no attribute '(\w+)'", evidence.message)
    if found:
        node = next(
            (n for n in running_nodes(evidence, step) if isinstance(n, ast.Attribute) and n.attr == found[1]), None
        )
        array: Any = columns.live(step, node.value) if node is not None else None
        if node is None or columns.kind(array) != "ndarray" or not array.size or not _is_axes(array.flat[0]):
            return
        name = drafts.source(node.value)
        for grid, sure in ((_rows_of_axes(step, node.value), True), (_row_of_grid(step, node.value), False)):
            drafts.edit(*([(grid, f"{drafts.operand(grid)}.flat")] if grid is not None else []), certain=sure)
        first = "[0]" if array.ndim == 1 else "[0, 0]"
        if isinstance(node.value, ast.Subscript) and array.ndim == 1:
            flat = f"{drafts.operand(node.value.value)}.flat[{drafts.source(node.value.slice)}]"
            drafts.edit((node.value, flat))
            index = f"{drafts.operand(node.value.value)}[{drafts.source(node.value.slice)}, 0]"
            drafts.edit((node.value, index))
        for index in ("[0]", "[-1]") if array.ndim == 1 else ("[0, 0]", "[0, 1]", "[1, 0]"):
            drafts.edit((node.value, name + index))
        yield drafts.diagnosis(
            "several-axes",
            (f"`{name}` is an array of {array.size} axes, not one.", f"`{name}` 是由 {array.size} 个子图组成的数组。"),
            (f"Write `{name}{first}.{found[1]}(...)`.", f"请写 `{name}{first}.{found[1]}(...)`。"),
        )
    elif evidence.message == "'Axes' object is not subscriptable" and isinstance(step.node, ast.Subscript):
        name = drafts.source(step.node.value)
        others = [n for n in ast.walk(step.tree) if isinstance(n, ast.Subscript) and ast.unparse(n.value) == name]
        drafts.edit((step.node, name), certain=len(others) == 1 and step.value(step.node.slice) == 0)
        drafts.edit(*[(n, name) for n in others])
        for call in ast.walk(step.tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(".subplots") and not call.args:
                rest = drafts.called(call, function="_")[2:-1]
                text = f"{drafts.operand(call.func)}(1, {max(2, len(others))}{', ' + rest if rest else ''})"
                drafts.edit((call, text))
        yield drafts.diagnosis(
            "one-axes",
            (f"`{name}` is one plot, not several.", f"`{name}` 只有一个子图，不是数组。"),
            (f"Write `{name}` without an index.", f"直接写 `{name}`，不要下标。"),
        )


def _row_of_grid(step: Step, node: ast.expr) -> ast.expr | None:
    """The grid of axes that one row was taken of: `ax = axes[i]`."""
    made = binding(step, node) if isinstance(node, ast.Name) else None
    row = made.value if isinstance(made, ast.Assign) else None
    grid = row.value if isinstance(row, ast.Subscript) else None
    return grid if getattr(columns.live(step, grid), "ndim", 0) == 2 else None


def _rows_of_axes(step: Step, node: ast.expr) -> ast.expr | None:
    """The grid of axes that a loop goes over row by row: `for ax in axes`, `for ax, name in zip(axes, names)`."""
    made = binding(step, node) if isinstance(node, ast.Name) else None
    if not isinstance(made, (ast.For, ast.comprehension)):
        return None
    given = made.iter.args if is_call_of(made.iter, "zip", "enumerate") else [made.iter]
    grids = [part for part in given if getattr(columns.live(step, part), "ndim", 0) == 2]
    return grids[0] if len(grids) == 1 else None


def setters(evidence: Evidence) -> Iterator[Diagnosis]:
    """`ax.xlabel(...)`, `ax.title(...)`, `plt.set_title(...)`: two interfaces, two names."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (AttributeError, TypeError)):
        return
    plot = sys.modules.get("matplotlib.pyplot")
    for node in running_nodes(evidence, step):
        if not isinstance(node, ast.Attribute):
            continue
        owner = step.value(node.value)
        if owner is plot is not None and node.attr.removeprefix("set_") in _SETTERS and node.attr.startswith("set_"):
            new, certain = node.attr.removeprefix("set_"), True
        elif node.attr in _SETTERS and (
            _is_axes(owner)
            or _is_axes(getattr(evidence.error, "obj", None))
            or "'Text' object is not callable" in evidence.message
        ):
            new, certain = "set_" + node.attr, True
        else:
            continue
        drafts = Drafts(evidence, step)
        source = drafts.source(node.value)
        same = [
            (other, drafts.renamed(other, "set_" + other.attr))
            for other in ast.walk(step.tree)
            if isinstance(other, ast.Attribute) and "set_" in new and other.attr in _SETTERS and other is not node
            if drafts.source(other.value) == source
        ]
        drafts.edit((node, drafts.renamed(node, new)), *same, certain=certain)
        written = f"{source}.{new}(...)"
        yield drafts.diagnosis(
            "setter",
            (f"`{source}` has no function `{node.attr}`.", f"`{source}` 没有函数 `{node.attr}`。"),
            (f"Write `{written}`.", f"请写 `{written}`。"),
        )
        return


def lengths(evidence: Evidence) -> Iterator[Diagnosis]:
    """x and y of different lengths."""
    step = evidence.last
    if not isinstance(evidence.error, ValueError) or step is None:
        return
    if not re.search(
        r"x and y must (have same first dimension|be the same size)|shape mismatch: objects", evidence.message
    ):
        return
    call = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and len(n.args) > 1), None)
    if call is None:
        return
    drafts = Drafts(evidence, step)
    sizes = [_length(columns.live(step, arg)) for arg in call.args[:2]]
    told = re.findall(r"\((\d+),", evidence.message)
    sizes = [int(told[0]), int(told[1])] if len(told) > 1 else sizes
    one, two = (drafts.source(arg) for arg in call.args[:2])
    hint = ("Give both as many values.", "让两者的个数相同。")
    if all(sizes):
        short = min(sizes)
        long = call.args[0] if sizes[0] > short else call.args[1]
        cut = f"{drafts.operand(long)}[:{short}]"
        # What was cut off at its beginning does not belong to the beginning of the other.
        if not any(isinstance(arg, ast.Subscript) and isinstance(arg.slice, ast.Slice) for arg in call.args[:2]):
            drafts.edit((long, f"{drafts.operand(long)}[:len({drafts.source(_other(call, long))})]"))
            drafts.edit((long, cut))
        if sizes[0] != sizes[1]:
            drafts.edit((call.args[0], f"range(len({two}))"))
        hint = (f"Write `{cut}`, or give both as many values.", f"写 `{cut}`，或让两者个数相同。")
    yield drafts.diagnosis(
        "plot-lengths",
        (
            f"`{one}` has {sizes[0] or '?'} values and `{two}` has {sizes[1] or '?'}.",
            f"`{one}` 有 {sizes[0] or '?'} 个值，`{two}` 有 {sizes[1] or '?'} 个。",
        ),
        hint,
    )


def _other(call: ast.Call, node: ast.expr) -> ast.expr:
    return call.args[1] if call.args[0] is node else call.args[0]


def _length(value: Any) -> int:
    plain = type(value) in (list, tuple, range) or columns.kind(value) in (
        "Series",
        "ndarray",
        "Index",
        "DatetimeIndex",
    )
    return len(value) if plain else 0


def properties(evidence: Evidence) -> Iterator[Diagnosis]:
    """`linewith=2`: a property that the drawn thing has not got."""
    step = evidence.last
    found = re.match(r"\w+\.set\(\) got an unexpected keyword argument '(\w+)'", evidence.message)
    if not isinstance(evidence.error, AttributeError) or not found or step is None:
        return
    word = found[1]
    if word in _PROPERTIES.split():
        return
    near = get_close_matches(word.replace("_", ""), _PROPERTIES.split(), n=3, cutoff=0.75)
    for call in running_nodes(evidence, step):
        keyword = next((k for k in call.keywords if k.arg == word), None) if isinstance(call, ast.Call) else None
        if keyword is None or not isinstance(call, ast.Call) or not near:
            continue
        drafts = Drafts(evidence, step)
        for name in near:
            text = drafts.called(call, drop=(word,), add=f"{name}={drafts.source(keyword.value)}")
            drafts.edit((call, text), certain=len(near) == 1 and word != "labels")
        yield drafts.diagnosis(
            "plot-property",
            (f"There is no property `{word}`.", f"没有属性 `{word}`。"),
            (
                f"Write `{near[0]}={drafts.source(keyword.value)}`.",
                f"请写 `{near[0]}={drafts.source(keyword.value)}`。",
            ),
        )
        return
