"""Classes that the cell itself defines, and the cell with another method in one of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.evidence import Evidence, Function, Step


def own_class(step: Step, name: str) -> ast.ClassDef | None:
    """The class of this name, as error messages write it."""
    plain = name.rpartition(".")[2]
    return next((node for node in ast.walk(step.tree) if isinstance(node, ast.ClassDef) and node.name == plain), None)


def method(node: ast.ClassDef | None, name: str) -> Function | None:
    """The method of this name in the text of a class."""
    return (
        next((part for part in node.body if isinstance(part, Function) and part.name == name), None) if node else None
    )


def own_name(function: Function) -> str:
    """What a method calls its object: nearly always `self`."""
    return function.args.args[0].arg if function.args.args else "self"


def with_method(evidence: Evidence, step: Step, node: ast.ClassDef, text: str) -> str | None:
    """The cell with more lines at the end of a class."""
    last = node.body[-1]
    if not step.in_cell or last.end_lineno is None or node.body[0].lineno == node.lineno:
        return None
    margin = " " * last.col_offset
    added = [margin + line if line else line for line in text.split("\n")]
    lines = evidence.cell.split("\n")
    end = last.end_lineno + step.shift
    return "\n".join([*lines[:end], "", *added, *lines[end:]])


def set_in(function: Function | None) -> Iterator[tuple[str, ast.Assign | ast.AnnAssign]]:
    """The attributes that a method gives its object, and the statements that do so."""
    for node in ast.walk(function) if function else ():
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and of_self(part, function):
                    yield part.attr, node


def of_self(node: ast.AST, function: Function | None) -> bool:
    """Whether a node is an attribute of the object that a method belongs to."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and function is not None
        and node.value.id == own_name(function)
    )
