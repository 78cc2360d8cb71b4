"""Expressions as text, and the calls that they are."""

from __future__ import annotations

import ast
from typing import TypeGuard

from qwen_magic.diagnosis.evidence import Evidence, Step


def operand(text: str) -> str:
    """The text of an expression, in parentheses if a dot or a bracket behind it would split it."""
    try:
        # Its lines are held together by what stands around it.
        whole = ast.parse(f"({text})", mode="eval").body
        behind = ast.parse(f"({text}._\n)", mode="eval").body
    except (SyntaxError, ValueError):
        return f"({text})"
    together = isinstance(behind, ast.Attribute) and ast.dump(behind.value) == ast.dump(whole)
    return text if together else f"({text})"


def factor(text: str) -> str:
    """The text of an expression, in parentheses if an operator beside it might split it: a number needs none."""
    return text if text.replace(".", "", 1).isdigit() else operand(text)


def name_of(node: ast.AST | None) -> str:
    """The name of a variable or an attribute, or nothing."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def text_of(node: ast.AST | None) -> str:
    """The text that a literal holds, or nothing."""
    return node.value if isinstance(node, ast.Constant) and type(node.value) is str else ""


def is_call_of(node: ast.AST | None, *names: str) -> TypeGuard[ast.Call]:
    """Whether a node calls a function or method of one of these names."""
    return isinstance(node, ast.Call) and name_of(node.func) in names


def arguments(evidence: Evidence, step: Step, call: ast.Call) -> str:
    """What stands between the parentheses of a call, as it was typed."""
    parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    parts.sort(key=lambda part: (part.lineno, part.col_offset))
    return ", ".join(evidence.source(step, part) for part in parts)
