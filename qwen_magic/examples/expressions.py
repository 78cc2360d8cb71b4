"""Which expressions can be half of an example."""

from __future__ import annotations

import ast
import builtins
import re
import sys
import warnings
from collections.abc import Collection

_MODULES = {"np", "pd", "numpy", "pandas", *sys.stdlib_module_names}
_BUILTINS = frozenset(dir(builtins))
# 例如f(3): ideographs belong into names, and prose has no spaces.
_RUN_TOGETHER = re.compile(r"[\u4e00-\u9fff][A-Za-z_]")

_VALUES = (
    *(ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp, ast.BinOp, ast.Call),
    *(ast.ListComp, ast.DictComp, ast.SetComp),
)
# Names in the repr of what holds missing values.
_SHOWN = {"nan", "inf", "NaN", "NA", "NaT"}


def parsed(source: str) -> ast.expr | None:
    """The expression that a text is, if it is one that can be run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source.strip(), mode="eval")
            compile(tree, "<example>", "eval")
            ast.unparse(tree)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return tree.body


def free_names(tree: ast.AST) -> set[str]:
    """The names that an expression reads and does not bind itself."""
    names = {n.id: n.ctx for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return set(names) - bound - {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}


def roots(tree: ast.expr) -> set[str]:
    """The variables that an expression is about: `totals` of `totals["a"]` and of `totals.get("a")`."""
    if isinstance(tree, ast.Name):
        return {tree.id}
    if isinstance(tree, ast.Subscript | ast.Attribute):
        return roots(tree.value)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute):
        return roots(tree.func.value)
    if isinstance(tree, ast.BinOp):
        return roots(tree.left) | roots(tree.right)
    if isinstance(tree, ast.Call) and tree.args and isinstance(tree.func, ast.Name) and tree.func.id in _BUILTINS:
        return roots(tree.args[0])
    return set()


def called(tree: ast.AST) -> set[str]:
    """The names of functions and classes that are called."""
    return {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}


def is_left(tree: ast.expr, variables: Collection[str]) -> bool:
    """Whether something is called or looked up whose arguments are known: is_leap(year) is a signature."""
    if not isinstance(tree, ast.Call | ast.Subscript | ast.Attribute | ast.Name | ast.BinOp) or _has_gaps(tree):
        return False
    names = free_names(tree)
    subjects = (called(tree) | roots(tree)) - _BUILTINS - _MODULES
    known = called(tree) | roots(tree) | _BUILTINS | _MODULES | set(variables)
    if isinstance(tree, ast.BinOp):
        # Prose has dashes: "Example - f(3)".
        known -= roots(tree) - called(tree) - set(variables)
    return bool(subjects) and names <= known and not any(_RUN_TOGETHER.search(name) for name in names)


def is_right(tree: ast.expr, variables: Collection[str]) -> bool:
    """Whether it is a value: literals, and calls of constructors with literals."""
    if not isinstance(tree, _VALUES) or (isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)):
        return False
    if isinstance(tree, ast.Call) and not isinstance(tree.func, ast.Name | ast.Attribute):
        return False
    names = free_names(tree)
    known = called(tree) | _BUILTINS | _MODULES | _SHOWN | set(variables)
    return names <= known and not _has_gaps(tree) and not any(_RUN_TOGETHER.search(name) for name in names)


def is_given(name: str) -> bool:
    """Whether a name means something everywhere."""
    return name in _BUILTINS or name in _MODULES


def _has_gaps(tree: ast.AST) -> bool:
    """[1, 2, ...] stands for something longer."""
    return any(isinstance(n, ast.Constant) and n.value is Ellipsis for n in ast.walk(tree))
