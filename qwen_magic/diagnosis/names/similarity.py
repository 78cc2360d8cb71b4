"""How close two names are: a slip of the keyboard, another case, a plural, a part of the words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SAME, PLURAL, PART, SHORT = 1.0, 0.9, 0.5, 0.4
_MANY = 20_000


@lru_cache(maxsize=8192)
def letters(name: str) -> str:
    """A name without what people mix up: case, blanks, underscores, full-width forms."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, however it joins them."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    return tuple(word.casefold() for word in re.split(r"[\W_]+", apart) if word)


@lru_cache(maxsize=4096)
def distance(left: str, right: str) -> int:
    """How many letters were typed wrong, left out, added, or swapped with the next."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            best = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]


def singular(word: str) -> str:
    """A rough singular, good enough to compare with another one."""
    if word.endswith(("ss", "us", "is")):
        return word
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return word.removesuffix(ending) + instead
    return word


def similarity(name: str, other: str) -> float:
    """From 0, nothing to do with each other, to 1, which means the same letters."""
    left, right = letters(name), letters(other)
    if not left or not right:
        return 0.0
    if left == right:
        return SAME
    if len(left) > 2 and singular(left) == singular(right):
        return PLURAL
    # An ideograph says as much as several letters.
    size = sum(1 if letter.isascii() else 2 for letter in max(left, right, key=len))
    allowed = 0 if size < 3 else 1 if size < 6 else 2 if size < 9 else 3
    if abs(len(left) - len(right)) <= allowed and (wrong := distance(left, right)) <= allowed:
        return 0.95 - wrong / max(len(left), len(right))
    return _partly(name, other, left, right)


def _partly(name: str, other: str, left: str, right: str) -> float:
    mine, others = words(name), words(other)
    few, many = (mine, others) if len(mine) <= len(others) else (others, mine)
    if few and len("".join(few)) > 1 and {singular(word) for word in few} <= {singular(word) for word in many}:
        return PART
    short, long = sorted((left, right), key=len)
    if not short.isascii():
        return PART - 0.05 if len(short) > 1 and short in long else 0.0
    if len(short) < 3 or short[0] != long[0]:
        return 0.0
    if long.startswith(short):
        return SHORT + 0.05
    rest = iter(long)
    return SHORT if len(short) < len(long) / 1.3 and all(letter in rest for letter in short) else 0.0


def slip(name: str, other: str) -> bool:
    """Whether one can only be the other typed wrong: the only strict measure here."""
    if name == other:
        return False
    if letters(name) == letters(other):
        return name.strip("_") != other and other.strip("_") != name
    mine, others = words(name), words(other)
    if len(mine) == len(others):
        different = [pair for pair in zip(mine, others, strict=True) if pair[0] != pair[1]]
        left, right = different[0] if len(different) == 1 else ("", "")
    else:
        left, right = letters(name), letters(other)
    return _slip(left, right)


def _slip(left: str, right: str) -> bool:
    size = max(len(left), len(right))
    # df1 and df2, 小明 and 小红, start_x and start_y are all different things.
    if size < 4 or not (left + right).isascii() or re.sub(r"\D", "", left) != re.sub(r"\D", "", right):
        return False
    if singular(left) == singular(right) or (left[0] != right[0] and sorted(left) != sorted(right)):
        return False
    wrong = distance(left, right)
    if wrong == 1:
        replaced = len(left) == len(right) and sorted(left) != sorted(right)
        return not replaced or size > 4
    return wrong == 2 and size >= 8


def close(name: str, candidates: Iterable[str], at_most: int = 5, least: float = SHORT) -> list[str]:
    """The candidates that are close to a name, the closest first."""
    known = {other for _, other in zip(range(_MANY), candidates, strict=False) if other != name}
    # Most are ruled out by their first letters, or their length, without measuring.
    scored = ((similarity(name, other), other) for other in known if _may_be_close(name, other))
    ranked = sorted((-score, abs(len(other) - len(name)), other) for score, other in scored if score >= least)
    return [other for _, _, other in ranked[:at_most]]


def _may_be_close(name: str, other: str) -> bool:
    left, right = name.casefold(), other.casefold()
    return len(set(left) & set(right)) * 2 >= len(set(left)) or right in left


def only_slip(name: str, candidates: Iterable[str], *, plural: bool = False) -> str | None:
    """The single candidate that can be meant by a name that was typed wrong."""
    # A slip leaves out or adds two letters at the most; most names are ruled out by that.
    size = len(letters(name))
    known = {other for other in candidates if other != name}
    near = [other for other in known if abs(len(letters(other)) - size) <= 2]
    for measure in (_same, slip):
        found = [other for other in near if measure(name, other)]
        if found:
            return found[0] if len(found) == 1 else None
    if plural and len(name) > 3:
        found = [other for other in known if similarity(name, other) == PLURAL]
        return found[0] if len(found) == 1 and len(close(name, known, 2, 0.7)) == 1 else None
    return None


def _same(name: str, other: str) -> bool:
    return letters(name) == letters(other) and slip(name, other)
