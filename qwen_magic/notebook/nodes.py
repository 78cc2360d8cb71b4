"""The expression that a frame was evaluating when it raised."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from types import TracebackType

from executing import Source


def running(trace: TracebackType, lines: Sequence[str]) -> tuple[ast.AST | None, ast.Module]:
    """The node that was running, as far as it can be known, and the tree that it is part of.

    A magic runs the lines below it without telling anybody their text: it is then taken from `lines`.
    """
    known = Source.executing(trace)
    if known.source.tree is not None and known.source.text:
        statement = next(iter(known.statements)) if known.statements and len(known.statements) == 1 else None
        return known.node or statement or _at_position(trace, known.source.tree), known.source.tree
    tree = ast.Module([], [])
    with suppress(SyntaxError, ValueError):
        tree = ast.parse("\n".join(lines))
    return _at_position(trace, tree), tree


def _at_position(trace: TracebackType, tree: ast.Module) -> ast.AST | None:
    """The node that stands where the running instruction says that it came from."""
    position = next(islice(trace.tb_frame.f_code.co_positions(), trace.tb_lasti // 2, None), None)
    nodes = (node for node in ast.walk(tree) if isinstance(node, (ast.expr, ast.stmt)))
    exact = [n for n in nodes if (n.lineno, n.end_lineno, n.col_offset, n.end_col_offset) == position]
    # An expression that is a statement of its own stands where that stands.
    return next((node for node in exact if isinstance(node, ast.expr)), exact[0] if exact else None)
