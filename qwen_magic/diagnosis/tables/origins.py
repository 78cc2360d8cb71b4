"""Where in the cell a name got its value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.evidence import Step


def origin(step: Step, node: ast.AST | None) -> ast.Assign | None:
    """The only assignment of a name before it failed; None if there are several, or none in this code."""
    if not isinstance(node, ast.Name):
        return None
    stored = [n for n in ast.walk(step.tree) if isinstance(n, ast.Name) and n.id == node.id]
    stored = [n for n in stored if isinstance(n.ctx, ast.Store) and n.lineno < node.lineno]
    parent = step.parents.get(stored[0]) if len(stored) == 1 else None
    return parent if isinstance(parent, ast.Assign) and parent.targets == stored else None


def made_of(step: Step, node: ast.expr) -> ast.expr:
    """The expression that a value was made with: of a name, what it was assigned."""
    assigned = origin(step, node)
    return assigned.value if assigned is not None else node


def cuts(step: Step, node: ast.expr, lost: int) -> Iterator[ast.Subscript]:
    """The slices in an expression, such as `[1:]` or `[:-1]`, that leave out just so many elements."""
    for part in ast.walk(made_of(step, node)):
        if not isinstance(part, ast.Subscript) or not isinstance(part.slice, ast.Slice) or part.slice.step is not None:
            continue
        lower, upper = (None if end is None else step.value(end) for end in (part.slice.lower, part.slice.upper))
        if (lower == lost and upper is None) or (upper == -lost and lower in (None, 0)):
            yield part
