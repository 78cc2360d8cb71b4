"""What a failure means, without a model: exact and right, or silent."""

from __future__ import annotations

import ast
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from qwen_magic.snapshot import Diagnosis, Rewrite

if TYPE_CHECKING:
    from qwen_magic.diagnosis.evidence import Evidence


def diagnose(evidence: Evidence) -> Diagnosis | None:
    """What the first rule says that has something to say, with the rewrites of all that have.

    Only a single certain rewrite is certain: where two rules are, they contradict each other.
    """
    from qwen_magic.diagnosis.rules import RULES

    found: list[Diagnosis] = []
    for rule in RULES:
        # A rule that stumbles over a strange object must not silence the others.
        with suppress(Exception):
            found += rule(evidence)
    if not found:
        return None
    rewrites: dict[str, Rewrite] = {}
    for rewrite in (rewrite for diagnosis in found for rewrite in diagnosis.rewrites):
        key = _program(rewrite.cell)
        if rewrite.cell != evidence.cell and not (key in rewrites and not rewrite.certain):
            rewrites[key] = replace(rewrite, cell=rewrites.get(key, rewrite).cell)
    certain = sum(rewrite.certain for rewrite in rewrites.values())
    kept = [replace(rewrite, certain=rewrite.certain and certain == 1) for rewrite in rewrites.values()]
    return replace(found[0], rewrites=tuple(sorted(kept, key=lambda rewrite: not rewrite.certain)))


def _program(cell: str) -> str:
    """Equal for cells that differ in quotes and layout only: two rules that say the same do not contradict."""
    try:
        return ast.dump(ast.parse(cell))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return cell
