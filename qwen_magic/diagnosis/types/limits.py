"""Values outside of what a function can take: roots of negative numbers, days that no month has, broken patterns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.cells import changed, importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis


def out_of_domain(evidence: Evidence) -> Iterator[Diagnosis]:
    """`math.sqrt(-4)`, `math.log(0)`, `math.exp(1000)`."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or not call.args:
        return
    if not re.search(r"math (?:domain|range) error|expected a (?:nonnegative|positive) input", evidence.message):
        return
    text, source = evidence.source(step, call.args[0]), evidence.source(step, call)
    cells: list[str | None] = []
    hint = (f"Look at `{text}` before the call.", f"调用之前先检查 `{text}`。")
    if is_call_of(call, "sqrt"):
        made = binding(step, call.args[0]) if isinstance(call.args[0], ast.Name) else None
        if isinstance(made, ast.comprehension) and not made.ifs:
            cells.append(evidence.replaced(step, made.iter, f"{evidence.source(step, made.iter)} if {text} >= 0"))
        cells.append(importing(evidence, evidence.replaced(step, call, f"cmath.sqrt({text})"), "import cmath"))
        cells.append(evidence.replaced(step, call.args[0], f"abs({text})"))
        hint = ("Only numbers from 0 up have a real root; `cmath.sqrt` gives the complex one.",
                "只有不小于 0 的数才有实数平方根；`cmath.sqrt` 给出复数根。")  # fmt: skip
    elif is_call_of(call, "log", "log2", "log10") and step.value(call.args[0]) == 0:
        function = evidence.source(step, call.func)
        made = binding(step, call.args[0]) if isinstance(call.args[0], ast.Name) else None
        if isinstance(made, ast.comprehension) and not made.ifs:
            cells.append(evidence.replaced(step, made.iter, f"{evidence.source(step, made.iter)} if {text} > 0"))
        if function.endswith("log") and len(call.args) == 1:
            cells.append(evidence.replaced(step, call, f"{function}1p({text})"))
        cells.append(evidence.replaced(step, call, f"({source} if {text} > 0 else 0)"))
        hint = (f"0 has no logarithm: take only `{text} > 0`.", f"0 没有对数：只取 `{text} > 0` 的值。")
    given = step.value(call.args[0])
    value = repr(given) if type(given) in (int, float) else text
    function = evidence.source(step, call.func)
    yield diagnosis(
        "out-of-domain",
        (f"`{function}` has no result for {value}.", f"`{function}` 对 {value} 没有结果。"),
        hint,
        cells,
    )


def no_such_day(evidence: Evidence) -> Iterator[Diagnosis]:
    """`date(2023, 2, 29)`, `day.replace(month=2)`, `date(2024, 13, 1)`."""
    step = evidence.last
    call = step.node if step else None
    said = re.search(r"day is out of range for month|month must be in 1\.\.12|day must be in 1\.\.", evidence.message)
    if step is None or said is None or not isinstance(call, ast.Call):
        return
    cells: list[str | None] = []
    names = ("year", "month", "day")
    given = dict(zip(names, call.args, strict=False)) | {word.arg: word.value for word in call.keywords if word.arg}
    values = {name: step.value(given[name]) for name in names if name in given}
    year, month, day = (values.get(name) for name in names)
    if is_call_of(call, "date", "datetime") and all(type(value) is int for value in (year, month, day)):
        assert isinstance(year, int) and isinstance(month, int) and isinstance(day, int)  # noqa: S101, PT018  # for mypy
        if "month" in said[0] and month > 12:
            cells.append(_next_year(evidence, step, call, given))
        if "month" in said[0] and month > 12 >= day > 0 and not isinstance(given["month"], ast.BinOp):
            swapped = {"month": evidence.source(step, given["day"]), "day": evidence.source(step, given["month"])}
            parts = [swapped.get(name, evidence.source(step, given[name])) for name in names]
            if not call.keywords and len(call.args) == 3:
                cells.append(evidence.replaced(step, call, f"{evidence.source(step, call.func)}({', '.join(parts)})"))
        elif day > 28 and 1 <= month <= 12:
            last = (
                f"calendar.monthrange({evidence.source(step, given['year'])}, {evidence.source(step, given['month'])})"
            )
            whole = evidence.source(step, given["day"])
            cells.append(
                importing(
                    evidence, evidence.replaced(step, given["day"], f"min({whole}, {last}[1])"), "import calendar"
                )
            )
    elif is_call_of(call, "replace") and "month" in given and "month must be" in said[0]:
        cells.append(_next_year(evidence, step, call, given))
    yield diagnosis(
        "no-such-day",
        ("That month does not have this day." if "day" in said[0] else "Months go from 1 to 12.",
         "这个月没有这一天。" if "day" in said[0] else "月份只能是 1 到 12。"),
        ("Take the last day that the month has: `calendar.monthrange(year, month)[1]`.",
         "取该月的最后一天：`calendar.monthrange(year, month)[1]`。"),
        cells,
    )  # fmt: skip


def _next_year(evidence: Evidence, step: Step, call: ast.Call, given: dict[str, ast.expr]) -> str | None:
    """The month after December in the next year: `date(y, m + 1, 1)`, `day.replace(month=day.month + 1)`."""
    match given["month"]:
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=1)):
            month = evidence.source(step, left)
        case _:
            return None
    if "year" in given:
        year = f"{evidence.source(step, given['year'])} + {month} // 12"
        changes = [(given["year"], year), (given["month"], f"{month} % 12 + 1")]
    elif month.endswith(".month"):
        changes = [(given["month"], f"{month} % 12 + 1, year={month.removesuffix('.month')}.year + {month} // 12")]
    else:
        return None
    return changed(evidence, step, changes)


def wrong_pattern(evidence: Evidence) -> Iterator[Diagnosis]:
    """`re.findall("(", text)`, `re.split("*", text)`: signs of a pattern that are meant as they are."""
    step = evidence.last
    call = step.node if step else None
    if step is None or type(evidence.error) is not re.error or not isinstance(call, ast.Call) or not call.args:
        return
    pattern, node = step.value(call.args[0]), call.args[0]
    if type(pattern) is not str:
        return
    text = evidence.source(step, node)
    escaped = re.escape(pattern).replace("\\ ", " ")
    single = isinstance(node, ast.Constant)
    # Who writes classes, groups or escapes means a pattern: as plain text it would match nothing.
    meant = re.search(r"\\[\w.]|\(\?|\[[^\]]+\]|[\])}.][*+?]|\w[*+?]\w|\.\*", pattern)
    texts = [f'r"{escaped}"'] if single and '"' not in escaped else [f"re.escape({text})"]
    texts = [] if meant else texts
    if single and re.search(r"unterminated|missing \), unterm|unbalanced", evidence.message):
        fixed = {"missing )": f"{pattern})", "unterminated character set": f"{pattern}]"}
        kept = next((new for start, new in fixed.items() if evidence.message.startswith(start)), "")
        # A lone bracket in plain words is meant as it stands.
        kept = kept if re.search(r"[\\[+*|^$]|\.[*+?]", pattern) else ""
        if kept and not kept.endswith("()") and len(pattern) > 3 and '"' not in kept and _compiles(kept):
            texts.insert(0, f'r"{kept}"')
    best = texts[0] if texts else ""
    yield diagnosis(
        "wrong-pattern",
        (f"{text} is no pattern: {evidence.message}.", f"{text} 不是正确的正则表达式：{evidence.message}。"),
        (f"Write `{best}`.", f"写成 `{best}`。")
        if texts
        else ("Put a backslash before signs that are meant as they are.", "原样匹配的符号前要加反斜杠。"),
        [evidence.replaced(step, node, new) for new in texts],
        certain=len(pattern) <= 2 and len(texts) == 1,
    )


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
