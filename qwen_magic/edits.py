"""Small changes to the text of a cell; everything around them stays as it was typed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a cell: lines are 1-based, columns 0-based characters, the end is not included."""

    line: int
    column: int
    end_line: int
    end_column: int


def span_of(node: ast.AST, lines: list[str], shift: int = 0) -> Span:
    """Where a node stands in `lines`, which are `shift` further down than its own line numbers say."""
    line, end_line = node.lineno + shift, node.end_lineno + shift  # type: ignore[attr-defined]
    # The syntax tree counts in bytes of UTF-8.
    return Span(
        line,
        _characters(lines[line - 1], node.col_offset),  # type: ignore[attr-defined]
        end_line,
        _characters(lines[end_line - 1], node.end_col_offset),  # type: ignore[attr-defined]
    )


def _characters(line: str, size: int) -> int:
    return len(line.encode()[:size].decode(errors="ignore"))


def text_at(cell: str, span: Span) -> str:
    """What stands there."""
    lines = cell.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return "\n".join(lines)


def replace(cell: str, span: Span, text: str) -> str:
    """The cell with other text there."""
    lines = cell.split("\n")
    before = lines[span.line - 1][: span.column]
    after = lines[span.end_line - 1][span.end_column :]
    return "\n".join([*lines[: span.line - 1], before + text + after, *lines[span.end_line :]])


def replace_all(cell: str, edits: Iterable[tuple[Span, str]]) -> str:
    """The cell with other text in several places, from below, so that no edit moves what another one means."""
    for span, text in sorted(edits, key=lambda edit: (edit[0].line, edit[0].column), reverse=True):
        cell = replace(cell, span, text)
    return cell


def replace_line(cell: str, line: int, text: str) -> str:
    """The cell with another line in the place of one; `text` brings its own indentation and may be several."""
    lines = cell.split("\n")
    return "\n".join([*lines[: line - 1], text, *lines[line:]])


def insert_line(cell: str, line: int, text: str) -> str:
    """The cell with a new line above line `line`, indented like it."""
    lines = cell.split("\n")
    indentation = re.match(r"\s*", lines[line - 1] if line <= len(lines) else "")
    indented = "\n".join((indentation[0] if indentation else "") + part for part in text.split("\n"))
    return "\n".join([*lines[: line - 1], indented, *lines[line - 1 :]])


def add_import(cell: str, statement: str) -> str:
    """The cell with an import on top: below its magic, leading comments, and what must come first in Python."""
    lines = cell.split("\n")
    at = 0
    for number, line in enumerate(lines):
        stripped = line.strip()
        if stripped and not stripped.startswith(("#", "%%", "from __future__")):
            break
        if stripped:
            at = number + 1
    return "\n".join([*lines[:at], statement, *lines[at:]])
