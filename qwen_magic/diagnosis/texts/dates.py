"""Dates that are made of a text or of another date, and spans of time that have no fixed length."""

from __future__ import annotations

import ast
import datetime
import importlib.util
import re
import time
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.cells import importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import arguments, is_call_of
from qwen_magic.diagnosis.texts.strptime import formats_of
from qwen_magic.snapshot import Diagnosis


def made_of_text(evidence: Evidence) -> Iterator[Diagnosis]:
    """`date("2024-01-05")`, `datetime.strptime(text)` without a format, `date(*text.split("-"))`."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or not isinstance(evidence.error, TypeError) or not call.args:
        return
    kind: Any = step.value(call.func)
    first, head = call.args[0], evidence.source(step, call.func)
    text, value = evidence.source(step, first), step.value(first)
    texts: list[str] = []
    if kind in (datetime.date, datetime.datetime) and "as an integer" in evidence.message and len(call.args) == 1:
        if isinstance(first, ast.Starred):
            texts = [f"{head}(*map(int, {evidence.source(step, first.value)}))"]
        elif type(value) is str:
            texts = _read(head, text, value, kind is datetime.date)
    elif is_call_of(call, "strptime") and isinstance(call.func, ast.Attribute):
        owner = evidence.source(step, call.func.value)
        if len(call.args) == 1 and type(value) is str and "%" not in value:
            texts = [f'{owner}.strptime({text}, "{form}")' for form in formats_of(value)]
        elif re.search(r"argument 1 must be str, not (?:datetime\.)?(?:date|datetime|Timestamp)$", evidence.message):
            # It is a date already.
            texts = [text, f"{owner}.strptime(str({text}), {evidence.source(step, call.args[-1])})"]
    if texts:
        yield _said(
            "A date is read from text with its format.", "从文本读取日期需要给出格式。", texts, evidence, step, call
        )


def _read(head: str, text: str, value: str, day: bool) -> list[str]:
    texts = [f'{head}.strptime({text}, "{form}")' for form in formats_of(value)] if not day else []
    try:
        (datetime.date if day else datetime.datetime).fromisoformat(value)
    except ValueError:
        return texts
    return [f"{head}.fromisoformat({text})", *texts]


def another_class(evidence: Evidence) -> Iterator[Diagnosis]:
    """`"2024-01-05".strftime("%d.%m.")`, `time.strftime("%H", time.time())`, `datetime.fromtimestamp(milliseconds)`."""
    step = evidence.last
    node = step.node if step else None
    if step is None:
        return
    if isinstance(node, ast.Attribute) and node.attr in ("strftime", "year", "month", "day", "weekday", "date"):
        value = step.value(node.value)
        name = next((one for one in ("datetime", "dt") if step.names.get(one) is datetime.datetime), "")
        name = name or ("datetime.datetime" if step.names.get("datetime") is datetime else "")
        if type(value) is str and name and (forms := formats_of(value)):
            source = evidence.source(step, node.value)
            texts = [f'{name}.strptime({source}, "{form}")' for form in forms]
            yield _said("It is still a text.", "它还是文本。", texts, evidence, step, node.value)
        return
    if not isinstance(node, ast.Call) or not node.args:
        return
    last = evidence.source(step, node.args[-1])
    if is_call_of(node, "strftime") and "Tuple or struct_time" in evidence.message and step.names.get("time") is time:
        texts = [f"time.localtime({last})"]
        yield _said("A time is taken apart first.", "要先把时间拆成各部分。", texts, evidence, step, node.args[-1])
    elif is_call_of(node, "fromtimestamp") and re.search(r"year -?\d+ is out of range", evidence.message):
        text = evidence.source(step, node.args[0])
        texts = [f"{text} / 1000"]
        yield _said("It counts milliseconds.", "它的单位是毫秒。", texts, evidence, step, node.args[0])


def months_and_days(evidence: Evidence) -> Iterator[Diagnosis]:
    """`timedelta(months=1)`, `day.replace(day=day.day + 1)` on the last of a month."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call):
        return
    if is_call_of(call, "timedelta") and re.search(r"'(?:months?|years?)' is an invalid keyword", evidence.message):
        given = re.sub(r"\b(month|year)=", r"\1s=", arguments(evidence, step, call))
        cells: list[str | None] = []
        if importlib.util.find_spec("dateutil"):
            cell = evidence.replaced(step, call, f"relativedelta({given})")
            statement = "from dateutil.relativedelta import relativedelta"
            cells.append(importing(evidence, cell, statement))
        yield diagnosis(
            "months-and-days",
            ("A `timedelta` has a fixed length, which months and years do not have.",
             "`timedelta` 的长度固定，而月和年的长度不固定。"),
            (f"Write `relativedelta({given})`.", f"请写成 `relativedelta({given})`。"),
            cells,
        )  # fmt: skip
    elif (
        is_call_of(call, "replace")
        and isinstance(call.func, ast.Attribute)
        and "out of range for month" in evidence.message
    ):
        word = next((word for word in call.keywords if word.arg == "day"), None)
        sum_ = word.value if word and len(call.keywords) == 1 else None
        if (
            isinstance(sum_, ast.BinOp)
            and isinstance(sum_.op, (ast.Add, ast.Sub))
            and isinstance(sum_.left, ast.Attribute)
        ):
            yield _next_day(evidence, step, call, sum_)


def _next_day(evidence: Evidence, step: Step, call: ast.Call, days: ast.BinOp) -> Diagnosis:
    assert isinstance(call.func, ast.Attribute)  # noqa: S101  # its caller has looked
    names = step.names
    name = "datetime.timedelta" if names.get("datetime") is datetime else "timedelta"
    sign = "+" if isinstance(days.op, ast.Add) else "-"
    text = f"{evidence.source(step, call.func.value)} {sign} {name}(days={evidence.source(step, days.right)})"
    cell = evidence.replaced(step, call, text)
    return diagnosis(
        "months-and-days",
        ("The day after the last of a month is in the next one.", "月末的下一天属于下个月。"),
        (f"Write `{text}`.", f"请写成 `{text}`。"),
        [importing(evidence, cell, "from datetime import timedelta") if name == "timedelta" else cell],
        certain=True,
    )


def _said(en: str, zh: str, texts: list[str], evidence: Evidence, step: Step, node: ast.AST) -> Diagnosis:
    hint = (f"Write `{texts[0]}`.", f"请写成 `{texts[0]}`。")
    return diagnosis("date-of-text", (en, zh), hint, [evidence.replaced(step, node, text) for text in texts])
