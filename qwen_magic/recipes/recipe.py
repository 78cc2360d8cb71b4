"""One recipe: a line of code, and the requests that it is for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qwen_magic.language import Words

TABLE = ("DataFrame",)
PANDAS = ("DataFrame", "Series")
ARRAY = ("ndarray",)
PLAIN = ("list", "tuple", "set")
DICT = ("dict",)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A line of code for requests in which each of the patterns is found, about data of one of these types."""

    types: frozenset[str]
    patterns: tuple[str, ...]
    title: Words
    code: str

    def suits(self, request: str, types: frozenset[str]) -> bool:
        """Whether a request about data of these types may be about this."""
        return bool(self.types & types) and all(re.search(each, request, re.IGNORECASE) for each in self.patterns)


def recipe(types: tuple[str, ...], patterns: tuple[str, ...], en: str, zh: str, code: str) -> Recipe:
    """A recipe with its title in both languages."""
    return Recipe(frozenset(types), patterns, Words(en, zh), code)
