"""The beginning of a value as Python code: data in the form in which a model would have written it down.

As in `describe`, no code of the user's is run: only what built-in types, numpy and pandas hold is read.
"""

from __future__ import annotations

import ast
import datetime
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from qwen_magic.notebook import classes

LIMIT = 500  # characters
_ITEMS = 3
_COLUMNS = 12
_TEXT = 40
_BITS = 256


class _NoLiteral(Exception):
    """A value that is not written down as a literal."""


def literal(value: object) -> str:
    """Code for the first rows or items of data, at most `LIMIT` characters; empty for everything else."""
    # As in `describe`: what goes wrong here must not become the user's problem.
    try:
        code = _code(value)
        ast.parse(code)
    except Exception:  # noqa: BLE001
        return ""
    return code if len(code) <= LIMIT else ""


def _code(value: Any) -> str:
    # Found by identity: a metaclass may define what == and hash do.
    if writer := _WRITERS.get(id(type(value))):
        return writer(value)
    library = classes.library(type(value))
    if library == "numpy":
        return _array(value)
    if library == "pandas":
        return _pandas(value)
    raise _NoLiteral


def _text(value: str) -> str:
    return repr(value if len(value) <= _TEXT else value[: _TEXT - 1] + "…")


def _integer(value: int) -> str:
    if value.bit_length() > _BITS:
        raise _NoLiteral
    return repr(value)


def _float(value: float) -> str:
    # nan and inf are no literals, and pandas takes None for a missing value.
    return "None" if value != value else f"float('{value}')" if value in (float("inf"), float("-inf")) else repr(value)


def _listed(items: Iterable[Any], most: int = _ITEMS) -> str:
    return ", ".join(map(_code, islice(items, most)))


def _tuple(value: tuple[Any, ...]) -> str:
    return f"({_listed(value)}{',' if len(value) == 1 else ''})"


def _dict(value: dict[Any, Any]) -> str:
    # A record has more fields than a list needs items to show what they are.
    most = _COLUMNS if all(type(key) is str for key in islice(value, _COLUMNS)) else _ITEMS
    return "{" + ", ".join(f"{_code(key)}: {_code(item)}" for key, item in islice(value.items(), most)) + "}"


def _set(value: set[Any]) -> str:
    known = list(islice(value, 1))
    # In the same order every time, so that the same notebook gives the same prompt; else not at all.
    if not known or len(value) > 1000 or not all(type(item) is type(known[0]) in (str, int) for item in value):
        raise _NoLiteral
    return f"{{{_listed(sorted(value))}}}"


def _array(value: Any) -> str:
    numpy = sys.modules["numpy"]
    if isinstance(value, numpy.generic):
        return _code(value.item())
    if type(value) is not numpy.ndarray or value.dtype.kind not in "biufU" or not 0 < value.ndim < 3:
        raise _NoLiteral
    rows = value[:_ITEMS].tolist() if value.ndim == 2 else value[:_COLUMNS].tolist()
    cut = [f"[{_listed(row, _COLUMNS)}]" for row in rows] if value.ndim == 2 else map(_code, rows)
    return f"np.array([{', '.join(cut)}])"


def _pandas(value: Any) -> str:
    pandas = sys.modules["pandas"]
    if type(value) is pandas.DataFrame:
        head = value.iloc[:_ITEMS, :_COLUMNS]
        columns = (f"{_code(name)}: {_column(head.iloc[:, at])}" for at, name in enumerate(head.columns))
        return f"pd.DataFrame({{{', '.join(columns)}}}{_index(head)})"
    if type(value) is pandas.Series:
        head = value.iloc[:_ITEMS]
        named = "" if value.name is None else f", name={_code(value.name)}"
        return f"pd.Series({_column(head)}{_index(head)}{named})"
    if type(value) is pandas.Timestamp:
        return f"pd.Timestamp('{value}')"
    if value is pandas.NaT or value is pandas.NA:
        return "None"
    raise _NoLiteral


def _column(head: Any) -> str:
    if head.dtype.kind == "M":
        return f"pd.to_datetime([{', '.join(repr(str(item)) for item in head)}])"
    return f"[{_listed(head.tolist())}]"


def _index(head: Any) -> str:
    return "" if type(head.index) is sys.modules["pandas"].RangeIndex else f", index={_column(head.index)}"


_WRITERS: dict[int, Callable[[Any], str]] = {
    id(type(None)): repr,
    id(bool): repr,
    id(int): _integer,
    id(float): _float,
    id(str): _text,
    id(list): lambda value: f"[{_listed(value)}]",
    id(tuple): _tuple,
    id(set): _set,
    id(dict): _dict,
    id(datetime.date): repr,
    id(datetime.timedelta): repr,
}
