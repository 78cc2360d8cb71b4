"""The name that a NameError is about."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from qwen_magic import edits
from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.names import uses


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that is not defined, where it was read, and how it is used."""

    evidence: Evidence
    step: Step
    name: str
    node: ast.Name
    use: uses.Use

    def renamed(self, text: str, within: ast.AST | None = None) -> str | None:
        """The cell with other text wherever the name is read."""
        nodes = uses.read(within or self.step.tree, self.name)
        return changed(self.evidence, self.step, [(node, text) for node in nodes]) or self._in_line(text)

    def _in_line(self, text: str) -> str | None:
        # Python 3.11 does not know where in an f-string a name stands.
        line = self.node.lineno + self.step.shift
        lines = self.evidence.cell.split("\n")
        if not self.step.in_cell or not 0 < line <= len(lines):
            return None
        word = re.compile(rf"(?<![\w.]){re.escape(self.name)}(?!\w)")
        if len(word.findall(self.evidence.cell)) != 1 or "'" in text or '"' in text:
            return None
        return edits.replace_line(self.evidence.cell, line, word.sub(text, lines[line - 1]))


def unknown(evidence: Evidence) -> Unknown | None:
    """The name that a NameError is about, if the user's own code reads it."""
    error, step = evidence.error, evidence.last
    if not isinstance(error, NameError) or isinstance(error, UnboundLocalError) or step is None:
        return None
    found = re.match(r"name '(\w+)' is not defined", evidence.message)
    name = error.name or (found[1] if found else "")
    if isinstance(step.node, ast.Name) and step.node.id == name:
        node: ast.Name | None = step.node
    else:
        node = next(iter(uses.read(step.statement or step.tree, name)), None)
    return Unknown(evidence, step, name, node, uses.use(step, name)) if name and node is not None else None
