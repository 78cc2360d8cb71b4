"""Operators between dates, times, decimals, and `%` and format signs that do not fit their values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.cells import importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import operand
from qwen_magic.diagnosis.texts.strptime import formats_of
from qwen_magic.diagnosis.types.operands import NUMBERS, Pair, pair
from qwen_magic.snapshot import Diagnosis

_DATES: Final = ("date", "datetime")


def dates_and_decimals(evidence: Evidence) -> Iterator[Diagnosis]:
    """`today - "2024-01-05"`, `today + 7`, `datetime < date`, `Decimal + float`."""
    found = pair(evidence) or _offset(evidence)
    if found is None:
        return
    cells = [cell for cell in (*_dates(found), *_decimals(found)) if cell]
    if not cells:
        return
    texts = [text for text in (*_date_words(found), *_decimal_words(found)) if text]
    yield diagnosis(
        "dates-and-decimals",
        found.cause(),
        (f"Write `{texts[0]}`.", f"请写成 `{texts[0]}`。")
        if texts
        else ("Make both the same type.", "让两者的类型相同。"),
        cells,
    )


def _offset(evidence: Evidence) -> Pair | None:
    """`can't compare datetime.datetime to datetime.date` names no types in quotes."""
    step = evidence.last
    if step is None or type(evidence.error) is not TypeError or not isinstance(step.node, ast.Compare):
        return None
    left, right = step.node.left, step.node.comparators[0]
    values = step.value(left), step.value(right)
    if MISSING in values:
        return None
    types = type(values[0]).__name__, type(values[1]).__name__
    return Pair(evidence, step, step.node, left, right, "<", types, values)


def _class(step: Step, name: str) -> str:
    """How the notebook names a class of `datetime`."""
    known = step.names.get(name)
    if isinstance(known, type):
        return name
    for module in ("datetime", "dt"):
        if type(step.names.get(module)).__name__ == "module":
            return f"{module}.{name}"
    # The other classes were imported by name, so this one can be too.
    return name if any(isinstance(step.names.get(other), type) for other in (*_DATES, "timedelta")) else ""


def _date_words(found: Pair) -> Iterator[str]:
    for side in (0, 1):
        other = 1 - side
        text, dotted = found.text(side), operand(found.text(side))
        kind, partner = found.types[side], found.types[other]
        if kind == "str" and partner in _DATES and (name := _class(found.step, partner)):
            value = found.values[side]
            forms = formats_of(value) if type(value) is str else []
            if partner == "datetime":
                yield from (f'{name}.strptime({text}, "{form}")' for form in forms)
            elif forms and forms[0] == "%Y-%m-%d":
                yield f"{name}.fromisoformat({text})"
        elif (
            kind in NUMBERS and partner in _DATES and found.symbol in "+-" and (name := _class(found.step, "timedelta"))
        ) or (
            kind in NUMBERS
            and partner == "timedelta"
            and found.symbol in ("+", "-")
            and (name := _class(found.step, "timedelta"))
        ):
            yield f"{name}(days={text})"
        elif kind == "timedelta" and partner in NUMBERS and found.symbol in ("<", "<=", ">", ">="):
            yield f"{dotted}.days"
            yield f"{dotted}.total_seconds()"
        elif kind == "datetime" and partner == "date":
            yield f"{dotted}.date()"


def _dates(found: Pair) -> Iterator[str | None]:
    for side in (0, 1):
        kinds = {found.types[side], found.types[1 - side]}
        if not kinds & {"date", "datetime", "timedelta"}:
            return
        for text in _date_words(found):
            source = found.text(side)
            if re.search(rf"(?<!\w){re.escape(source)}(?!\w)", text) and text != source:
                yield _with_class(found, found.with_operand(side, text))


def _with_class(found: Pair, cell: str | None) -> str | None:
    """With an import of the class of `datetime` that the cell now uses and nobody has imported."""
    for name in (*_DATES, "timedelta"):
        if cell is not None and re.search(rf"(?<![.\w]){name}\(", cell):
            cell = importing(found.evidence, cell, f"from datetime import {name}")
    return cell


def _decimal_words(found: Pair) -> Iterator[str]:
    if set(found.types) == {"Decimal", "float"}:
        side = found.types.index("float")
        name = "Decimal" if isinstance(found.step.names.get("Decimal"), type) else "decimal.Decimal"
        yield f"{name}(str({found.text(side)}))"


def _decimals(found: Pair) -> Iterator[str | None]:
    for text in _decimal_words(found):
        side = found.types.index("float")
        yield found.with_operand(side, text)
        yield found.with_operand(1 - side, f"float({found.text(1 - side)})")


def format_sign(evidence: Evidence) -> Iterator[Diagnosis]:
    """`f"{name:.2f}"` of text, `f"{x:d}"` of a float."""
    step = evidence.last
    said = re.search(r"Unknown format code '(.)' for object of type '(\w+)'", evidence.message)
    if step is None or step.node is None or said is None:
        return
    cells: list[str | None] = []
    hint = ("Drop the format sign.", "去掉格式符。")
    for part in ast.walk(step.statement or step.node):
        if not isinstance(part, ast.FormattedValue) or part.format_spec is None:
            continue
        value = step.value(part.value)
        if value is not MISSING and type(value).__name__ != said[2]:
            continue
        text = ast.unparse(part.value)
        spec = "".join(str(piece.value) for piece in ast.walk(part.format_spec) if isinstance(piece, ast.Constant))
        if not spec.endswith(said[1]):
            continue
        old = f"{text}:{spec}"
        news = (
            [f"float({text}):{spec}", text]
            if said[2] == "str"
            else [f"{text}:{spec[:-1]}.0f", f"int({text}):{spec}", text]
        )
        if evidence.cell.count(f"{{{old}}}") == 1 and step.in_cell:
            cells += [evidence.cell.replace(f"{{{old}}}", f"{{{new}}}") for new in news]
            hint = (f"Write `{{{news[0]}}}`.", f"请写成 `{{{news[0]}}}`。")
    yield diagnosis(
        "format-sign",
        (f"The format sign `{said[1]}` does not fit a {said[2]}.", f"格式符 `{said[1]}` 不能用于 {said[2]}。"),
        hint,
        cells,
    )
