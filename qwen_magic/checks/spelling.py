"""Names that are close to one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from qwen_magic.language import Words

# Comparing with every name of a big namespace takes longer than the answer is worth.
_KNOWN = 5000


def close(name: str, known: Iterable[str]) -> str:
    """The name that was probably meant, or nothing."""
    lowered: dict[str, str] = {}
    for candidate in known:
        if len(lowered) >= _KNOWN:
            break
        # Nobody means a private name.
        if (
            candidate != name
            and abs(len(candidate) - len(name)) <= 3
            and candidate.startswith("_") <= name.startswith("_")
        ):
            lowered.setdefault(candidate.lower(), candidate)
    found = get_close_matches(name.lower(), lowered, n=1, cutoff=0.7)
    return lowered[found[0]] if found else ""


def hinted(words: Words, meant: str) -> Words:
    """The words with the name that was probably meant behind them."""
    if not meant:
        return words
    return Words(f"{words.en}, did you mean `{meant}`?", f"{words.zh}，是不是想写 `{meant}`？")
