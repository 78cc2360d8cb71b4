"""Matplotlib: what belongs to the figure, to one plot, or to pyplot, asked of another of them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import Any, Final

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

# What one kind of them calls otherwise than another.
_OF_FIGURE: Final = {"set_title": "suptitle", "title": "suptitle", "set_xlabel": "supxlabel", "set_ylabel": "supylabel"}
_OF_PYPLOT: Final = {"save": "savefig", "figsize": "figure", "set_size_inches": "figure", "size": "figure"}
_SIZES = ("figsize", "set_figsize", "set_size", "size")


def another_owner(evidence: Evidence) -> Iterator[Diagnosis]:
    """`ax.savefig(...)`, `fig.plot(...)`, `plt.set_xticklabels(...)`: a function of something else."""
    step = evidence.last
    found = re.search(r"'(Axes|Axes3D|Figure)' object has no attribute '(\w+)'", evidence.message)
    pyplot = re.search(r"module 'matplotlib.pyplot' has no attribute '(\w+)'", evidence.message)
    if not isinstance(evidence.error, AttributeError) or step is None or not (found or pyplot):
        return
    name = found[2] if found else pyplot[1] if pyplot else ""
    node = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Attribute) and n.attr == name), None)
    if node is None:
        return
    drafts = Drafts(evidence, step)
    call = step.parents.get(node)
    call = call if isinstance(call, ast.Call) and call.func is node else None
    owner = "Figure" if found and found[1] == "Figure" else "Axes" if found else ""
    texts = list({"Figure": _of_figure, "Axes": _of_axes, "": _of_pyplot}[owner](evidence, drafts, node, call))
    sure = len(texts) == 1 and texts[0][1]
    for target, (text, _) in (
        (call if call is not None and text.endswith(")") else node, (text, s)) for text, s in texts
    ):
        drafts.edit((target, text), certain=sure)
    if texts:
        of = {"Figure": ("a figure", "整张图"), "Axes": ("one plot", "单个子图"), "": ("pyplot", "pyplot")}[owner]
        yield drafts.diagnosis(
            "another-owner",
            (f"`{name}` is no function of {of[0]}.", f"`{name}` 不是{of[1]}的函数。"),
            (f"Write `{texts[0][0]}`.", f"请写 `{texts[0][0]}`。"),
        )


def _class(name: str) -> type | None:
    module = sys.modules.get("matplotlib.figure" if name == "Figure" else "matplotlib.axes")
    found = vars(module).get(name) if module is not None else None
    return found if isinstance(found, type) else None


def _of_axes(
    evidence: Evidence, drafts: Drafts, node: ast.Attribute, call: ast.Call | None
) -> Iterator[tuple[str, bool]]:
    """What belongs to the figure of a plot, or to pyplot."""
    if node.attr == "show":
        yield f"{columns.alias(evidence, 'matplotlib.pyplot', 'plt')}.show", True
    elif call is not None and node.attr in _SIZES and (size := _size(drafts, call)):
        yield f"{drafts.operand(node.value)}.figure.set_size_inches({size})", True
    elif hasattr(_class("Figure"), node.attr) and not node.attr.startswith("_") and call is not None:
        yield f"{_figure_of(drafts.step, node.value) or drafts.operand(node.value) + '.figure'}.{node.attr}", True


def _figure_of(step: Step, node: ast.expr) -> str:
    """The name of the figure that a plot is on, if it has one."""
    axes = step.value(node)
    kind = _class("Figure")
    figure = vars(axes).get("_parent_figure", vars(axes).get("figure")) if hasattr(axes, "__dict__") else None
    names = [name for name, value in step.names.items() if value is figure and not name.startswith("_")]
    return names[0] if kind is not None and isinstance(figure, kind) and len(names) == 1 else ""


def _of_figure(
    evidence: Evidence, drafts: Drafts, node: ast.Attribute, call: ast.Call | None
) -> Iterator[tuple[str, bool]]:
    """What belongs to a plot on the figure."""
    name, base = node.attr, drafts.operand(node.value)
    if call is None:
        return
    if name in _OF_FIGURE:
        yield f"{base}.{_OF_FIGURE[name]}", False
    if name in _SIZES and (size := _size(drafts, call)):
        yield f"{base}.set_size_inches({size})", True
    elif name == "subplot":
        yield f"{base}.add_subplot", True
    elif hasattr(_class("Axes"), name) or hasattr(_class("Axes"), f"set_{name}"):
        setter = name if hasattr(_class("Axes"), name) else f"set_{name}"
        yield f"{base}.gca().{setter}", False


def _of_pyplot(
    evidence: Evidence, drafts: Drafts, node: ast.Attribute, call: ast.Call | None
) -> Iterator[tuple[str, bool]]:
    """What belongs to the plot or the figure that pyplot is at."""
    name, base = node.attr, drafts.operand(node.value)
    pyplot = vars(sys.modules["matplotlib.pyplot"])
    if call is None or name.removeprefix("set_") in pyplot:
        return
    if name in _SIZES and (size := _size(drafts, call)):
        # What is already drawn is on the present figure.
        drawn = any(is_call_of(n, *dir(_class("Axes"))) and n.lineno < node.lineno for n in ast.walk(drafts.step.tree))
        yield f"{base}.gcf().set_size_inches({size})" if drawn else f"{base}.figure(figsize={size})", True
    elif name == "set_size_inches" and (size := _size(drafts, call)):
        yield f"{base}.gcf().set_size_inches({size})", True
    elif name in _OF_PYPLOT and _OF_PYPLOT[name] in pyplot and name not in _SIZES:
        yield f"{base}.{_OF_PYPLOT[name]}", True
    elif name == "plot_date":
        yield f"{base}.plot", False
    elif hasattr(_class("Axes"), name):
        yield f"{base}.gca().{name}", True
    elif hasattr(_class("Figure"), name):
        yield f"{base}.gcf().{name}", True


def _size(drafts: Drafts, call: ast.Call) -> str:
    """Width and height as a pair, however they were given."""
    if len(call.args) == 2 and not call.keywords:
        return f"({drafts.source(call.args[0])}, {drafts.source(call.args[1])})"
    pair = call.args[0] if len(call.args) == 1 and not call.keywords else None
    return drafts.source(pair) if isinstance(pair, ast.Tuple) else ""


def figure_and_axes(evidence: Evidence) -> Iterator[Diagnosis]:
    """`ax = plt.subplots()`, `fig, ax = plt.figure()`, `ax = plt.figure()`: `subplots` gives both, `figure` one."""
    step = evidence.in_cell
    if not isinstance(evidence.error, (AttributeError, TypeError, ValueError)) or step is None:
        return
    both = re.match(r"'tuple' object has no attribute '(\w+)'", evidence.message)
    one = re.match(r"cannot unpack non-iterable Figure object", evidence.message)
    plot = re.match(r"'Figure' object has no attribute '(\w+)'", evidence.message)
    made = step.statement if one else None
    if both or plot:
        name = (both or plot)[1]  # type: ignore[index]
        node = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Attribute) and n.attr == name), None)
        made = binding(step, node.value) if node is not None and isinstance(node.value, ast.Name) else None  # type: ignore[assignment]
    if not isinstance(made, ast.Assign) or len(made.targets) != 1 or not isinstance(made.value, ast.Call):
        return
    call, target, drafts = made.value, made.targets[0], Drafts(evidence, step)
    if not is_call_of(call, "subplots" if both else "figure") or not isinstance(call.func, ast.Attribute):
        return
    module = drafts.source(call.func.value)
    if one and isinstance(target, ast.Tuple):
        drafts.edit((call.func, f"{module}.subplots"), certain=len(target.elts) == 2 and not call.args)
    elif isinstance(target, ast.Name):
        figure = bool(both) and hasattr(_class("Figure"), name) and not hasattr(_class("Axes"), name)
        free = [word for word in (("ax", "axes") if figure else ("fig", "figure")) if word not in step.names]
        if not free or (plot and not (hasattr(_class("Axes"), name) and target.id.startswith("ax"))):
            return
        pair = f"{target.id}, {free[0]}" if figure else f"{free[0]}, {target.id}"
        changes: list[tuple[ast.AST, str]] = [(target, pair)]
        if plot:
            changes.append((call.func, f"{module}.subplots"))
        drafts.edit(*changes, certain=True)
    yield drafts.diagnosis(
        "figure-and-axes",
        (
            "`plt.subplots()` gives two things, the figure and the axes; `plt.figure()` only the figure.",
            "`plt.subplots()` 返回图和子图两样东西；`plt.figure()` 只返回图。",
        ),
        ("Write `fig, ax = plt.subplots()`.", "请写 `fig, ax = plt.subplots()`。"),
    )


def single_axes(evidence: Evidence) -> Iterator[Diagnosis]:
    """`fig, axes = plt.subplots()`, then `axes.flat` or `for ax in axes`: one plot is no array of them."""
    step = evidence.last
    found = re.match(
        r"'Axes' object (?:has no attribute '(flat|flatten|ravel|shape|size)'|is not iter)", evidence.message
    )
    if not isinstance(evidence.error, (AttributeError, TypeError)) or not found or step is None:
        return
    names = [
        node for node in running_nodes(evidence, step) if isinstance(node, ast.Name) and _is_axes(step.value(node))
    ]
    made: Any = binding(step, names[0]) if names else None
    if not isinstance(made, ast.Assign) or not is_call_of(made.value, "subplots"):
        return
    drafts = Drafts(evidence, step)
    array = (made.value, drafts.called(made.value, drop=("squeeze",), add="squeeze=False"))
    if found[1]:
        drafts.edit(array)
    else:
        drafts.edit(array, (names[0], f"{names[0].id}.flat"))
        drafts.edit((names[0], f"[{names[0].id}]"))
    name = names[0].id
    yield drafts.diagnosis(
        "single-axes",
        (f"`{name}` is one plot, no array of plots.", f"`{name}` 是单个子图，不是数组。"),
        ("`subplots(..., squeeze=False)` always gives an array.", "`subplots(..., squeeze=False)` 总会返回数组。"),
    )


def _is_axes(value: Any) -> bool:
    return type(value) is _class("Axes")
