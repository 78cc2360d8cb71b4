"""Candidates: whole cells with something else in the place of some of their nodes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from qwen_magic import edits
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.snapshot import Rewrite

MOST = 8

Node = TypeVar("Node", bound=ast.AST)


def rewrites(cells: Iterable[str | None], *, certain: bool = False) -> tuple[Rewrite, ...]:
    """Those of the cells that could be written; only the first of them can be certain."""
    written = list(dict.fromkeys(cell for cell in cells if cell is not None))[:MOST]
    return tuple(Rewrite(cell, certain and number == 0) for number, cell in enumerate(written))


def changed(evidence: Evidence, step: Step, changes: Iterable[tuple[ast.AST, str]]) -> str | None:
    """The cell with other text in the place of several nodes; None if one of them cannot be edited."""
    spans = [(evidence.span(step, node), text) for node, text in changes]
    cell = evidence.cell
    known = [(span, text) for span, text in spans if span is not None]
    if len(known) < len(spans) or not known:
        return None
    for span, text in sorted(known, key=lambda change: (change[0].line, change[0].column), reverse=True):
        cell = edits.replace(cell, span, text)
    return cell


def above(evidence: Evidence, step: Step, statement: ast.stmt | None, text: str) -> str | None:
    """The cell with a line of its own above a statement."""
    if statement is None or not step.in_cell:
        return None
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
    line = first + step.shift
    # A statement behind a colon or a semicolon has no line of its own.
    lines = evidence.cell.split("\n")
    if not 0 < line <= len(lines) or lines[line - 1][: statement.col_offset].strip():
        return None
    return edits.insert_line(evidence.cell, line, text)


def nodes(step: Step, kind: type[Node]) -> Iterator[Node]:
    """The node that raised, if it is of this kind, or else those of the statement, which may have been it."""
    if isinstance(step.node, kind):
        yield step.node
        return
    statement = step.statement
    if step.node is statement and statement is not None:
        yield from (node for node in ast.walk(statement) if isinstance(node, kind))


def around(step: Step, node: ast.AST | None, *kinds: type[Node]) -> Iterator[Node]:
    """The nodes of this kind that a node is part of, the innermost first."""
    while node is not None:
        node = step.parents.get(node)
        if isinstance(node, kinds):
            yield node


def outermost_loop(step: Step, statement: ast.stmt | None) -> ast.stmt | None:
    """The outermost loop, within the same function, that a statement is repeated by."""
    found: ast.stmt | None = None
    node: ast.AST | None = statement
    while node is not None and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        found = node if isinstance(node, (ast.For, ast.While, ast.AsyncFor)) else found
        node = step.parents.get(node)
    return found


def operand(evidence: Evidence, step: Step, node: ast.expr) -> str:
    """The text of an expression, in parentheses where a dot or a bracket behind it would split it."""
    text = evidence.source(step, node)
    plain = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Tuple, ast.Set, ast.ListComp)
    quoted = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return text if isinstance(node, plain) or quoted or text.startswith("(") else f"({text})"


def arguments(evidence: Evidence, step: Step, call: ast.Call) -> str:
    """What stands between the parentheses of a call, as it was typed."""
    parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    parts.sort(key=lambda part: (part.lineno, part.col_offset))
    return ", ".join(evidence.source(step, part) for part in parts)


def with_self(evidence: Evidence, step: Step, function: ast.FunctionDef, name: str = "self") -> str | None:
    """The cell with `self` as the first parameter of a function."""
    line = function.lineno + step.shift
    lines = evidence.cell.split("\n")
    if not step.in_cell or not 0 < line <= len(lines):
        return None
    taken = bool(function.args.posonlyargs or function.args.args or function.args.vararg or function.args.kwonlyargs)
    written, count = re.subn(
        rf"(def {function.name}\s*\()", rf"\g<1>{name}{', ' if taken else ''}", lines[line - 1], count=1
    )
    return edits.replace_line(evidence.cell, line, written) if count else None
