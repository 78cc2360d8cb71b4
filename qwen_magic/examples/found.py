"""What is found in a request: an example, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """An example as it was written, and code that raises if it does not hold.

    `code` is what the example runs, without the comparison; empty if that is meant to raise.
    """

    shown: str
    check: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An example and its place in the request."""

    position: int
    example: Example
