"""A cell that does not compile: where Python stopped reading it, and what in it is code."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_MAGIC = re.compile(r"(\s*)(?:[%!?]|[\w, .\[\]]+=\s*(?:!|%\w))")
_QUOTES: Final = {"'": "'", '"': '"', "“": "”", "‘": "’", "”": "“", "’": "‘"}
_OPEN: Final = {"(": ")", "[": "]", "{": "}"}
TOKEN: Final = re.compile(
    r"""(?P<string>[A-Za-z]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<comment>\#.*)|(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*|\.\d\w*)|(?P<space>\s+)
    |(?P<operator>\*\*=|//=|>>=|<<=|\.\.\.|!==|===|[=!<>]=|=>|=<|<>|->|:=|\*\*|//|[-+*/%&|^@]=|&&|\|\||\+\+|--|.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Repair:
    """A cell with one thing put right; the words are pairs of English and Chinese.

    `obvious`: nobody can have meant anything else.
    """

    cell: str
    kind: str
    cause: tuple[str, str]
    hint: tuple[str, str]
    obvious: bool = False


@dataclass(frozen=True)
class Broken:
    """A cell and Python's own error about it; `line` is 1-based."""

    cell: str
    line: int
    offset: int
    message: str
    kind: str

    @cached_property
    def lines(self) -> list[str]:
        return self.cell.split("\n")

    @property
    def text(self) -> str:
        """The line that Python points to."""
        return self.lines[self.line - 1] if 0 < self.line <= len(self.lines) else ""

    @cached_property
    def mask(self) -> list[bool]:
        """Which characters of the cell are code: not text and not comment."""
        return code_mask(self.cell)

    def near(self) -> Iterator[int]:
        """The line that Python points to, and the one before it that has anything on it."""
        if 0 < self.line <= len(self.lines):
            yield self.line
        before = next(
            (n for n in range(min(self.line, len(self.lines) + 1) - 1, 0, -1) if self.lines[n - 1].strip()), 0
        )
        if before:
            yield before

    def with_line(self, number: int, text: str) -> str:
        """The cell with another line in the place of one."""
        return "\n".join([*self.lines[: number - 1], text, *self.lines[number:]])

    def start(self, number: int) -> int:
        """The place in the cell where a line begins."""
        return sum(len(line) + 1 for line in self.lines[: number - 1])

    def code(self, number: int) -> str:
        """A line with its comment taken off; text stays."""
        text, start = self.lines[number - 1], self.start(number)
        for at, char in enumerate(text):
            if char == "#" and (at == 0 or self.mask[start + at - 1]) and not self.mask[start + at]:
                return text[:at].rstrip()
        return text.rstrip()


def problem(cell: str) -> Broken | None:
    """Where a cell stops being Python; lines that are IPython's are left out."""
    lines = cell.split("\n")
    first = next((line for line in lines if line.strip()), "")
    indentation = first[: len(first) - len(first.lstrip())]
    plain = [line.removeprefix(indentation) if indentation else line for line in lines]
    source = "\n".join(f"{found[1]}pass" if (found := _MAGIC.match(line)) else line for line in plain)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        line = max(1, min(error.lineno or 1, len(lines)))
        return Broken(cell, line, error.offset or 0, str(error.msg), type(error).__name__)
    except (ValueError, RecursionError, MemoryError):
        return Broken(cell, 1, 0, "", "ValueError")
    return None


def code_mask(cell: str) -> list[bool]:
    """For each character, whether it is code; quotation marks are not, curly ones quote too."""
    mask = [True] * len(cell)
    at = 0
    while at < len(cell):
        char = cell[at]
        end = at + 1
        if char == "#":
            end = _end_of_line(cell, at)
        elif char in _QUOTES:
            end = _end_of_text(cell, at)
        if end > at + 1 or char in _QUOTES or char == "#":
            mask[at:end] = [False] * (end - at)
        at = end
    return mask


def _end_of_line(cell: str, at: int) -> int:
    end = cell.find("\n", at)
    return len(cell) if end < 0 else end


def _end_of_text(cell: str, at: int) -> int:
    quote = cell[at]
    if cell.startswith(quote * 3, at) and quote in "'\"":
        end = cell.find(quote * 3, at + 3)
        return len(cell) if end < 0 else end + 3
    closing = quote if quote in "'\"" else _QUOTES[quote] + quote
    while (at := at + 1) < len(cell) and cell[at] != "\n":
        if cell[at] == "\\":
            at += 1
        elif cell[at] in closing:
            return at + 1
    return min(at, len(cell))


def replace_code(broken: Broken, number: int, pattern: str, text: str) -> str:
    """A line with all matches of a pattern that are code replaced."""
    start, line = broken.start(number), broken.lines[number - 1]

    def chosen(found: re.Match[str]) -> str:
        return found.expand(text) if broken.mask[start + found.start()] else found[0]

    return re.sub(pattern, chosen, line)


def open_brackets(broken: Broken, until: int | None = None) -> list[int]:
    """The places of brackets that are not closed before a place of the cell."""
    stack: list[int] = []
    for at, char in enumerate(broken.cell[:until]):
        if broken.mask[at] and char in _OPEN:
            stack.append(at)
        elif broken.mask[at] and char in _OPEN.values() and stack and _OPEN[broken.cell[stack[-1]]] == char:
            stack.pop()
    return stack


def closing(bracket: str) -> str:
    """The bracket that closes one."""
    return _OPEN[bracket]
