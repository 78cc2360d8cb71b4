"""`cut`, `qcut` and `rolling`: edges that are equal or in the wrong order, and windows that are no number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis


def edges(evidence: Evidence) -> Iterator[Diagnosis]:
    """`pd.qcut` of values that are often equal; `pd.cut(x, bins=[9, 4, 0])`; two labels of the same name."""
    step = evidence.last
    said = re.search(r"Bin edges must be unique|bins must increase|labels must be unique", evidence.message)
    if not isinstance(evidence.error, ValueError) or not said or step is None:
        return
    call = next((n for n in running_nodes(evidence, step) if is_call_of(n, "cut", "qcut")), None)
    if call is None:
        return
    drafts, named = Drafts(evidence, step), {word.arg: word.value for word in call.keywords}
    labels, text = named.get("labels"), ""
    if said[0].startswith("Bin edges"):
        text = drafts.called(call, add='duplicates="drop"')
        ranked = f'{drafts.operand(call.args[0])}.rank(method="first")' if call.args else ""
        if is_call_of(call, "qcut") and ranked:
            # With labels there must be as many groups as names.
            drafts.edit((call.args[0], ranked))
        with_labels = isinstance(labels, ast.List)
        if not with_labels:
            first = Drafts(evidence, step)
            first.edit((call, text))
            drafts.take(first)
        else:
            drafts.edit((call, text))
        cause = ("Many values are equal, so some groups have no width.", "很多值相等，有些分组没有宽度。")
    elif said[0].startswith("labels"):
        text = drafts.called(call, add="ordered=False")
        drafts.edit((call, text), certain=True)
        cause = ("Two groups have the same label.", "两个分组的标签相同。")
    else:
        bins = named.get("bins") or (call.args[1] if len(call.args) > 1 else None)
        if not isinstance(bins, ast.List):
            return
        values = [step.value(part) for part in bins.elts]
        if MISSING in values or sorted(values, reverse=True) != values:
            return
        changes: list[tuple[ast.AST, str]] = [(bins, _turned(drafts, bins))]
        changes += [(labels, _turned(drafts, labels))] if isinstance(labels, ast.List) else []
        drafts.edit(*changes, certain=len(set(values)) == len(values))
        cause = ("The edges go down, not up.", "分组边界是递减的，应当递增。")
    yield drafts.diagnosis("edges", cause, ("Write it as in the suggestion.", "请照建议改写。"))


def _turned(drafts: Drafts, node: ast.List) -> str:
    return f"[{', '.join(drafts.source(part) for part in reversed(node.elts))}]"


def window(evidence: Evidence) -> Iterator[Diagnosis]:
    """`rolling("7D")` of rows without dates, `rolling("3")`, `rolling(n / 2)`; `df.rolling(2).mean()` with text."""
    step = evidence.last
    number = "window must be an integer" in evidence.message
    text = "Cannot aggregate non-numeric type" in evidence.message
    if step is None or not (number or text):
        return
    calls = [n for n in running_nodes(evidence, step) if isinstance(n, ast.Call)]
    call = next((n for n in calls if is_call_of(n, "rolling") and isinstance(n.func, ast.Attribute)), None)
    drafts = Drafts(evidence, step)
    if text and calls and isinstance(calls[0].func, ast.Attribute):
        drafts.edit((calls[0], drafts.called(calls[0], add="numeric_only=True")))
    elif call is not None:
        named = {word.arg: word.value for word in call.keywords}
        given = named.get("window") or (call.args[0] if call.args else None)
        if given is not None:
            _number(drafts, call, given)
    if drafts.rewrites:
        yield drafts.diagnosis(
            "window",
            ("The window must be a number of rows.", "窗口必须是行数。")
            if number
            else ("A column holds text.", "有一列是文本。"),
            ("Write it as in the suggestion.", "请照建议改写。"),
        )


def _number(drafts: Drafts, call: ast.Call, given: ast.expr) -> None:
    value: Any = drafts.step.value(given)
    source = drafts.source(given)
    if type(value) is str and value.strip().isdigit():
        drafts.edit((given, value.strip() if isinstance(given, ast.Constant) else f"int({source})"), certain=True)
    elif type(value) is float and value.is_integer():
        drafts.edit((given, str(int(value)) if isinstance(given, ast.Constant) else f"int({source})"), certain=True)
    elif type(value) is str and isinstance(call.func, ast.Attribute):
        base = call.func.value
        frame: Any = columns.live(drafts.step, base.value) if isinstance(base, ast.Subscript) else MISSING
        if columns.kind(frame) != "DataFrame" or not isinstance(base, ast.Subscript):
            return
        dates = [name for name in columns.names(frame) if type(name) is str and columns.is_datetime(frame[name])]
        for name in dates[:3]:
            rolled = drafts.called(call, add=f'on="{name}"', function=f"{drafts.operand(base.value)}.rolling")
            drafts.edit((call, f"{rolled}[{drafts.source(base.slice)}]"))
