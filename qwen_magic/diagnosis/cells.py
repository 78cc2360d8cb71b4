"""The failing cell with something changed: other text for some nodes, a line more, an import on top."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from qwen_magic import edits
from qwen_magic.diagnosis.evidence import Evidence, Function, Step
from qwen_magic.edits import Span

Change = tuple[ast.AST, str]
# What stands where, None for what is not in the cell, and the text to be there.
Edit = tuple[Span | None, str]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def edited(evidence: Evidence, changes: Iterable[Edit]) -> str | None:
    """The cell with all of the edits; None if there are none, or one of them cannot be made."""
    placed = list(changes)
    known = [(span, text) for span, text in placed if span is not None]
    if len(known) < len(placed) or not known:
        return None
    return edits.replace_all(evidence.cell, known)


def changed(evidence: Evidence, step: Step, changes: Iterable[Change]) -> str | None:
    """The cell with other text in the place of several nodes; None if one of them cannot be edited."""
    return edited(evidence, [(evidence.span(step, node), text) for node, text in changes])


def first_line(statement: ast.stmt) -> int:
    """The line that a statement begins on, or its first decorator."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def above(evidence: Evidence, step: Step, statement: ast.stmt | None, text: str) -> Edit:
    """The edit that puts lines of their own above a statement, or above the `if` or loop on whose line it stands."""
    for outer in [statement, *step.around(statement)] if step.in_cell else []:
        if not isinstance(outer, ast.stmt) or (outer is not statement and isinstance(outer, _FUNCTIONS)):
            break
        first = first_line(outer) + step.shift
        margin = _margin(evidence, first, outer)
        if margin is not None:
            return Span(first, 0, first, 0), "".join(f"{margin}{line}\n" for line in text.split("\n"))
    return None, text


def below(evidence: Evidence, step: Step, statement: ast.stmt, text: str) -> Edit:
    """The edit that puts a line of its own below a statement, indented like it."""
    margin = _margin(evidence, statement.lineno + step.shift, statement) if step.in_cell else None
    if margin is None:
        return None, text
    end = (statement.end_lineno or 0) + step.shift
    column = len(evidence.cell.split("\n")[end - 1])
    return Span(end, column, end, column), f"\n{margin}{text}"


def without(evidence: Evidence, step: Step, statement: ast.stmt) -> Edit:
    """The edit that takes away the lines of a statement that has them for itself."""
    lines = evidence.cell.split("\n")
    first, last = first_line(statement) + step.shift, (statement.end_lineno or 0) + step.shift
    if not step.in_cell or last > len(lines) or _margin(evidence, first, statement) is None:
        return None, ""
    behind = lines[last - 1][edits.span_of(statement, lines, step.shift).end_column :].strip()
    if behind and not behind.startswith("#"):
        return None, ""
    if last < len(lines):
        return Span(first, 0, last + 1, 0), ""
    # Of the last lines, the line break before them goes as well.
    begin = (first - 1, len(lines[first - 2])) if first > 1 else (first, 0)
    return Span(*begin, last, len(lines[last - 1])), ""


def _margin(evidence: Evidence, line: int, statement: ast.stmt) -> str | None:
    """The indentation of a line, if nothing else stands before a statement there."""
    lines = evidence.cell.split("\n")
    before = lines[line - 1][: statement.col_offset] if 0 < line <= len(lines) else "?"
    return None if before.strip() else before


def with_line_above(evidence: Evidence, step: Step, statement: ast.stmt | None, text: str) -> str | None:
    """The cell with lines of their own above a statement."""
    return edited(evidence, [above(evidence, step, statement, text)])


def with_line_below(evidence: Evidence, step: Step, statement: ast.stmt, text: str) -> str | None:
    """The cell with a line of its own below a statement."""
    return edited(evidence, [below(evidence, step, statement, text)])


def with_lines_on_top(cell: str, text: str) -> str:
    """The cell with other lines first, below its magic."""
    lines = cell.split("\n")
    first = next((n for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("%%")), 1)
    return edits.insert_line(cell, first, text)


def importing(evidence: Evidence, cell: str | None, statement: str) -> str | None:
    """The cell with an import on top, unless the notebook or the cell has what it imports."""
    name = statement.split()[-1]
    imported = re.search(rf"^\s*(?:from .*)?import .*\b{name}\b", evidence.cell, re.MULTILINE)
    return cell if cell is None or name in evidence.namespace or imported else edits.add_import(cell, statement)


def with_function_named(evidence: Evidence, step: Step, function: Function, name: str) -> str | None:
    """The cell with another name for a function where it is defined."""
    line = function.lineno + step.shift
    lines = evidence.cell.split("\n")
    if not step.in_cell or not 0 < line <= len(lines):
        return None
    written, count = re.subn(rf"\bdef {function.name}\b", f"def {name}", lines[line - 1], count=1)
    return edits.replace_line(evidence.cell, line, written) if count else None


def with_parameter(evidence: Evidence, step: Step, function: ast.FunctionDef, name: str = "self") -> str | None:
    """The cell with one more parameter of a function, the first: `self`."""
    line = function.lineno + step.shift
    lines = evidence.cell.split("\n")
    if not step.in_cell or not 0 < line <= len(lines):
        return None
    taken = bool(function.args.posonlyargs or function.args.args or function.args.vararg or function.args.kwonlyargs)
    written, count = re.subn(
        rf"(def {function.name}\s*\()", rf"\g<1>{name}{', ' if taken else ''}", lines[line - 1], count=1
    )
    return edits.replace_line(evidence.cell, line, written) if count else None


def outermost_loop(step: Step, statement: ast.stmt | None) -> ast.stmt | None:
    """The outermost loop, within the same function, that a statement is repeated by."""
    found: ast.stmt | None = None
    for node in [statement, *step.around(statement)]:
        if isinstance(node, _FUNCTIONS):
            break
        found = node if isinstance(node, (ast.For, ast.While, ast.AsyncFor)) else found
    return found
