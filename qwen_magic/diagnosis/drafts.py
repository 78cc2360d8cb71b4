"""Rewrites of a failing cell, collected one after another by a rule that knows what to change."""

from __future__ import annotations

import ast

from qwen_magic import edits
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.language import Words
from qwen_magic.snapshot import Diagnosis, Rewrite

LIMIT = 8
# What can stand before a dot or a bracket without parentheses around it.
_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Dict, ast.Tuple, ast.JoinedStr)

Change = tuple[ast.AST, str]


class Drafts:
    """The rewrites of one cell so far; an edit that cannot be made is left out."""

    def __init__(self, evidence: Evidence, step: Step) -> None:
        self.evidence = evidence
        self.step = step
        self._rewrites: dict[str, Rewrite] = {}

    def edit(self, *changes: Change, certain: bool = False, above: str = "", imports: str = "") -> None:
        """Add the cell with other text in the place of some nodes, and a line `above` the running statement."""
        cell = self.evidence.cell
        spans = [(self.evidence.span(self.step, node), text) for node, text in changes]
        if not self.step.in_cell:
            return
        for span, text in sorted(spans, key=lambda pair: (pair[0].line, pair[0].column) if pair[0] else (0, 0))[::-1]:
            if span is None:
                return
            cell = edits.replace(cell, span, text)
        if above:
            statement = running(self.evidence, self.step)
            if statement is None:
                return
            cell = edits.insert_line(cell, statement.lineno + self.step.shift, above)
        if imports:
            cell = edits.add_import(cell, imports)
        if cell != self.evidence.cell and len(self._rewrites) < LIMIT:
            self._rewrites.setdefault(cell, Rewrite(cell, certain))

    def take(self, other: Drafts) -> None:
        """Put the rewrites of other drafts before these."""
        self._rewrites = {**other._rewrites, **self._rewrites}

    def source(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.evidence.source(self.step, node)

    def operand(self, node: ast.expr) -> str:
        """The text of a node, in parentheses where a dot or a bracket shall follow."""
        text = self.source(node)
        plain = isinstance(node, _ATOMS) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        return text if (plain and not text.startswith("(")) or isinstance(node, ast.Tuple) else f"({text})"

    def renamed(self, node: ast.Attribute, name: str) -> str:
        """The text of an attribute under another name."""
        return self.source(node)[: -len(node.attr)] + name

    def called(self, call: ast.Call, *, drop: tuple[str, ...] = (), add: str = "", function: str = "") -> str:
        """The text of a call without some keywords, with more arguments, or of another function."""
        kept = [self.source(arg) for arg in call.args]
        for keyword in call.keywords:
            if keyword.arg is None:
                kept.append("**" + self.source(keyword.value))
            elif keyword.arg not in drop:
                kept.append(f"{keyword.arg}={self.source(keyword.value)}")
        kept += [add] if add else []
        return f"{function or self.operand(call.func)}({', '.join(kept)})"

    @property
    def rewrites(self) -> tuple[Rewrite, ...]:
        """What has been collected."""
        return tuple(self._rewrites.values())

    def diagnosis(self, rule: str, cause: Words, hint: Words) -> Diagnosis:
        """A diagnosis that offers these rewrites."""
        return Diagnosis(rule, cause, hint, self.rewrites)


def running(evidence: Evidence, step: Step) -> ast.stmt | None:
    """The statement that was running, also where `executing` could not tell: by its line."""
    if step.statement is not None:
        return step.statement
    if not step.in_cell or evidence.line is None:
        return None
    line = evidence.line - step.shift
    around = [
        node for node in ast.walk(step.tree) if isinstance(node, ast.stmt) and node.lineno <= line <= _head_end(node)
    ]
    # Of several on one line nobody knows which it was.
    starts = [node for node in around if not any(other in ast.walk(node) for other in around if other is not node)]
    return starts[0] if len(starts) == 1 else None


def nodes(evidence: Evidence, step: Step) -> list[ast.AST]:
    """The failing node and what is in it; of a statement with a body, only its head."""
    top: ast.AST | None = step.node if step.node is not None else running(evidence, step)
    if top is None:
        return []
    if isinstance(top, ast.expr):
        return list(ast.walk(top))
    found: list[ast.AST] = [top]
    for name, field in ast.iter_fields(top):
        if name not in ("body", "orelse", "finalbody", "handlers"):
            parts = field if isinstance(field, list) else [field]
            found += [node for part in parts if isinstance(part, ast.AST) for node in ast.walk(part)]
    return found


def _head_end(node: ast.stmt) -> int:
    body = getattr(node, "body", None)
    first: int = body[0].lineno if body else 0
    return max(node.lineno, first - 1) if first else node.end_lineno or node.lineno
