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
        return known.node or statement, known.source.tree
    tree = ast.Module([], [])
    with suppress(SyntaxError, ValueError):
        tree = ast.parse("\n".join(lines))
    position = next(islice(trace.tb_frame.f_code.co_positions(), trace.tb_lasti // 2, None), None)
    nodes = (node for node in ast.walk(tree) if isinstance(node, (ast.expr, ast.stmt)))
    exact = (n for n in nodes if (n.lineno, n.end_lineno, n.col_offset, n.end_col_offset) == position)
    return next(exact, None), tree
