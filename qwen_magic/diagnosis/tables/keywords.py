"""Keywords that a function of numpy, pandas or matplotlib has under another name."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any, Final

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.names.similarity import only_slip
from qwen_magic.diagnosis.running import running_nodes, running_statement
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_SAID = re.compile(
    r"(?:(\w+)\.)?\w+\(\) got (?:an unexpected keyword|multiple values for) argument '(\w+)'"
    r"|^'(\w+)' object has no property '(\w+)'|^keyword (\w+) is not recognized"
)
# What a function calls otherwise than people expect.
_NAMES: Final[dict[str, dict[str, str]]] = {
    "dropna": {"columns": "subset", "column": "subset", "by": "subset"},
    "drop_duplicates": {"columns": "subset", "column": "subset", "by": "subset", "on": "subset"},
    "duplicated": {"columns": "subset", "column": "subset", "by": "subset"},
    "sort_values": {"columns": "by", "column": "by", "on": "by", "subset": "by"},
    "groupby": {"columns": "by", "column": "by", "on": "by", "keys": "by"},
    "set_index": {"columns": "keys", "column": "keys", "by": "keys", "on": "keys", "col": "keys"},
    "explode": {"columns": "column"},
    "merge": {"by": "on", "columns": "on", "key": "on"},
    "percentile": {"interpolation": "method"},
    "quantile": {"interpolation": "method"},
    "unique": {"return_count": "return_counts"},
    "legend": {"location": "loc", "position": "loc", "columns": "ncols", "size": "fontsize"},
    "plot": {"width": "linewidth", "size": "markersize", "s": "markersize", "thickness": "linewidth"},
    "scatter": {"size": "s", "markersize": "s", "ms": "s", "sizes": "s", "colors": "c", "style": "marker"},
    "axhline": {"x": "y"},
    "axvline": {"y": "x"},
    "barh": {"width": "height"},
    "bar": {"labels": "tick_label", "linecolor": "edgecolor"},
    "hist": {"bin": "bins", "num_bins": "bins", "nbins": "bins", "linecolor": "edgecolor"},
    "savefig": {"resolution": "dpi", "filename": "fname", "transparency": "transparent"},
    "normal": {"mean": "loc", "mu": "loc", "std": "scale", "sigma": "scale"},
    "uniform": {"min": "low", "max": "high", "start": "low", "end": "high"},
    "randint": {"min": "low", "max": "high", "start": "low", "end": "high"},
    "integers": {"min": "low", "max": "high", "start": "low", "end": "high"},
    "linspace": {"n": "num", "steps": "num", "count": "num", "end": "stop"},
    "arange": {"begin": "start", "end": "stop"},
    "annotate": {"s": "text", "label": "text"},
    "text": {"text": "s", "label": "s"},
    "tick_params": {"rotate": "rotation", "angle": "rotation", "size": "labelsize", "fontsize": "labelsize"},
    "xticks": {"rotate": "rotation", "angle": "rotation", "size": "fontsize"},
    "yticks": {"rotate": "rotation", "angle": "rotation", "size": "fontsize"},
    "subplots": {"rows": "nrows", "cols": "ncols", "columns": "ncols", "size": "figsize"},
    "figure": {"size": "figsize"},
}
# What may be meant in two ways.
_UNSURE = frozenset({"labels", "size", "width", "style", "colors", "min", "max"})


def misnamed_keywords(evidence: Evidence) -> Iterator[Diagnosis]:
    """`plt.subplots(nrow=2, ncol=2)`, `np.average(a, weight=w)`, `plt.scatter(x, y, size=3)`: all of a call at once."""
    step = evidence.last
    found = _SAID.search(evidence.message)
    if not isinstance(evidence.error, (TypeError, AttributeError, ValueError)) or not found or step is None:
        return
    word, artist = found[2] or found[4] or found[5], found[1] or found[3] or ""
    calls = [
        n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and any(k.arg == word for k in n.keywords)
    ]
    if len(calls) != 1:
        return
    call, drafts = calls[0], Drafts(evidence, step)
    function = ast.unparse(call.func).rpartition(".")[2]
    if word == "figsize":
        yield from _size_of_figure(evidence, drafts, call, function)
        return
    own = _parameters(step, call.func)
    known = {*own, *(_settings(artist) if "multiple values" not in evidence.message else ())}
    others = _NAMES.get(function, {})
    meant: dict[str, str] = {}
    for given in (keyword.arg for keyword in call.keywords if keyword.arg):
        wrong = given == word or (bool(own) and given not in known and bool(known - set(own) or artist == ""))
        new = (others.get(given) or only_slip(given, [*own, *known], plural=True)) if wrong else None
        by_place = new in own[: len(call.args)]
        if new and not by_place and new not in {k.arg for k in call.keywords}:
            meant[given] = new
    if word not in meant or _is_plain(step, call.func):
        return
    changes: list[tuple[ast.AST, str]] = [
        (_name_of(keyword), meant[keyword.arg]) for keyword in call.keywords if keyword.arg in meant
    ]
    drafts.edit(*changes, certain=word not in _UNSURE or function in ("scatter", "bar"))
    line = (ast.unparse(call.func).rpartition(".")[0] + ".") if "." in ast.unparse(call.func) else ""
    if function in ("axhline", "axvline"):
        other = "axvline" if function == "axhline" else "axhline"
        drafts = Drafts(evidence, step)
        drafts.edit((call.func, f"{line}{other}"))
        drafts.edit(*changes)
    written = ", ".join(f"`{new}=`" for new in meant.values())
    yield drafts.diagnosis(
        "misnamed-keyword",
        (f"`{function}` has no parameter `{word}`.", f"`{function}` 没有参数 `{word}`。"),
        (f"It is called {written}.", f"它叫 {written}。"),
    )


def _name_of(keyword: ast.keyword) -> ast.Name:
    """The name of a keyword as a node of its own, which can be edited without the value."""
    end = keyword.col_offset + len((keyword.arg or "").encode())
    place = {"lineno": keyword.lineno, "col_offset": keyword.col_offset}
    return ast.Name(keyword.arg or "", ast.Load(), **place, end_lineno=keyword.lineno, end_col_offset=end)


def _size_of_figure(evidence: Evidence, drafts: Drafts, call: ast.Call, function: str) -> Iterator[Diagnosis]:
    """`plt.plot(x, y, figsize=(8, 4))`: the size is that of the figure, which is made before."""
    module = call.func.value if isinstance(call.func, ast.Attribute) else None
    if not isinstance(module, ast.Name) or drafts.step.value(module) is not sys.modules.get("matplotlib.pyplot"):
        return
    size = next(drafts.source(word.value) for word in call.keywords if word.arg == "figsize")
    statement = running_statement(evidence, drafts.step)
    whole = f"{module.id}.figure(figsize={size})"
    drafts.edit(
        (call, drafts.called(call, drop=("figsize",))), line_above=whole, certain=isinstance(statement, ast.Expr)
    )
    yield drafts.diagnosis(
        "size-of-figure",
        (f"`{function}` does not take the size of the figure.", f"`{function}` 不接受图的大小。"),
        (f"Write `{whole}` above.", f"在上面写 `{whole}`。"),
    )


def _parameters(step: Step, func: ast.expr) -> list[str]:
    """The names of the arguments of a function of numpy, pandas or matplotlib."""
    value = step.value(func)
    if value is MISSING and isinstance(func, ast.Attribute):
        base = columns.live(step, func.value)
        value = getattr(type(base), func.attr, MISSING) if columns.kind(base) else MISSING
    try:
        return [name for name in inspect.signature(value).parameters if name not in ("self", "args", "kwargs")]
    except (TypeError, ValueError):
        return []


def _is_plain(step: Step, func: ast.expr) -> bool:
    """Whether it is one of Python's own functions, for which there is another rule."""
    value: Any = step.value(func)
    return value is not MISSING and not (getattr(value, "__module__", None) or "numpy").startswith(
        ("numpy", "pandas", "matplotlib")
    )


def _settings(kind: str) -> list[str]:
    """What can be set on a part of a figure, such as a `Line2D`."""
    for name, module in list(sys.modules.items()):
        found = vars(module).get(kind) if name.startswith("matplotlib.") and kind else None
        if isinstance(found, type) and hasattr(found, "set_visible"):
            return [word[4:] for word in dir(found) if word.startswith("set_")]
    return []
