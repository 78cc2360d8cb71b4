"""A text in which code and prose stand side by side: what is quoted in it, and what is only typography."""

from __future__ import annotations

import re
from functools import cached_property

# One character for one, so that every position stays what it was.
_TYPOGRAPHY = str.maketrans("（）［］【】｛｝，：；＝＋－＞＜　“”‘’「」", "()[][]{},:;=+-><" + " " + '""\'\'""')
_CLOSING = {'"': '"', "'": "'", "“": "”", "‘": "’", "「": "」", "”": "”", "＂": "＂"}
_PREFIX = re.compile(r"(?<![^\W\u4e00-\u9fff])[rbufRBUF]{1,2}\Z")


class Quoted:
    """A text with ASCII punctuation, except inside quotes, and a mask of what is inside them."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.text, self._inside = _plain(raw)

    def quoted(self, position: int) -> bool:
        """Whether a character stands inside quotes."""
        return self._inside[position]

    @cached_property
    def _depths(self) -> list[int]:
        """The number of brackets that are open before each character; a blank line closes all."""
        depth, depths = 0, []
        for position, character in enumerate(self.text):
            depths.append(depth)
            if character == "\n" and self.text[position - 1 : position] == "\n":
                depth = 0
            elif not self._inside[position]:
                depth += (character in "([{") - (character in ")]}")
        return [*depths, depth]

    def level(self, position: int) -> int:
        """How many brackets are open there; only differences mean something."""
        return self._depths[position]


def _plain(raw: str) -> tuple[str, list[bool]]:
    text, inside = [], [False] * len(raw)
    position = 0
    while position < len(raw):
        end = _end_of_string(raw, position)
        if end:
            inside[position + 1 : end] = [True] * (end - position - 1)
            text += [raw[position].translate(_TYPOGRAPHY), raw[position + 1 : end], raw[end].translate(_TYPOGRAPHY)]
            position = end + 1
        else:
            character = raw[position]
            text.append(" " if character == "`" else character.translate(_TYPOGRAPHY))
            position += 1
    return "".join(text), inside


def _end_of_string(raw: str, start: int) -> int:
    """Where the string that begins here ends, in the same line; 0 if none begins here: there are apostrophes."""
    closing = _CLOSING.get(raw[start])
    if closing is None:
        return 0
    before = raw[max(0, start - 3) : start]
    if closing in "\"'" and re.search(r"[A-Za-z0-9_]\Z", before) and not _PREFIX.search(before):
        return 0
    position = start + 1
    while position < len(raw) and raw[position] != "\n":
        if raw[position] == "\\":
            position += 1
        elif raw[position] == closing:
            return position
        position += 1
    return 0
