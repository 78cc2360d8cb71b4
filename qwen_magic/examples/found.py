"""What is found in a request: an example, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """An example as it was written, and code that raises if it does not hold."""

    shown: str
    check: str


@dataclass(frozen=True, slots=True)
class Found:
    """An example and its place in the request."""

    position: int
    example: Example
