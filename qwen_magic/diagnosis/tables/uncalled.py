"""Methods of frames and groups that are used without being called: `df.head[5]`, `df.describe.loc["mean"]`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_UNCALLED = re.compile(
    r"'(?:builtin_function_or_)?(?:method|function)' object (?:is not subscriptable|has no attribute|is not iterable)"
    r"|(?:unsupported operand type\(s\) for|not supported between instances of) .*'(?:method|function)'"
)
_MADE = ("groupby", "rolling", "resample", "merge", "sort_values", "reset_index", "set_index", "dropna", "fillna")
_NUMBERED = ("head", "tail", "sample", "round", "shift", "diff")


def uncalled(evidence: Evidence) -> Iterator[Diagnosis]:
    """A method with a bracket, a dot or an operator behind it."""
    step = evidence.last
    if not isinstance(evidence.error, (TypeError, AttributeError)) or step is None:
        return
    if not _UNCALLED.search(evidence.message):
        return
    for node in running_nodes(evidence, step):
        if not isinstance(node, ast.Attribute) or not _is_method(step, node):
            continue
        parent = step.parents.get(node)
        if isinstance(parent, ast.Call) and parent.func is node:
            continue
        drafts, source = Drafts(evidence, step), evidence.source(step, node)
        text = f"{source}()"
        if isinstance(parent, ast.Subscript) and parent.value is node:
            index = step.value(parent.slice)
            plain = type(index) is int and node.attr in _NUMBERED
            if plain or node.attr in ("groupby", "merge", "drop", "sort_values", "set_index", "isin"):
                # The wrong brackets: what stands in them is the argument.
                drafts.edit((parent, f"{source}({drafts.source(parent.slice)})"), certain=True)
                text = f"{source}({drafts.source(parent.slice)})"
            else:
                drafts.edit((node, text), certain=True)
        else:
            drafts.edit((node, text), certain=True)
        yield drafts.diagnosis(
            "not-called",
            (f"`{source}` is a method that was not called.", f"`{source}` 是方法，还没有调用。"),
            (f"Write `{text}`.", f"请写 `{text}`。"),
        )
        return


def _is_method(step: Step, node: ast.Attribute) -> bool:
    """Whether an attribute is a method of a frame, a column, a group, or of what one of them made."""
    owner = columns.live(step, node.value)
    kind = columns.kind(owner)
    if kind:
        # The class may have a column of this name in its place.
        named = kind == "DataFrame" and node.attr in columns.names(owner)
        return not named and callable(vars_of(type(owner), node.attr))
    call = node.value
    made = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _MADE
    return made and node.attr in (
        "mean",
        "sum",
        "count",
        "size",
        "max",
        "min",
        "median",
        "std",
        "first",
        "last",
        "head",
    )


def vars_of(made: type, name: str) -> object:
    """An attribute of a class as it is stored, without running a property."""
    return next((vars(base)[name] for base in made.__mro__ if name in vars(base)), None)
