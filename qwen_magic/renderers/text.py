"""An answer as plain text in a terminal, or wherever else standard output goes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from qwen_magic.language import Language
from qwen_magic.renderers.status import status_line

if TYPE_CHECKING:
    from qwen_magic.reply import Reply

_DIM, _RESET = "\x1b[2m", "\x1b[0m"
# A terminal obeys these: model text could retitle the window or write the clipboard. Pictures of them are harmless.
_HARMLESS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"} | {
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}


def harmless(text: str) -> str:
    """The text without anything that a terminal would obey."""
    return text.replace("\r\n", "\n").translate(_HARMLESS)


def write_dim(line: str, stream: TextIO) -> None:
    """A line that is not part of the answer, dim on a terminal."""
    plain = harmless(line)
    stream.write(f"{_DIM}{plain}{_RESET}\n" if stream.isatty() else f"{plain}\n")
    stream.flush()


class TextRenderer:
    """Writes the answer as it comes and ends with its notes and a status line, dim on a terminal."""

    def __init__(self, stream: TextIO | None = None, language: Language = Language.ENGLISH) -> None:
        self._given = stream
        self._language = language
        self._written = ""

    def start(self, model: str) -> None:
        self._written = ""

    def progress(self, words: str) -> None:
        """Nothing: what a terminal has printed stays."""

    def write(self, text: str) -> None:
        self._stream.write(harmless(text))
        self._stream.flush()
        self._written = text or self._written

    def finish(self, reply: Reply) -> None:
        self._end_line()
        for line in (*reply.notes, status_line(reply, self._language)):
            write_dim(line, self._stream)

    def abandon(self) -> None:
        """What is printed stays; only see to it that the error starts on a line of its own."""
        self._end_line()
        self._stream.flush()

    @property
    def _stream(self) -> TextIO:
        # Looked up late: IPython and pytest put their own in its place, cell by cell.
        return self._given or sys.stdout

    def _end_line(self) -> None:
        if self._written and not self._written.endswith("\n"):
            self._stream.write("\n")
        self._written = ""
