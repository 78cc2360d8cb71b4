"""The source of a cell as statements: which lines belong together, and which made a value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_MAGIC = re.compile(r"(\s*)(?:%|!|\?).*")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines `first` to `last` of a cell, 1-based, both included: a statement, or the header of a compound one."""

    first: int
    last: int

    def text(self, cell: str) -> str:
        """What stands there."""
        return "\n".join(cell.split("\n")[self.first - 1 : self.last])

    def before(self, cell: str) -> str:
        """The lines above, each with its line end."""
        return "".join(f"{line}\n" for line in cell.split("\n")[: self.first - 1])

    def replaced(self, cell: str, text: str) -> str:
        """The cell with other lines in their place."""
        lines = cell.split("\n")
        return "\n".join([*lines[: self.first - 1], text, *lines[self.last :]])


def parse(cell: str) -> ast.Module | None:
    """The syntax tree with the lines of the cell; magics and shell commands count as `pass`. None if it has none."""
    lines = [_MAGIC.sub(r"\1pass", line) if _MAGIC.match(line) else line for line in cell.split("\n")]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=512)
def normal(cell: str) -> str:
    """The code without comments and layout: equal for cells that do the same in the same words."""
    tree = parse(cell)
    if tree is None:
        return "\n".join(line.strip() for line in cell.split("\n") if line.strip())
    return ast.unparse(tree)


def targets(cell: str, line: int) -> list[Lines]:
    """What to change when `line` raised, the likeliest first.

    The statement that raised, the statements that made the values it uses, the headers around it.
    """
    tree = parse(cell)
    count = len(cell.split("\n"))
    line = max(1, min(line, count))
    if tree is None:
        return [Lines(n, n) for n in (line, line - 1, line + 1) if 0 < n <= count]
    around = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and _holds(node, line)]
    if not around:
        return [Lines(line, line)]
    innermost = max(around, key=lambda node: (node.lineno, -(node.end_lineno or 0)))
    found = [_extent(innermost)]
    found += [_extent(node) for node in _makers(tree, innermost)]
    found += [_extent(node) for node in reversed(around) if node is not innermost]
    return list(dict.fromkeys(found))


def _holds(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _extent(node: ast.stmt) -> Lines:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and body[0].lineno > node.lineno:
        return Lines(node.lineno, body[0].lineno - 1)
    return Lines(node.lineno, node.end_lineno or node.lineno)


def _makers(tree: ast.Module, statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statements above that bind a name which a statement reads, the nearest first; functions that it calls."""
    read = {node.id for node in own_nodes(statement) if isinstance(node, ast.Name)}
    above = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno < statement.lineno]
    for node in sorted(above, key=lambda node: -node.lineno):
        if bound(node) & read:
            yield node


def own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement, of a compound one only those of its header."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def bound(statement: ast.stmt) -> set[str]:
    """The names that a statement itself binds."""
    names = {
        node.id for node in own_nodes(statement) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            names.add(name)
        case ast.Import(names=imported) | ast.ImportFrom(names=imported):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in imported}
    return names


def bound_by(tree: ast.Module) -> set[str]:
    """The names that a cell binds in the notebook."""
    names: set[str] = set()
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        statement = waiting.pop()
        names |= bound(statement)
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for child in ast.walk(statement):
                names |= bound(child) if isinstance(child, ast.stmt) and child is not statement else set()
    return names


def complete(text: str) -> bool:
    """Whether a text that is being written ends with its last line: a line end outside of brackets."""
    if not text.endswith("\n"):
        return "```" in text
    bare = re.sub(r"('''|\"\"\").*?\1|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|#[^\n]*", "", text, flags=re.S)
    return sum(bare.count(c) for c in "([{") <= sum(bare.count(c) for c in ")]}")
