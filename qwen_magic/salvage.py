"""What can be used of code that does not parse: small models are cut off, and slip."""

from __future__ import annotations

import re

from qwen_magic.repair.source import parse

_STATEMENT = re.compile(r"(?!(?:else|elif|except|finally)\b)[^\W\d]|@|%")
_DEFINITION = re.compile(r"(?:async\s+def|def|class|import|from)\b|@")


def salvaged(code: str) -> str:
    """The code without the lines from which on a statement of its top level does not parse."""
    if parse(code) is not None:
        return code
    return "\n".join(whole for part in _statements(code) if (whole := _beginning(part)))


def _statements(code: str) -> list[list[str]]:
    """The lines of each statement of the top level; what is broken ends where a definition begins."""
    parts: list[list[str]] = [[]]
    for line in code.split("\n"):
        if _STATEMENT.match(line) and not _waits(parts[-1], line):
            parts.append([])
        parts[-1].append(line)
    return parts


def _waits(lines: list[str], following: str) -> bool:
    """Whether a statement goes on: its brackets are open, or it is the decorator of what follows."""
    text = "\n".join(lines)
    if parse(text) is not None:
        return False
    return not _DEFINITION.match(following) or parse(f"{text}\ndef f(): pass") is not None


def _beginning(lines: list[str]) -> str:
    """As many of the lines as parse."""
    return next((text for end in range(len(lines), 0, -1) if parse(text := "\n".join(lines[:end])) is not None), "")
