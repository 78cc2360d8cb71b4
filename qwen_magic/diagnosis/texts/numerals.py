"""Numbers that came as text: how to read them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_INTEGER = re.compile(r"\s*[+-]?\d+\s*")
_CURRENCY = "$€£¥￥元"
_SUFFIX = re.compile(r"(\s*[+-]?\d+(?:\.\d+)?)(\s*[A-Za-z\u4e00-\u9fff°]+)")


def is_number(text: str) -> bool:
    """Whether `float` reads a text as a finite number."""
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def is_integer(text: str) -> bool:
    """Whether `int` reads a text."""
    return _INTEGER.fullmatch(text) is not None


def numeric_like(text: str) -> bool:
    """Whether a text is a number, however written."""
    return bool(reading(text, "x"))


def reading(text: str, source: str, beside: Iterable[Any] = (), dot: str | None = None) -> list[str]:
    """Expressions that read the number in `text`; `source` is its expression, `dot` the same before a dot.

    The texts beside it decide between int and float.
    """
    dot = dot or source
    texts = [text, *(other for other in beside if type(other) is str and numeric_like_plain(other))]
    if all(map(is_integer, texts)):
        return [f"int({source})", f"float({source})"]
    if is_number(text):
        return [f"float({source})"]
    return _cleaned(text, dot)


def numeric_like_plain(text: str) -> bool:
    """Whether a text is a number as Python writes it."""
    return is_integer(text) or is_number(text)


def _cleaned(text: str, dot: str) -> list[str]:
    bare = text.strip()
    found: list[str] = []
    chain = dot
    if bare.endswith(("%", "％")):
        sign = bare[-1]
        rest = bare[:-1].strip()
        if is_number(rest):
            inner = f'float({dot}.strip().rstrip("{sign}"))' if text != bare else f'float({dot}.rstrip("{sign}"))'
            return [f"{inner} / 100", inner]
    for sign in _CURRENCY:
        if sign in bare:
            bare, chain = bare.replace(sign, ""), f'{chain}.replace("{sign}", "")'
    if re.fullmatch(r"\s*[+-]?\d{1,3}([,，]\d{3})+(\.\d+)?\s*", bare):
        comma = "," if "," in bare else "，"
        bare, chain = bare.replace(comma, ""), f'{chain}.replace("{comma}", "")'
    elif re.fullmatch(r"\s*[+-]?\d{1,3}(\.\d{3})*,\d+\s*", bare):
        points = "." in bare
        bare = bare.replace(".", "").replace(",", ".")
        chain = f'{chain}.replace(".", "").replace(",", ".")' if points else f'{chain}.replace(",", ".")'
    elif re.fullmatch(r"\s*[+-]?\d{1,3}([ \u00a0]\d{3})+\s*", bare):
        space = "\\u00a0" if "\u00a0" in bare else " "
        bare, chain = re.sub(r"\s", "", bare), f'{chain}.replace("{space}", "")'
    if chain != dot and is_number(bare):
        return [f"int({chain})", f"float({chain})"] if is_integer(bare) else [f"float({chain})"]
    if matched := _SUFFIX.fullmatch(bare):
        kind = "int" if is_integer(matched[1]) else "float"
        strip = "" if text == bare else ".strip()"
        found = [f'{kind}({chain}{strip}.removesuffix("{matched[2]}"))']
        found += [f'float({chain}{strip}.removesuffix("{matched[2]}"))'] if kind == "int" else []
    return found
