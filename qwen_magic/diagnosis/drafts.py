"""The rewrites that a diagnosis offers: whole cells, the likeliest first."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final

from qwen_magic import edits
from qwen_magic.diagnosis.cells import Change, above, edited
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import operand
from qwen_magic.diagnosis.running import running_statement
from qwen_magic.diagnosis.wording import worded
from qwen_magic.snapshot import Diagnosis, Rewrite

LIMIT: Final = 8


def diagnosis(
    rule: str,
    cause: tuple[str, str],
    hint: tuple[str, str],
    cells: Iterable[str | None] = (),
    *,
    certain: bool = False,
) -> Diagnosis:
    """A diagnosis from pairs of English and Chinese; the first cell is `certain`, the others never are."""
    unique = list(dict.fromkeys(cell for cell in cells if cell is not None))[:LIMIT]
    rewrites = tuple(Rewrite(cell, certain and number == 0) for number, cell in enumerate(unique))
    return Diagnosis(rule, worded(cause), worded(hint), rewrites)


class Drafts:
    """The rewrites of one cell so far, each of which may be certain; an edit that cannot be made is left out."""

    def __init__(self, evidence: Evidence, step: Step) -> None:
        self.evidence = evidence
        self.step = step
        self._rewrites: dict[str, Rewrite] = {}

    def edit(self, *changes: Change, certain: bool = False, line_above: str = "", imports: str = "") -> None:
        """Add the cell with other text in the place of some nodes, and a line above the running statement."""
        places = [(self.evidence.span(self.step, node), text) for node, text in changes]
        if line_above:
            places.append(above(self.evidence, self.step, running_statement(self.evidence, self.step), line_above))
        cell = edited(self.evidence, places)
        if cell is not None and imports:
            cell = edits.add_import(cell, imports)
        if cell is not None and cell != self.evidence.cell and len(self._rewrites) < LIMIT:
            self._rewrites.setdefault(cell, Rewrite(cell, certain))

    def take(self, other: Drafts) -> None:
        """Put the rewrites of other drafts before these."""
        self._rewrites = {**other._rewrites, **self._rewrites}

    def source(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.evidence.source(self.step, node)

    def operand(self, node: ast.expr) -> str:
        """The text of a node, in parentheses if a dot or a bracket behind it would split it."""
        return operand(self.source(node))

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

    def diagnosis(self, rule: str, cause: tuple[str, str], hint: tuple[str, str]) -> Diagnosis:
        """A diagnosis that offers these rewrites."""
        return Diagnosis(rule, worded(cause), worded(hint), self.rewrites)
