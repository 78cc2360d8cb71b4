"""Operators on lists, dicts, sets, tuples and bytes that these do not have."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.expressions import factor, operand
from qwen_magic.diagnosis.types.operands import NUMBERS, Pair, pair
from qwen_magic.snapshot import Diagnosis

_ITERABLES: Final = ("tuple", "set", "frozenset", "range", "dict_keys", "dict_values", "map", "zip", "filter")
_MORE: Final = (*_ITERABLES, "generator", "enumerate", "reversed", "dict_items", "list")
_ORDER: Final = ("<", "<=", ">", ">=")
_CALLABLE: Final = ("function", "method", "builtin_function_or_method", "type")


def mixed_collections(evidence: Evidence) -> Iterator[Diagnosis]:
    """`[1] + 2`, `[1, 2] - [2]`, `{} + {}`: what Python has for it instead."""
    found = pair(evidence)
    if found is None:
        return
    for way in (_joined, _appended, _differing, _merged, _elementwise, _measured, _bytes, _uncalled):
        texts = [text for text in way(found) if text]
        if texts:
            yield diagnosis(
                "operands",
                found.cause(),
                (f"Write `{texts[0]}`.", f"请写成 `{texts[0]}`。"),
                map(found.whole, texts),
                certain=way is _merged and MISSING not in found.values,
            )
            return


def _joined(found: Pair) -> Iterator[str]:
    if found.symbol != "+" or "str" not in found.types:
        return
    side = found.types.index("str")
    other, text = found.types[1 - side], found.text(1 - side)
    if other in ("list", "tuple"):
        value = found.values[1 - side]
        texts = value is not MISSING and all(type(item) is str for item in value[:1000])
        joined = f'", ".join({text})' if texts else f'", ".join(map(str, {text}))'
        wraps = [f"str({text})", joined]
        # A text is added to a list of texts as one more, unless it stands first or is a sentence.
        if side == 1 and texts:
            yield _plus(found, 1, f"[{found.text(1)}]")
        for wrapped in wraps:
            yield _plus(found, 1 - side, wrapped)
    elif other in ("dict", "set", "tuple", "date", "datetime", "Decimal", "UUID", "PosixPath", "timedelta", "Fraction"):
        yield _plus(found, 1 - side, f"str({text})")


def _plus(found: Pair, side: int, text: str) -> str:
    texts = [found.text(0), found.text(1)]
    texts[side] = text
    return f" {found.symbol} ".join(texts)


def _appended(found: Pair) -> Iterator[str]:
    if found.symbol != "+" or "list" not in found.types:
        return
    side = found.types.index("list")
    other, text = found.types[1 - side], found.text(1 - side)
    if other in _ITERABLES:
        yield _plus(found, 1 - side, f"list({text})")
    if other in NUMBERS and found.values[side] is not MISSING:
        items = found.values[side]
        if items and all(type(item) in (int, float) for item in items[:1000]):
            yield f"[x + {text} for x in {found.text(side)}]"
    if other not in ("function", "method", "NoneType", "ndarray", "Series"):
        yield _plus(found, 1 - side, f"[{text}]")
    if other == "tuple" and isinstance(found.nodes[1 - side], ast.Tuple):
        yield _plus(found, 1 - side, f"[{text}]")


def _differing(found: Pair) -> Iterator[str]:
    lists = ("list", "tuple", "set", "dict_keys", "str", "range")
    if found.symbol not in "-&|^" or not all(kind in lists for kind in found.types) or "str" in found.types:
        return
    left, right = found.text(0), found.text(1)
    if found.symbol == "-" and found.types[0] != "set":
        items = [*_items(found, 0), *_items(found, 1)]
        if found.types == ("list", "list") and items and all(type(item) in (int, float) for item in items[:1000]):
            same = len(_items(found, 0)) == len(_items(found, 1))
            yield f"[a - b for a, b in zip({left}, {right})]" if same else ""
        yield f"[x for x in {left} if x not in {right}]"
    sets = (text if kind == "set" else f"set({text})" for kind, text in zip(found.types, (left, right), strict=True))
    yield f" {found.symbol} ".join(sets)
    if found.symbol == "&":
        yield f"[x for x in {left} if x in {right}]"


def _items(found: Pair, side: int) -> list[object]:
    value = found.values[side]
    return list(value[:1000]) if type(value) in (list, tuple) else []


def _merged(found: Pair) -> Iterator[str]:
    if found.symbol == "+" and found.types in (("dict", "dict"), ("set", "set")):
        yield f"{found.text(0)} | {found.text(1)}"


def _elementwise(found: Pair) -> Iterator[str]:
    left, right, symbol = found.text(0), found.text(1), found.symbol
    if symbol not in ("-", "*", "/", "//", "%", "**"):
        return
    if found.types in (("list", "list"), ("tuple", "tuple"), ("list", "tuple")) and symbol != "-":
        yield f"[a {symbol} b for a, b in zip({left}, {right})]"
    elif found.types[0] in ("list", "tuple") and found.types[1] in NUMBERS:
        yield f"[x {symbol} {factor(right)} for x in {left}]"
        if symbol == "/":
            yield f"sum({left}) / {right}"
            yield f"len({left}) / {right}"
    elif found.types[1] in ("list", "tuple") and found.types[0] in NUMBERS:
        if symbol == "/":
            yield f"{left} / len({right})"
            yield f"{left} / sum({right})"
        yield f"[{factor(left)} {symbol} x for x in {right}]"


def _measured(found: Pair) -> Iterator[str]:
    if found.symbol not in _ORDER:
        return
    sized = ("list", "tuple", "set", "dict", "str", "range", "dict_keys", "dict_values")
    for side in (0, 1):
        if found.types[side] in sized and found.types[1 - side] in NUMBERS:
            value = found.values[side]
            if value is MISSING or type(value) is not str:
                yield _plus(found, side, f"len({found.text(side)})")
            if type(value) in (list, tuple) and len(value) == 1:
                yield _plus(found, side, f"{operand(found.text(side))}[0]")
            elif type(value) is str and not any(char.isdigit() for char in value):
                yield _plus(found, side, f"len({found.text(side)})")


def _bytes(found: Pair) -> Iterator[str]:
    if found.symbol == "+" and set(found.types) == {"bytes", "str"}:
        side = found.types.index("bytes")
        yield _plus(found, side, f"{operand(found.text(side))}.decode()")
        yield _plus(found, 1 - side, f"{operand(found.text(1 - side))}.encode()")


def _uncalled(found: Pair) -> Iterator[str]:
    """`name.upper + "!"`: the method was not called."""
    for side in (0, 1):
        if found.types[side] in _CALLABLE[:3] and isinstance(found.nodes[side], (ast.Name, ast.Attribute)):
            yield _plus(found, side, f"{found.text(side)}()")
