"""Type hints that a model wrote, as far as they are valid in the cell that they are put into."""

from __future__ import annotations

import ast
import builtins
import importlib
from collections.abc import Callable, Sequence

from qwen_magic.repair.source import bound

HOMES = ("collections.abc", "typing")
_SHAPES = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.BinOp, ast.BitOr, ast.Constant, ast.Load),
)
_GENERIC = frozenset({"list", "dict", "set", "frozenset", "tuple", "type"})


class TypeHints:
    """What may stand as a type hint in one cell. `undefined`: the names that some code reads and nothing defines."""

    def __init__(self, tree: ast.Module, undefined: Callable[[str], Sequence[str]]) -> None:
        self._bound = [(node.end_lineno or node.lineno, bound(node)) for node in tree.body]
        self._undefined = undefined
        self._imported: dict[str, str] = {}

    def valid(self, hint: ast.expr, line: int) -> str:
        """The hint as it can stand in a statement at a line of the cell; empty if it cannot.

        Names that are bound only later are put in quotes; what it takes from `typing` is noted for the imports.
        """
        text = ast.unparse(hint)
        if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
            text = hint.value
            try:
                hint = ast.parse(text, mode="eval").body
            except SyntaxError:
                return ""
        if not _is_type(hint):
            return ""
        names = {node.id for node in ast.walk(hint) if isinstance(node, ast.Name)}
        needed = {name: self._origin(name, line) for name in names}
        if None in needed.values():
            return ""
        self._imported.update({name: origin for name, origin in needed.items() if origin and origin != "later"})
        return repr(text) if "later" in needed.values() else text

    @property
    def imports(self) -> list[str]:
        """The statements that import what the valid hints need."""
        homes = {home: sorted(n for n, h in self._imported.items() if h == home) for home in self._imported.values()}
        return [f"from {home} import {', '.join(names)}" for home, names in sorted(homes.items())]

    def _origin(self, name: str, line: int) -> str | None:
        """Where a name has to be imported from, "" if it is there, "later" if it is not there yet, None if nowhere."""
        ends = [end for end, names in self._bound if name in names]
        if ends:
            return "" if min(ends) < line else "later"
        if hasattr(builtins, name):
            return "" if isinstance(getattr(builtins, name), type) else None
        if not self._undefined(name):
            return ""
        return next((home for home in HOMES if name in importlib.import_module(home).__all__), None)


def _is_type(hint: ast.expr) -> bool:
    """Whether an expression has the form of a type, and does nothing when it is evaluated."""
    if not isinstance(hint, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp) and ast.unparse(hint) != "None":
        return False
    for node in ast.walk(hint):
        match node:
            case ast.Subscript(value=ast.Name(id=name)) if hasattr(builtins, name) and name not in _GENERIC:
                return False
            case ast.BinOp(left=left, right=right) if any(
                isinstance(side, ast.Constant) and side.value for side in (left, right)
            ):
                return False
            case _ if not isinstance(node, _SHAPES):
                return False
    return True
