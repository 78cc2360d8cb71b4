"""`astype` and `to_numeric` of columns whose values are not written like numbers, or missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_CONVERSION = re.compile(r"could not convert string to float|invalid literal for int|Unable to parse string")


def failed_conversion(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df["price"].astype(float)` where values are '1,200' or 'N/A'."""
    step = evidence.last
    if not isinstance(evidence.error, ValueError) or step is None or not _CONVERSION.search(evidence.message):
        return
    drafts = Drafts(evidence, step)
    for call in running_nodes(evidence, step):
        if not isinstance(call, ast.Call):
            continue
        method = isinstance(call.func, ast.Attribute) and call.func.attr == "astype"
        if not method and not ast.unparse(call.func).endswith("to_numeric"):
            continue
        node = call.func.value if method and isinstance(call.func, ast.Attribute) else call.args[0]
        values, text = columns.live(step, node), drafts.operand(node)
        bad = re.search(r"'(.*?)'|\"(.*?)\"", evidence.message)
        shown = (bad[1] or bad[2] or "") if bad else ""
        made = columns.numbers(values, text) if columns.kind(values) == "Series" else []
        into = drafts.source(call.args[0]) if method and call.args else ""
        if into in ("float", "int", '"float"', "'float'", '"float64"', '"Int64"'):
            # What was asked for, not what the values suggest.
            made = [(re.sub(r"astype\((int|float)\)$", f"astype({into})", way), sure) for way, sure in made]
        if _replaces(node) and isinstance(node, ast.Call):
            drafts.edit(
                (node, drafts.called(node, function=drafts.operand(node.func)[: -len("replace")] + "str.replace")),
                certain=_cleans(node, shown),
            )
        for expression, _ in made:
            drafts.edit((call, expression), certain=False)
        if "int" in ast.unparse(call) and re.fullmatch(r"\s*-?\d+\.\d*\s*", shown):
            drafts.edit((call, f"{text}.astype(float).astype(int)"))
        pd = columns.alias(evidence, "pandas", "pd")
        coerced = f'{pd}.to_numeric({drafts.source(node)}, errors="coerce")'
        if not made:
            drafts.edit((call, coerced))
            drafts.edit((call, f'{coerced}.astype("Int64")'))
        hint = made[0][0] if made else coerced
        yield drafts.diagnosis(
            "not-a-number-text",
            (f"The value '{shown}' is not written like a number.", f"值 '{shown}' 的写法不是数字。"),
            (f"Write `{hint}`.", f"请写 `{hint}`。"),
        )
        return


def _cleans(node: ast.Call, shown: str) -> bool:
    """Whether what it replaces is what is wrong with the value."""
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and type(first.value) is str and first.value in shown and first.value != ""


def _replaces(node: ast.expr) -> bool:
    """`s.replace(",", "")` replaces whole values; `.str.replace` is meant."""
    func = node.func if isinstance(node, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr == "replace" and not ast.unparse(func).endswith(".str.replace")


def _column_of(drafts: Drafts, call: ast.Call) -> tuple[ast.expr, Any] | None:
    """The frame and the label of `df["n"] = df["n"].astype(int)`."""
    statement, base = drafts.step.statement, call.func.value if isinstance(call.func, ast.Attribute) else call
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(target, ast.Subscript) or not isinstance(base, ast.Subscript):
        return None
    same = ast.unparse(target.value) == ast.unparse(base.value) and isinstance(base.slice, ast.Constant)
    return (base.value, base.slice) if same else None


def _rows_without(drafts: Drafts, call: ast.Call) -> bool:
    """Leave out the rows where the number is missing, before or in a `dropna` of another column: if there is one."""
    if (found := _column_of(drafts, call)) is None:
        return False
    frame, label = drafts.source(found[0]), drafts.source(found[1])
    for other in ast.walk(drafts.step.tree):
        func = other.func if isinstance(other, ast.Call) else None
        if not isinstance(func, ast.Attribute) or func.attr != "dropna" or ast.unparse(func.value) != frame:
            continue
        for word in other.keywords if isinstance(other, ast.Call) else ():
            if word.arg == "subset" and isinstance(word.value, (ast.List, ast.Constant)):
                drafts.edit((word.value, f"[{label}]"))
    leaves_out = bool(drafts.rewrites)
    drafts.edit(line_above=f"{frame} = {frame}.dropna(subset=[{label}])")
    return leaves_out


def missing_as_int(evidence: Evidence) -> Iterator[Diagnosis]:
    """`.astype(int)` of a column with NaN."""
    step = evidence.last
    if (
        not isinstance(evidence.error, ValueError)
        or step is None
        or "Cannot convert non-finite" not in evidence.message
    ):
        return
    drafts = Drafts(evidence, step)
    for call in running_nodes(evidence, step):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "astype":
            text = drafts.operand(call.func.value)
            whole = all(value == int(value) for value in columns.samples(columns.live(step, call.func.value)))
            leaves_out = _rows_without(drafts, call)
            drafts.edit((call, f'{text}.astype("Int64")' if whole else f'{text}.round().astype("Int64")'))
            if not leaves_out:
                drafts.edit((call, f"{text}.fillna(0).astype(int)"))
            if not _column_of(drafts, call):
                drafts.edit((call, f"{text}.dropna().astype(int)"))
            yield drafts.diagnosis(
                "missing-as-int",
                (f"`{text}` has missing values, and int has no NaN.", f"`{text}` 有缺失值，而 int 没有 NaN。"),
                (f'Write `{text}.astype("Int64")`.', f'请写 `{text}.astype("Int64")`。'),
            )
            return
