"""Dates that are text, of another format, or in another time zone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.cells import Change
from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_FAILED = re.compile(
    r"unsupported operand|not supported between|Invalid comparison|can only concatenate|Addition/subtr"
)


def dates_as_text(evidence: Evidence) -> Iterator[Diagnosis]:
    """Dates compared or subtracted while they are still text."""
    step = evidence.last
    if not isinstance(evidence.error, TypeError) or step is None or not _FAILED.search(evidence.message):
        return
    drafts = Drafts(evidence, step)
    pd = columns.alias(evidence, "pandas", "pd")
    inside = running_nodes(evidence, step)
    found = [(node, values) for node, values in columns.columns_in(step, inside) if columns.is_dates(values)]
    made = {
        n
        for call in inside
        if isinstance(call, ast.Call) and "to_datetime" in ast.unparse(call.func)
        for n in call.args
    }
    if not found or any(node in made for node, _ in found):
        return
    texts = {ast.unparse(node) for node, _ in found}
    places = [n for n in inside if isinstance(n, ast.expr) and ast.unparse(n) in texts]
    plain: list[Change] = []
    if "'datetime.date'" in evidence.message and isinstance(step.node, ast.Compare):
        other = step.node.comparators[0] if any(n is step.node.left for n in places) else step.node.left
        plain.append((other, f"{pd}.Timestamp({drafts.source(other)})"))
    ways = {ast.unparse(node): columns.to_datetime(pd, drafts.source(node), values) for node, values in found}
    for number in range(max(len(way) for way in ways.values())):
        chosen = {text: way[min(number, len(way) - 1)] for text, way in ways.items()}
        changes = [(n, chosen[ast.unparse(n)][0]) for n in places]
        drafts.edit(*changes, *plain, certain=all(sure for _, sure in chosen.values()))
    for node, _ in found:
        drafts.edit(line_above=f"{drafts.source(node)} = {ways[ast.unparse(node)][0][0]}")
    source = drafts.source(found[0][0])
    shown = ways[ast.unparse(found[0][0])][0][0]
    yield drafts.diagnosis(
        "dates-as-text",
        (
            f"`{source}` holds dates as text, such as '{columns.samples(found[0][1])[0]}'.",
            f"`{source}` 里的日期还是文字。",
        ),
        (f"Convert it: `{shown}`.", f"先转换：`{shown}`。"),
    )


def date_and_other(evidence: Evidence) -> Iterator[Diagnosis]:
    """A column of timestamps against a date, a number of days, or another time zone."""
    step = evidence.last
    if not isinstance(evidence.error, TypeError) or step is None:
        return
    node, said, drafts = step.node, evidence.message, Drafts(evidence, step)
    if not isinstance(node, (ast.Compare, ast.BinOp)):
        return
    pd = columns.alias(evidence, "pandas", "pd")
    left, right = (node.left, node.comparators[0]) if isinstance(node, ast.Compare) else (node.left, node.right)
    dated = columns.is_datetime(columns.live(step, right))
    column, other = (right, left) if dated else (left, right)
    if "Invalid comparison between dtype=datetime64" in said and said.endswith(" date"):
        new = f"{pd}.Timestamp({drafts.source(other)})"
        drafts.edit((other, new), certain=True)
        cause = ("A column of timestamps cannot be compared with a date.", "时间戳列不能与 date 比较。")
    elif "Invalid comparison between dtype=timedelta64" in said and "int" in said:
        new = f"{drafts.operand(left)}.dt.days"
        drafts.edit((left, new), certain=_whole_days(step, left))
        drafts.edit((left, f"{drafts.operand(left)}.dt.total_seconds()"))
        cause = ("A difference of dates is not a number of days.", "日期之差不是天数。")
    elif "Addition/subtraction of integers" in said:
        new = f'{pd}.to_timedelta({drafts.source(other)}, unit="D")'
        drafts.edit((other, new))
        for unit in ("months", "years"):
            drafts.edit((other, f"{pd}.DateOffset({unit}={drafts.source(other)})"))
        cause = ("A number cannot be added to dates without a unit.", "日期不能直接加减数字，要有单位。")
    elif "tz-naive and tz-aware" in said or re.search(
        r"between dtype=datetime64\[\w+(, .*)?\] and (Timestamp|datetime)", said
    ):
        new = f"{drafts.operand(column)}.dt.tz_localize(None)"
        aware = "," in columns.dtype(values) if columns.is_datetime(values := columns.live(step, column)) else False
        ways = [(column, new), (column, f'{drafts.operand(column)}.dt.tz_localize("UTC")')]
        for way in ways if aware else ways[::-1]:
            drafts.edit(way)
        drafts.edit((other, f"{drafts.operand(other)}.tz_localize(None)"))
        drafts.edit((other, f"{drafts.operand(other)}.dt.tz_localize(None)"))
        cause = ("Only one of the two has a time zone.", "两者只有一个带时区。")
    else:
        return
    yield drafts.diagnosis("date-and-other", cause, (f"Write `{new}`.", f"请写 `{new}`。"))


def _whole_days(step: Step, node: ast.expr) -> bool:
    """Whether the dates in an expression are at midnight, so that their difference is whole days."""
    used = [values for _, values in columns.columns_in(step, ast.walk(node)) if columns.is_datetime(values)]
    heads = [values.iloc[: columns.SAMPLE].dropna() for values in used]
    return bool(heads) and all(bool((head == head.dt.normalize()).all()) for head in heads)


def date_format(evidence: Evidence) -> Iterator[Diagnosis]:
    """`pd.to_datetime` of texts that are not all, or not at all, in the expected format."""
    step = evidence.last
    found = re.match(
        r"time data \"(.*?)\" doesn't match format \"(.*?)\""
        r"|Unknown datetime string format, unable to parse: (.*?)(?:, at|$)"
        r"|unconverted data remains.*?: \"(.*?)\"",
        evidence.message,
    )
    if not isinstance(evidence.error, ValueError) or not found or step is None:
        return
    calls = [
        n
        for n in running_nodes(evidence, step)
        if isinstance(n, ast.Call) and ast.unparse(n.func).endswith("to_datetime")
    ]
    if not calls:
        return
    drafts, call, value = Drafts(evidence, step), calls[0], found[1] or found[3] or found[4] or ""
    ways = ['errors="coerce"']
    guess = _format_of(value)
    if re.fullmatch(r"\s*(1[3-9]|2\d|3[01])[-/.]\d{1,2}[-/.]\d{2,4}.*", value):
        ways = ["dayfirst=True", 'format="mixed", dayfirst=True', *ways]
    elif guess and any(word.arg == "format" for word in call.keywords):
        ways = [f'format="{guess}"', *ways]
    elif re.search(r"\d", value):
        ways = ['format="mixed"', *ways]
    fits = _format_of_all(columns.live(step, call.args[0])) if call.args else ""
    if fits and any(word.arg in ("format", "dayfirst") for word in call.keywords):
        ways = [f'format="{fits}"']
    for way in ways:
        dropped = () if way.startswith("errors") else ("format", "dayfirst")
        drafts.edit((call, drafts.called(call, drop=dropped, add=way)), certain=bool(fits) and way == ways[0])
    if guess and "format" not in ways[0]:
        drafts.edit((call, drafts.called(call, drop=("format",), add=f'format="{guess}"')))
    yield drafts.diagnosis(
        "date-format",
        (
            f"The date '{value}' has another format than \"{found[2] or 'expected'}\".",
            f"日期 '{value}' 的格式与其他的不同。",
        ),
        (f"Pass `{ways[0]}` to `to_datetime`.", f"给 `to_datetime` 传入 `{ways[0]}`。"),
    )


def _format_of_all(values: object) -> str:
    """The one format of days, months and years in which all dates of a column are written, or nothing."""
    head = columns.samples(values, 20_000)
    parts = [re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2\d{4}", value) for value in head if type(value) is str]
    found = [part for part in parts if part is not None]
    if not found or len(found) != len(head) or len({part[2] for part in found}) > 1:
        return ""
    first, second = max(int(part[1]) for part in found), max(int(part[3]) for part in found)
    if (first > 12) == (second > 12):
        return ""
    mark = found[0][2]
    return f"%d{mark}%m{mark}%Y" if first > 12 else f"%m{mark}%d{mark}%Y"


def _format_of(value: str) -> str:
    """The format of a date that can be read in one way only."""
    if found := re.fullmatch(r"(\d{4})([-/.年])\d{1,2}([-/.月])\d{1,2}(日?)( \d{1,2}:\d{2}(:\d{2})?)?", value):
        time = (" %H:%M:%S" if found[6] else " %H:%M") if found[5] else ""
        return f"%Y{found[2]}%m{found[3]}%d{found[4]}{time}"
    if found := re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2\d{4}", value):
        day_first, month_first = int(found[1]) > 12, int(found[3]) > 12
        mark = found[2]
        if day_first or month_first:
            return f"%d{mark}%m{mark}%Y" if day_first else f"%m{mark}%d{mark}%Y"
    return "%Y%m%d" if re.fullmatch(r"(19|20)\d{6}", value) else ""


def _on_column(drafts: Drafts, call: ast.Call, frame: Any, pd: str) -> str:
    """Resample on a column of dates; what to write then."""
    base = call.func.value if isinstance(call.func, ast.Attribute) else call
    source, new = drafts.operand(base), ""
    labels = [label for label in columns.names(frame)[:50] if type(label) is str]
    days = [label for label in labels if columns.is_datetime(columns.column(frame, label))]
    texts = [label for label in labels if columns.is_dates(columns.column(frame, label))]
    for label in days:
        on = drafts.called(call, add=f"on={label!r}")
        new = new or on
        drafts.edit((call, on), certain=len(days) == 1)
    for label in texts:
        for made, sure in columns.to_datetime(pd, f"{source}[{label!r}]", columns.column(frame, label)):
            dated = f"{source}.set_index({made})"
            new = new or dated
            drafts.edit((base, dated), certain=len(texts) == 1 and not days and sure)
    return new


def resampling(evidence: Evidence) -> Iterator[Diagnosis]:
    """`resample` of a frame whose index is not of dates."""
    step = evidence.last
    if (
        not isinstance(evidence.error, TypeError)
        or step is None
        or "Only valid with DatetimeIndex" not in evidence.message
    ):
        return
    drafts, pd = Drafts(evidence, step), columns.alias(evidence, "pandas", "pd")
    for call in running_nodes(evidence, step):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "resample":
            continue
        base, new = call.func.value, ""
        frame, source = columns.live(step, base), drafts.operand(base)
        if columns.kind(frame) == "DataFrame":
            new = _on_column(drafts, call, frame, pd)
        elif isinstance(base, ast.Call) and ast.unparse(base.func).endswith(".set_index") and base.args:
            frame_ = base.func.value if isinstance(base.func, ast.Attribute) else base
            values = columns.column(columns.live(step, frame_), step.value(base.args[0]))
            for made, sure in columns.to_datetime(
                pd, f"{drafts.operand(frame_)}[{drafts.source(base.args[0])}]", values
            ):
                new = new or made
                drafts.edit((base.args[0], made), certain=sure)
        if not new:
            new = f"{source}.index = {pd}.to_datetime({source}.index)"
            drafts.edit(line_above=new)
        yield drafts.diagnosis(
            "resample-needs-dates",
            ("`resample` needs an index of dates.", "`resample` 需要日期索引。"),
            (f"Write `{new}`.", f"请写 `{new}`。"),
        )
        return
