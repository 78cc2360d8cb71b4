"""Bytes of tokens to text: characters whole, stop strings cut off."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence


def decode(pieces: Iterable[bytes], stop: Sequence[str] = ()) -> Iterator[str]:
    """Text as early as it is certain: no half characters, nothing from a stop string on.

    A token may end within a character, and text that could begin a stop string waits for more.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    held = ""
    stop = [s for s in stop if s]
    for piece in pieces:
        held += decoder.decode(piece)
        # The one that was complete first, so that it does not matter how the text was cut into pieces.
        ends = [(found + len(s), found) for s in stop if (found := held.find(s)) >= 0]
        if ends:
            if text := held[: min(ends)[1]]:
                yield text
            return
        keep = max((_overlap(held, s) for s in stop), default=0)
        if text := held[: len(held) - keep]:
            yield text
        held = held[len(text) :]
    # A character that never became whole is no text.
    if held:
        yield held


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` that begins `stop`."""
    return next((n for n in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:n])), 0)
