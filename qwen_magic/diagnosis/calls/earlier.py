"""Definitions of functions and classes, in the cell or in one that ran before it."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any

from qwen_magic.diagnosis.cells import first_line
from qwen_magic.diagnosis.evidence import MISSING, Function, Step
from qwen_magic.diagnosis.expressions import name_of

_MOST = 2000


def definition(step: Step, called: ast.expr) -> Function | None:
    """The function that an expression names; of an earlier cell only if it was written in the notebook."""
    return in_text(step, name_of(called)) or written(step.value(called))


def in_text(step: Step, name: str) -> Function | None:
    """The function of this name in the same text; of several, the last."""
    found = [node for node in ast.walk(step.tree) if isinstance(node, Function) and node.name == name]
    return found[-1] if found else None


def written(value: Any) -> Function | None:
    """The text of a function that was defined in a cell."""
    value = value.__func__ if type(value) is MethodType else value
    if type(value) is not FunctionType or value.__module__ != "__main__":
        return None
    code = value.__code__
    near = (node for node in ast.walk(_tree(code)) if isinstance(node, Function) and node.name == code.co_name)
    return next((node for node in near if first_line(node) == code.co_firstlineno), None)


def own_returns(function: Function) -> list[ast.Return]:
    """The `return` statements of a function, not those of functions inside it."""
    return [node for node in _own(function) if isinstance(node, ast.Return)]


def stored(function: Function) -> set[str]:
    """The local names that a function itself assigns."""
    names = {node.id for node in _own(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names - {name for node in _own(function) if isinstance(node, ast.Global) for name in node.names}


def parameters(function: Function) -> list[ast.arg]:
    """The parameters that can be given by position, `self` among them."""
    return [*function.args.posonlyargs, *function.args.args]


def required(function: Function) -> list[str]:
    """Those that have no default."""
    named = parameters(function)
    return [argument.arg for argument in named[: len(named) - len(function.args.defaults)]]


def _own(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*Function.__args__, ast.ClassDef, ast.Lambda)):
            yield child
            yield from _own(child)


def _tree(code: CodeType) -> ast.Module:
    lines = linecache.getlines(code.co_filename)
    try:
        return ast.parse("".join(lines)) if len(lines) < _MOST else ast.Module([], [])
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def fields(kind: Any, value: Any = MISSING) -> list[str]:
    """What an object of the user's own holds."""
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return []
    return [name for name in held if type(name) is str] if type(held) is dict and isinstance(kind, type) else []
