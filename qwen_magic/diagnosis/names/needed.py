"""The imports that code lacks: a small model uses what it has not imported."""

from __future__ import annotations

from collections.abc import Iterable

from qwen_magic import edits
from qwen_magic.diagnosis.names import exports


def with_imports(code: str, undefined: Iterable[str]) -> str:
    """The code with an import on top for each name that is not defined and that comes from somewhere well known."""
    found = (exports.origins(name, lambda value: True) for name in undefined)
    statements = dict.fromkeys(origins[0].statement for origins in found if origins)
    return edits.add_import(code, "\n".join(statements)) if statements else code
