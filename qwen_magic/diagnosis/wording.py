"""Values in words, and the words of a diagnosis put together from parts."""

from __future__ import annotations

import re
from typing import Any

from qwen_magic.language import Words

_SHORT = 40
# Code and texts of the user's, which are left as they are.
_QUOTED = re.compile(r"""(`[^`]*`|(?<!\w)'[^'\n]*'|"[^"\n]*")""")


def worded(pair: tuple[str, str]) -> Words:
    """A sentence in English and in Chinese: with the right article, and no spaces between Chinese characters."""
    return Words(
        _outside_quotes(r"\ba (?=[aeio]\w+[ ,.])", "an ", pair[0]),
        _outside_quotes(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", pair[1]),
    )


def _outside_quotes(pattern: str, by: str, text: str) -> str:
    parts = _QUOTED.split(text)
    return "".join(part if number % 2 else re.sub(pattern, by, part) for number, part in enumerate(parts))


def described(value: Any) -> tuple[str, str]:
    """A value in a few words, without running any code of its type."""
    kind = type(value)
    if value is None or kind is bool:
        return str(value), str(value)
    if kind in (int, float, complex):
        return f"the number {value!r}", f"数字 {value!r}"
    if kind is str:
        return f"the text {short(value)}", f"文本 {short(value)}"
    if kind in (list, tuple, set, frozenset, dict):
        return f"a {kind.__name__} of {len(value)}", f"有 {len(value)} 项的 {kind.__name__}"
    article = "an" if kind.__name__[:1] in "aeioAEIO" else "a"
    return f"{article} {kind.__name__} object", f"{kind.__name__} 对象"


def short(value: str | bytes) -> str:
    """A text as Python writes it, cut if it is long."""
    return repr(value) if len(value) <= _SHORT else f"{value[:_SHORT]!r}…"
