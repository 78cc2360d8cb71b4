"""What pandas objects of the notebook hold, read only where nothing but pandas answers."""

from __future__ import annotations

import sys
from typing import Any

# Wider frames are read too slowly to be worth it.
_WIDE = 10_000

# Methods that return None if they work in place. Newer pandas returns the object itself from some others.
IN_PLACE = frozenset(
    {"drop", "drop_duplicates", "dropna", "rename", "reset_index", "set_index", "sort_index", "sort_values"}
)


def is_frame(value: object) -> bool:
    """Whether a value is exactly pandas' own DataFrame: a class made from it may do anything."""
    return _is_exactly(value, "DataFrame")


def is_series(value: object) -> bool:
    """The same of a Series."""
    return _is_exactly(value, "Series")


def columns(frame: Any) -> tuple[str, ...] | None:
    """The columns that have text for a name, or None if names are not all there is to it."""
    return _labels(frame.columns)


def has_plain(frame: Any, column: str) -> bool:
    """Whether there is one column of this name, whose labels are no attributes."""
    named = columns(frame)
    return named is not None and named.count(column) == 1 and type(frame.index) is sys.modules["pandas"].RangeIndex


def is_series_class(cls: type) -> bool:
    """Whether a class is exactly pandas' own Series."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and cls is vars(pandas).get("Series")


def series() -> type:
    """The class of a column."""
    found: type = sys.modules["pandas"].Series
    return found


def index_names(frame: Any) -> tuple[str, ...]:
    """Names of the index, which many methods take in place of a column."""
    return tuple(name for name in frame.index.names if type(name) is str)


def attributes(value: Any) -> tuple[str, ...]:
    """Columns or labels, which pandas also takes as attributes."""
    labels = _labels(value.columns if is_frame(value) else value.index)
    # Nothing is missing where nothing is known.
    return labels if labels is not None else _Everything()


class _Everything(tuple[str, ...]):
    """Has whatever it is asked for."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return True


def _labels(index: Any) -> tuple[str, ...] | None:
    pandas = sys.modules["pandas"]
    kind = type(index)
    if kind is pandas.RangeIndex:
        return ()
    # Dates and intervals also answer to text that is not their label.
    if kind is not pandas.Index or len(index) > _WIDE:
        return None
    found = index.tolist()
    plain = all(type(label) in (str, int, float, bool) for label in found)
    return tuple(label for label in found if type(label) is str) if plain else None


def _is_exactly(value: object, name: str) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and type(value) is vars(pandas).get(name)
