"""Values of pandas and numpy that can be read without running anybody's code, and the columns behind expressions."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step

SAMPLE = 200
_WIDE = 500
_MANY = 20_000
_DIGITS = 12
_CLASSES = {
    "pandas": ("DataFrame", "Series", "Index", "RangeIndex", "DatetimeIndex", "MultiIndex", "Timestamp", "Timedelta"),
    "numpy": ("ndarray",),
}
_GROUPED = ("DataFrameGroupBy", "SeriesGroupBy")
_DATE = re.compile(r"\s*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T]\d.*)?\s*")


def kind(value: Any) -> str:
    """The name of the pandas or numpy class that a value is exactly of, or nothing."""
    for module, names in _CLASSES.items():
        loaded = vars(sys.modules[module]) if module in sys.modules else {}
        for name in names:
            if type(value) is loaded.get(name):
                return name
    typing = sys.modules.get("pandas.api.typing")
    for name in _GROUPED if typing is not None else ():
        if type(value) is vars(typing).get(name):
            return name
    return ""


def alias(evidence: Evidence, module: str, usual: str) -> str:
    """What the notebook calls a module; the usual name if it does not call it at all."""
    target = sys.modules.get(module)
    if evidence.namespace.get(usual) is target is not None:
        return usual
    names = (name for name, value in evidence.namespace.items() if value is target is not None)
    return next((name for name in names if not name.startswith("_")), usual)


def import_for(evidence: Evidence, module: str, usual: str) -> str:
    """The import that is needed to use a module under its usual name, or nothing."""
    name = alias(evidence, module, usual)
    return "" if isinstance(evidence.namespace.get(name), ModuleType) else f"import {module} as {usual}"


def live(step: Step, node: ast.AST | None) -> Any:
    """What an expression is, also a column of a frame or a corner of an array, or `MISSING`."""
    if not isinstance(node, ast.expr):
        return MISSING
    value = step.value(node)
    if value is not MISSING:
        return value
    if isinstance(node, ast.Subscript):
        return _item(live(step, node.value), _index(step, node.slice))
    if isinstance(node, ast.Attribute):
        base = live(step, node.value)
        if kind(base) == "DataFrame" and node.attr not in dir(type(base)):
            return column(base, node.attr)
        if (kind(base) == "ndarray" and node.attr in ("T", "shape", "size", "ndim")) or (
            kind(base) in ("DataFrame", "Series") and node.attr in ("shape", "index", "size")
        ):
            return getattr(base, node.attr)
    return MISSING


def _index(step: Step, node: ast.expr) -> Any:
    if isinstance(node, ast.Tuple):
        parts = tuple(_index(step, part) for part in node.elts)
        return MISSING if MISSING in parts else parts
    if isinstance(node, ast.Slice):
        bounds = [None if part is None else step.value(part) for part in (node.lower, node.upper, node.step)]
        return slice(*bounds) if all(bound is None or type(bound) is int for bound in bounds) else MISSING
    if isinstance(node, ast.List):
        items = [step.value(item) for item in node.elts]
        return items if all(type(item) in (str, int) for item in items) else MISSING
    value = step.value(node)
    return value if type(value) in (str, int) else MISSING


def _item(base: Any, index: Any) -> Any:
    if kind(base) == "DataFrame" and type(index) in (str, int):
        return column(base, index)
    if kind(base) == "DataFrame" and type(index) is list:
        labels = names(base)
        known = [labels.index(name) for name in index if name in labels]
        return base.iloc[:, known] if len(known) == len(index) else MISSING
    parts = index if type(index) is tuple else (index,)
    if kind(base) == "ndarray" and all(type(part) in (int, slice) for part in parts):
        try:
            return base[index]
        except IndexError:
            return MISSING
    return MISSING


def frame_among(step: Step, nodes: Iterable[ast.AST]) -> Any:
    """The first DataFrame that one of these names is, or `MISSING`."""
    values = (live(step, node) for node in nodes if isinstance(node, ast.Name))
    return next((value for value in values if kind(value) == "DataFrame"), MISSING)


def names(frame: Any) -> list[Any]:
    """The column labels of a frame, those that are not plain text or numbers as None."""
    return [label if type(label) in (str, int) else None for label in frame.columns[:_WIDE].tolist()]


def column(frame: Any, label: Any) -> Any:
    """One column of a frame, or `MISSING`."""
    labels = names(frame)
    return frame.iloc[:, labels.index(label)] if labels.count(label) == 1 else MISSING


def dtype(values: Any) -> str:
    """The name of a dtype that pandas or numpy made, or nothing."""
    made = type(values.dtype)
    return str(values.dtype) if made.__module__.split(".")[0] in ("pandas", "numpy") else ""


def samples(values: Any, size: int = SAMPLE) -> list[Any]:
    """The first values of a column or a 1-D array that are plain Python ones; missing ones are left out."""
    if kind(values) not in ("Series", "ndarray") or values.ndim != 1 or not dtype(values):
        return []
    head = values.iloc[:size] if kind(values) == "Series" else values[:size]
    plain = [value for value in head.tolist() if type(value) in (str, int, float, bool)]
    return [value for value in plain if value == value]


def is_text(values: Any) -> bool:
    """Whether a column holds text, and nothing else, as far as its head tells."""
    head = samples(values)
    return bool(head) and all(type(value) is str for value in head)


def is_dates(values: Any) -> bool:
    """Whether a column of text holds dates."""
    return is_text(values) and all(_DATE.fullmatch(value) for value in samples(values))


def to_datetime(pd: str, text: str, values: Any) -> list[tuple[str, bool]]:
    """Expressions that make dates of a column of text, and whether a value of it settles the order of day and month."""
    plain, day_first = f"{pd}.to_datetime({text})", f"{pd}.to_datetime({text}, dayfirst=True)"
    head = [value.strip() for value in samples(values, _MANY) if type(value) is str]
    parts = [found for value in head if (found := re.match(r"(\d{1,2})([-/.])(\d{1,2})\2", value))]
    if not parts:
        return [(plain, all(re.match(r"\d{4}", value) for value in head))]
    if any(int(found[1]) > 12 for found in parts):
        return [(day_first, True)]
    if any(int(found[3]) > 12 for found in parts):
        return [(plain, True)]
    # Dates with dots begin with the day where people write them.
    dots = parts[0][2] == "."
    return [(day_first, False), (plain, False)] if dots else [(plain, False), (day_first, False)]


def is_datetime(values: Any) -> bool:
    """Whether a column holds real timestamps."""
    return kind(values) == "Series" and dtype(values).startswith("datetime64")


def is_number(values: Any) -> bool:
    """Whether a column holds numbers."""
    return kind(values) in ("Series", "ndarray") and dtype(values).lower().startswith(("int", "float", "uint", "bool"))


def text_columns(frame: Any) -> list[str]:
    """The names of the columns of a frame that hold text."""
    found = [name for name in names(frame)[:50] if type(name) is str]
    return [name for name in found if is_text(column(frame, name))]


def columns_in(step: Step, within: Iterable[ast.AST]) -> list[tuple[ast.expr, Any]]:
    """The expressions among nodes that are a column, with it, each text once."""
    found: dict[str, tuple[ast.expr, Any]] = {}
    for node in within:
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            value = live(step, node)
            if kind(value) == "Series":
                found.setdefault(ast.unparse(node), (node, value))
    return list(found.values())


def numbers(values: Any, text: str) -> list[tuple[str, bool]]:
    """Expressions that make numbers of a column of text, and whether that can be meant in one way only.

    `text` is the expression of the column. Nothing if its values do not look like numbers.
    """
    head = [value.strip() for value in samples(values, _MANY) if type(value) is str]
    if not head:
        return []
    # Codes are no amounts: what a leading zero says would be lost.
    codes = any(re.match(r"[+-]?0\d", value) or len(value) > _DIGITS for value in head)
    if all(_is_int(value) for value in head):
        # Whole numbers, unless some are missing.
        first, second = ("int", "float") if len(values) == len(head) else ("float", "int")
        return [(f"{text}.astype({first})", not codes), (f"{text}.astype({second})", False)]
    if all(_is_float(value) for value in head):
        return [(f"{text}.astype(float)", not codes)]
    if all(re.fullmatch(r"-?\d+,\d{1,2}|-?\d+", value) for value in head):
        return [(f'{text}.str.replace(",", ".").astype(float)', False)]
    marks = sorted({mark for value in head for mark in re.findall(r"[^\d.+\-eE]", value)})
    bare = [re.sub(r"[^\d.+\-eE]", "", value) for value in head]
    letters = any(mark.isalpha() and mark.isascii() for mark in marks)
    if len(marks) <= 5 and not letters and all(_is_float(value) for value in bare):
        removed = f'"{marks[0]}", "", regex=False' if len(marks) == 1 else f'r"[{_class(marks)}]", "", regex=True'
        into = "int" if all(_is_int(value) for value in bare) else "float"
        return [(f"{text}.str.replace({removed}).astype({into})", False)]
    if sum(_is_float(value) for value in head) * 2 >= len(head):
        return [(f'pd.to_numeric({text}, errors="coerce")', False)]
    return []


def _class(marks: list[str]) -> str:
    return "".join("\\" + mark if mark in "]^\\-" else mark for mark in marks)


def _is_int(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+", text) is not None


def _is_float(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None
