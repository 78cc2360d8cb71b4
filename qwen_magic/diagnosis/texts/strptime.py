"""Dates that are not written as their format says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from qwen_magic.diagnosis.bindings import siblings
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.wording import short
from qwen_magic.snapshot import Diagnosis

_TIME: Final = re.compile(r"time data (.+) does not match format (.+)$|unconverted data remains: (.+)$")
_FORMATS: Final = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%Y年%m月%d日",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%B %d %Y",
    "%d-%b-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%m-%y",
    "%Y-%m",
    "%Y/%m",
    "%Y年%m月",
    "%b %Y",
    "%B %Y",
    "%d-%b-%y",
)
_TIMES: Final = (
    "",
    " %H:%M:%S",
    " %H:%M",
    "T%H:%M:%S",
    "T%H:%M:%SZ",
    "T%H:%M:%S%z",
    " %H:%M:%S.%f",
    "T%H:%M:%S.%f",
    "T%H:%M",
    " %I:%M %p",
    " %H时%M分",
    ", %H:%M:%S",
    ", %H:%M",
)


def date_format(evidence: Evidence) -> Iterator[Diagnosis]:
    """`strptime` with a format that is not that of the text."""
    step = evidence.last
    call = step.node if step else None
    said = _TIME.search(evidence.message)
    if step is None or not isinstance(call, ast.Call):
        return
    iso = re.search(r"Invalid isoformat string: (.+)$", evidence.message)
    if iso is not None and is_call_of(call, "fromisoformat"):
        yield from _iso(evidence, step, call, ast.literal_eval(iso[1]))
        return
    if said is None or not is_call_of(call, "strptime") or len(call.args) != 2:
        return
    text = step.value(call.args[0])
    if type(text) is not str and said[1]:
        text = ast.literal_eval(said[1])
    given = step.value(call.args[1])
    if type(text) is not str or type(given) is not str:
        return
    cells: list[str | None] = []
    if given and "%" in text and "%" not in given:
        cells.append(evidence.replaced(step, call, _swapped(evidence, step, call)))
    formats = formats_of(text)
    # Day and month in the order that was asked for.
    formats.sort(key=lambda form: (form.find("%d") < form.find("%m")) != (given.find("%d") < given.find("%m")))
    cells += [evidence.replaced(step, call.args[1], f'"{form}"') for form in formats]
    head = evidence.source(step, call.func)
    hint = (
        (
            f'Write `{head}({evidence.source(step, call.args[0])}, "{formats[0]}")`.',
            f'请写成 `{head}({evidence.source(step, call.args[0])}, "{formats[0]}")`。',
        )
        if formats
        else ("Write a format with a sign for each part of the text.", "格式要与文本的每一部分对应。")
    )
    yield diagnosis(
        "date-format",
        (f"{short(text)} is not written as {given!r} says.", f"{short(text)} 与格式 {given!r} 不符。"),
        hint,
        cells,
        certain=len(formats) == 1 and len(siblings(step, call.args[0])) < 2,
    )


def _swapped(evidence: Evidence, step: Step, call: ast.Call) -> str:
    first, second = (evidence.source(step, argument) for argument in call.args)
    return f"{evidence.source(step, call.func)}({second}, {first})"


def formats_of(text: str) -> list[str]:
    """The formats that read a date."""
    found = []
    for day in _FORMATS:
        for time in _TIMES:
            # Trying is slow: what stands between the parts must be there.
            if not set(re.sub("%.", "", day + time)) <= set(text) or len(text) > 40:
                continue
            try:
                datetime.strptime(text, day + time)
            except ValueError:
                continue
            found.append(day + time)
    return found


def _iso(evidence: Evidence, step: Step, call: ast.Call, text: Any) -> Iterator[Diagnosis]:
    formats = formats_of(text) if type(text) is str else []
    if not formats or not call.args or not isinstance(call.func, ast.Attribute):
        return
    head, argument = evidence.source(step, call.func.value), evidence.source(step, call.args[0])
    texts = [f'{head}.strptime({argument}, "{form}")' for form in formats]
    if head.split(".")[-1] == "date":
        texts = []
    texts += (
        [f'{evidence.source(step, call.func)}({argument}.replace("/", "-"))']
        if "/" in text and text[:4].isdigit()
        else []
    )
    if texts:
        yield diagnosis(
            "date-format",
            (
                f"{short(text)} is not an ISO date such as 2024-01-31.",
                f"{short(text)} 不是 2024-01-31 这样的 ISO 日期。",
            ),
            (f"Write `{texts[0]}`.", f"请写成 `{texts[0]}`。"),
            [evidence.replaced(step, call, other) for other in texts],
        )
