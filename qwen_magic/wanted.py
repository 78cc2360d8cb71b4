"""What a request asks for that can be checked without understanding it: names for its results, and examples."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qwen_magic.examples import Example, examples
from qwen_magic.targets import targets


@dataclass(frozen=True, slots=True)
class Wanted:
    """Names that the code has to bind, and examples that have to hold after it."""

    names: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()


def wanted(request: str, notebook: Collection[str]) -> Wanted:
    """Of a request in a notebook that has these names."""
    names = targets(request, notebook)
    return Wanted(names, examples(request, {*notebook, *names}))
