"""What was running when the error came, as far as it can be known."""

from __future__ import annotations

import ast

from qwen_magic.diagnosis.evidence import Evidence, Step

_BODIES = ("body", "orelse", "finalbody", "handlers")


def running_statement(evidence: Evidence, step: Step) -> ast.stmt | None:
    """The statement that was running; of several on its line nobody knows which it was."""
    statements = _statements(evidence, step)
    return statements[0] if len(statements) == 1 else None


def running_nodes(evidence: Evidence, step: Step) -> list[ast.AST]:
    """The node that raised and what is in it; of a statement with a body, only its head."""
    if isinstance(step.node, ast.expr):
        return list(ast.walk(step.node))
    statement = running_statement(evidence, step)
    return _head(statement) if statement is not None else []


def suspects(evidence: Evidence, step: Step) -> list[ast.AST]:
    """The node that raised, alone; where only its statement or line is known, all that stands there."""
    if isinstance(step.node, ast.expr):
        return [step.node]
    return [node for statement in _statements(evidence, step) for node in _head(statement)]


def _statements(evidence: Evidence, step: Step) -> list[ast.stmt]:
    """The statement that was running; where `executing` could not tell, the innermost ones on its line."""
    if step.statement is not None:
        return [step.statement]
    if not step.in_cell or evidence.line is None:
        return []
    line = evidence.line - step.shift
    around = [
        node for node in ast.walk(step.tree) if isinstance(node, ast.stmt) and node.lineno <= line <= _head_end(node)
    ]
    return [node for node in around if not any(other in ast.walk(node) for other in around if other is not node)]


def _head(statement: ast.stmt) -> list[ast.AST]:
    found: list[ast.AST] = [statement]
    for name, field in ast.iter_fields(statement):
        if name not in _BODIES:
            parts = field if isinstance(field, list) else [field]
            found += [node for part in parts if isinstance(part, ast.AST) for node in ast.walk(part)]
    return found


def _head_end(node: ast.stmt) -> int:
    body = getattr(node, "body", None)
    first: int = body[0].lineno if body else 0
    return max(node.lineno, first - 1) if first else node.end_lineno or node.lineno
