"""DataFrames, arrays and tensors in one line, without importing the libraries they come from."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import Any

from qwen_magic.notebook import classes

Show = Callable[[object, int], str]
"""Describes a value in about so many characters."""

COLUMNS = 12
VALUES = 6
_LABELS = 100
_PANDAS_SCALARS = frozenset({"Timestamp", "Timedelta", "Period", "Interval", "NAType", "NaTType"})
_OTHER_LIBRARIES = frozenset(
    {
        "cudf",
        "cupy",
        "dask",
        "geopandas",
        "jax",
        "jaxlib",
        "polars",
        "pyarrow",
        "scipy",
        "tensorflow",
        "torch",
        "xarray",
    }
)


def table(value: Any, show: Show) -> str | None:
    """Shape, dtypes and first values, or None if the value is of no library known here."""
    cls = type(value)
    match classes.library(cls):
        case "pandas":
            return _pandas(value, show)
        case "numpy":
            return _numpy(value, show)
        case found if found in _OTHER_LIBRARIES:
            return _other(value)
    return None


def scalar(value: Any) -> object:
    """A library's own number or text as the built-in one, its dates as their repr; else None."""
    cls = type(value)
    match classes.library(cls):
        case "numpy" if classes.derives(cls, sys.modules["numpy"].generic):
            return value.item()
        case "pandas" if classes.name(cls) in _PANDAS_SCALARS:
            return repr(value)
    return None


def shape(value: Any) -> str:
    """`(3, 4)` for what has a shape and is of a library known here, else nothing."""
    if classes.library(type(value)) not in {"pandas", "numpy", *_OTHER_LIBRARIES}:
        return ""
    with suppress(Exception):
        return str(tuple(int(n) for n in value.shape))[:40]
    return ""


def labels(value: Any) -> list[str]:
    """The columns of a DataFrame, or the keys of a dictionary or of the records in a list, as far as they are text."""
    cls = type(value)
    if cls is list and value:
        value = value[0]
        cls = type(value)
    found: Iterable[Any] = ()
    if cls is dict:
        found = islice(value, _LABELS)
    elif classes.library(cls) == "pandas" and classes.derives(cls, sys.modules["pandas"].DataFrame):
        found = value.columns[:_LABELS]
    return [label for label in found if type(label) is str]


def _pandas(value: Any, show: Show) -> str:
    pandas = sys.modules["pandas"]
    cls = type(value)
    if classes.derives(cls, pandas.DataFrame):
        return _data_frame(value, show)
    if classes.derives(cls, pandas.Series):
        named = f", name {show(value.name, 60)}" if value.name is not None else ""
        return f"{_count(len(value), 'value')}, dtype {value.dtype}{named}: {_first(value.iloc[:VALUES], value, show)}"
    if classes.derives(cls, pandas.MultiIndex):
        return f"{_count(len(value), 'label')}, levels {show(list(value.names), 100)}: {_first(value[:3], value, show)}"
    if classes.derives(cls, pandas.Index):
        return f"{_count(len(value), 'label')}, dtype {value.dtype}: {_first(value[:VALUES], value, show)}"
    if classes.name(cls) in _PANDAS_SCALARS:
        return repr(value)
    return f"grouped by {show(value.keys, 100)}" if classes.name(cls).endswith("GroupBy") else ""


def _data_frame(frame: Any, show: Show) -> str:
    rows, columns = frame.shape
    # Only the columns shown are asked for their dtype: frames can be a million columns wide.
    dtypes = frame.iloc[:0, :COLUMNS].dtypes
    names = [f"{show(name, 40)}: {dtype!s:.40}" for name, dtype in zip(dtypes.index.tolist(), dtypes, strict=True)]
    if columns > len(names):
        names.append(f"… {columns - len(names):,} more")
    index = type(frame.index).__name__
    labels = "" if index == "RangeIndex" else f"; index: {index} of {frame.index.dtype}"
    if labels and frame.index.name is not None:
        labels += f" named {show(frame.index.name, 40)}"
    return f"{_count(rows, 'row')} x {_count(columns, 'column')}: {', '.join(names)}{labels}"


def _numpy(value: Any, show: Show) -> str:
    numpy = sys.modules["numpy"]
    cls = type(value)
    if classes.derives(cls, numpy.ndarray):
        head = f"shape {value.shape}, dtype {str(value.dtype)[:60]}"
        if value.size <= 2 * VALUES:
            return f"{head}: {show(value.tolist(), 120)}"
        # flat copies the few values that are asked for; ravel might copy them all.
        return f"{head}: first values {show(value.flat[:VALUES].tolist(), 80)}"
    if classes.derives(cls, numpy.dtype):
        return str(value)[:80]
    if classes.derives(cls, numpy.generic):
        return show(value.item(), 120)
    return str(value.__name__) if classes.derives(cls, numpy.ufunc) else ""


def _other(value: Any) -> str:
    # Asking a lazy frame for its schema runs its query.
    if "lazy" in classes.name(type(value)).lower():
        return ""
    said = [f"shape {known}"] if (known := shape(value)) else []
    with suppress(Exception):
        said.append(f"dtype {str(value.dtype)[:40]}")
    with suppress(Exception):
        schema = dict(value.schema)
        pairs = [f"{key!r:.40}: {dtype!s:.40}" for key, dtype in islice(schema.items(), COLUMNS)]
        more = [f"… {len(schema) - COLUMNS:,} more"] if len(schema) > COLUMNS else []
        said.append(f"columns {', '.join(pairs + more)}")
    return ", ".join(said)


def _first(some: Iterable[Any], value: Any, show: Show) -> str:
    shown = list(some)
    more = f" … {len(value) - len(shown):,} more" if len(value) > len(shown) else ""
    return show(shown, 120) + more


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
