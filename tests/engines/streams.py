"""What a stream says, piece by piece, and what it returns."""

from __future__ import annotations


def collected(stream):
    """The pieces of an answer, and its usage."""
    pieces = []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            return pieces, end.value
