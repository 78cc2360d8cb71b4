"""The key that a KeyError is about, what it was looked up in, and what is there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.names import uses

_MANY = 5000
# Steps of a chain behind which the columns are still the same.
_SAME_COLUMNS = frozenset({
    "groupby", "sort_values", "head", "tail", "dropna", "fillna", "query", "copy", "loc", "iloc", "at", "iat", "sample",
    "drop_duplicates", "nlargest", "nsmallest", "round", "abs", "describe",
})  # fmt: skip
_DICTS = ("dict", "OrderedDict", "defaultdict", "Counter")


@dataclass(frozen=True)
class Lookup:
    """One key that was not there; `node` is the subscript or call that asked for it.

    `holder` is the expression that was asked, `held` its value or that of the frame it was made from;
    `direct` says that nothing in between can have changed the keys.
    """

    evidence: Evidence
    step: Step
    key: Any
    node: ast.Subscript | ast.Call
    holder: ast.expr
    held: Any
    direct: bool
    accessor: str = ""
    keys: list[Any] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The known keys that are text."""
        return [key for key in self.keys if isinstance(key, str)]

    def is_frame(self) -> bool:
        """Whether it was looked up in a DataFrame."""
        return uses.own_type(self.held, "pandas", "DataFrame")

    def is_series(self) -> bool:
        """Whether it was looked up in a Series."""
        return uses.own_type(self.held, "pandas", "Series")

    def is_dict(self) -> bool:
        """Whether it was looked up in a plain dict, or one of its kind."""
        return type(self.held).__name__ in _DICTS and isinstance(self.held, dict)


def lookups(evidence: Evidence) -> list[Lookup]:
    """What was looked up and not found: several keys at once, if pandas was asked for several."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (KeyError, ValueError)) or not evidence.error.args:
        return []
    said = evidence.error.args[0]
    root = step.node if isinstance(step.node, ast.expr) else step.statement
    found: dict[Any, Lookup] = {}
    for node in ast.walk(root) if root is not None else ():
        for key, holder, accessor in _asked(step, node):
            if isinstance(holder, ast.expr) and _is_missing(key, said) and key not in found:
                held, direct = _held(step, holder)
                known = _keys(held, accessor)
                if held is not MISSING and key not in known:
                    assert isinstance(node, (ast.Subscript, ast.Call))  # noqa: S101  # _asked answers for no others
                    found[key] = Lookup(evidence, step, key, node, holder, held, direct, accessor, known)
    return list(found.values())


def _asked(step: Step, node: ast.AST) -> Iterator[tuple[Any, ast.expr, str]]:
    if isinstance(node, ast.Subscript):
        holder, accessor = node.value, ""
        if isinstance(node.value, ast.Attribute) and node.value.attr in ("loc", "at", "iloc"):
            holder, accessor = node.value.value, node.value.attr
        parts: list[ast.expr] = _parts(node.slice) if accessor else [node.slice]
        for number, part in enumerate(parts):
            for key in _values(step, part):
                yield key, holder, f"{accessor}{number}" if accessor else ""
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        axis = "axis" if any(word.arg == "axis" for word in node.keywords) else ""
        given = [(argument, axis) for argument in node.args]
        given += [(word.value, word.arg or "") for word in node.keywords]
        for argument, word in given:
            for key in _values(step, argument):
                yield key, node.func.value, f".{node.func.attr}:{word}"


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _values(step: Step, node: ast.expr) -> list[Any]:
    """The keys that an expression asks for: one, or those of a list or of the keys of a dict."""
    inner = node.elts if isinstance(node, ast.List) else node.keys if isinstance(node, ast.Dict) else [node]
    values = [step.value(part) for part in inner if part is not None]
    flat = [item for value in values for item in (value if type(value) is list else [value])]
    return [value for value in flat if isinstance(value, (str, int, float, tuple)) and not isinstance(value, bool)]


def _is_missing(key: Any, said: Any) -> bool:
    if type(said) is type(key) and said == key:
        return True
    if isinstance(said, str) and isinstance(key, str) and said.endswith(f"not found: {key}"):
        return True
    if isinstance(said, str):
        return isinstance(key, (str, int)) and len(repr(key)) > 2 and said != key and repr(key) in said and " " in said
    return isinstance(said, list) and key in said


def _held(step: Step, node: ast.expr) -> tuple[Any, bool]:
    """The value of an expression, or of what the chain that it ends begins with."""
    direct, current = True, node
    while True:
        value = step.value(current)
        if _known(value):
            return value, direct
        if isinstance(current, ast.Call):
            current = current.func
        elif isinstance(current, ast.Attribute):
            direct = direct and current.attr in _SAME_COLUMNS
            current = current.value
        elif isinstance(current, ast.Subscript):
            # Of a frame, a list of columns or a filter leaves a frame; of anything else, who knows.
            direct = direct and not isinstance(current.slice, (ast.Constant, ast.List))
            current = current.value
        else:
            return MISSING, False


def _known(value: Any) -> bool:
    return (isinstance(value, dict) and type(value).__name__ in (*_DICTS,)) or uses.own_type(
        value, "pandas", "DataFrame", "Series"
    )


def _keys(held: Any, accessor: str) -> list[Any]:
    if isinstance(held, dict):
        return list(held)[:_MANY]
    if held is MISSING:
        return []
    rows = accessor in ("loc0", "at0", ".drop:", ".drop:index") or not uses.own_type(held, "pandas", "DataFrame")
    labels = held.index if rows else held.columns
    return list(labels[:_MANY].tolist()) if type(labels).__name__ != "MultiIndex" else []


def written(lookup: Lookup) -> list[ast.AST]:
    """The texts or numbers in the cell that are the key: those asked of the same holder, or else the only one."""
    step = lookup.evidence.in_cell
    if step is None:
        return []
    constants = [node for node in ast.walk(step.tree) if isinstance(node, ast.Constant)]
    same = [node for node in constants if type(node.value) is type(lookup.key) and node.value == lookup.key]
    if lookup.step is step:
        inside = set(ast.walk(lookup.node))
        asked = [node for node in same if node in inside or _root(step, node) == _root_name(lookup.holder)]
        if any(node in inside for node in asked):
            return list(asked)
    return list(same) if len(same) == 1 else []


def _root(step: Step, node: ast.AST) -> str | None:
    outer = step.parents.get(node)
    while isinstance(outer, (ast.List, ast.Tuple, ast.keyword)):
        outer = step.parents.get(outer)
    if isinstance(outer, ast.Subscript):
        return _root_name(outer.value)
    return _root_name(outer.func) if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Attribute) else None


def _root_name(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
