"""What an error leaves behind while its frames are alive, and edits of the cell that it points to.

`executing` finds the very expression that raised, `pure_eval` the values of expressions without
running anybody's code; IPython depends on both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from textwrap import dedent
from typing import Any, Final, TypeVar, overload

from pure_eval import CannotEval, Evaluator

from qwen_magic import edits
from qwen_magic.edits import Span

Node = TypeVar("Node", bound=ast.AST)


Function = ast.FunctionDef | ast.AsyncFunctionDef


class _Missing:
    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing()


@dataclass(frozen=True)
class Step:
    """One frame of the user's own code.

    `node` is the expression or statement that was running, as far as it can be known; `tree` the code
    around it. `names` are the names visible there. A line of `tree` is `shift` lines further down in
    the cell, if `in_cell`; other frames are functions of earlier cells or of the user's files.
    """

    function: str
    node: ast.AST | None
    tree: ast.Module
    names: Mapping[str, Any]
    in_cell: bool
    shift: int = 0

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node of `tree`."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @property
    def statement(self) -> ast.stmt | None:
        """The statement that was running."""
        return self.node if isinstance(self.node, ast.stmt) else next(self.around(self.node, ast.stmt), None)

    @overload
    def around(self, node: ast.AST | None) -> Iterator[ast.AST]: ...

    @overload
    def around(self, node: ast.AST | None, *kinds: type[Node]) -> Iterator[Node]: ...

    def around(self, node: ast.AST | None, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """The nodes that a node is part of, or those of some kinds, the innermost first."""
        while node is not None and (node := self.parents.get(node)) is not None:
            if not kinds or isinstance(node, kinds):
                yield node

    def value(self, node: ast.expr) -> Any:
        """What an expression was, or `MISSING`: only what can be known without running anybody's code."""
        try:
            return Evaluator(self.names)[node]
        except (CannotEval, RecursionError):
            return MISSING


@dataclass(frozen=True)
class Evidence:
    """A live error: the cell that raised it, and the user's own frames, the outermost first.

    `line` is the line of the cell that was running, 1-based; `namespace` are the notebook's variables.
    A cell that does not compile has no steps.
    """

    error: BaseException
    cell: str
    line: int | None
    steps: tuple[Step, ...]
    namespace: Mapping[str, Any]

    @cached_property
    def message(self) -> str:
        """What the error says; a `__str__` of the user's may itself raise, and anything."""
        with suppress(BaseException):
            return str(self.error)
        return ""

    @property
    def last(self) -> Step | None:
        """Where it was raised, or what called the library that raised it."""
        return self.steps[-1] if self.steps else None

    @property
    def in_cell(self) -> Step | None:
        """The innermost step that stands in the cell itself, and can therefore be edited."""
        return next((step for step in reversed(self.steps) if step.in_cell), None)

    def span(self, step: Step, node: ast.AST) -> Span | None:
        """Where a node stands in the cell; None if it stands elsewhere, or IPython has rewritten that line."""
        if not step.in_cell or not hasattr(node, "lineno"):
            return None
        lines = self.cell.split("\n")
        if not 0 < node.lineno + step.shift <= node.end_lineno + step.shift <= len(lines):  # type: ignore[attr-defined]
            return None
        span = edits.span_of(node, lines, step.shift)
        return span if _same(" " * span.column + edits.text_at(self.cell, span), node) else None

    def source(self, step: Step, node: ast.AST) -> str:
        """The text of a node as it was typed, or as Python would write it."""
        span = self.span(step, node)
        return edits.text_at(self.cell, span) if span else ast.unparse(node)

    def replaced(self, step: Step, node: ast.AST, text: str) -> str | None:
        """The cell with other text in the place of a node; None if the node is not in the cell."""
        span = self.span(step, node)
        return edits.replace(self.cell, span, text) if span else None


def _same(text: str, node: ast.AST) -> bool:
    """Whether a text is this node; a line that IPython has rewritten has something else there."""
    if not isinstance(node, (ast.expr, ast.stmt)):
        return "".join(text.split()) == "".join(ast.unparse(node).split())
    try:
        # In parentheses an expression may go over several lines.
        expression = isinstance(node, ast.expr)
        parsed = ast.parse(f"({text}\n)" if expression else dedent(text), mode="eval" if expression else "exec")
    except (SyntaxError, ValueError):
        return False
    return ast.unparse(parsed) == ast.unparse(node)
