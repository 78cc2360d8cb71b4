"""Columns of text where numbers are wanted: arithmetic, comparisons, means and conversions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_NOT_NUMBERS = re.compile(
    r"unsupported operand|can only concatenate str|can't multiply sequence|not supported between instances|"
    r"Cannot perform reduction|does not support operation|[Cc]ould not convert|agg function failed|"
    r"not supported for the input types|no callable|bad operand type for abs|did not contain a loop|"
    r"no numeric data to plot|cannot use method 'n|could not be promoted|must be a string or a real number"
)
_CONVERSION = re.compile(r"could not convert string to float|invalid literal for int|Unable to parse string")
_AGGREGATES = ("mean", "median", "std", "var", "sum", "corr", "cov", "quantile", "sem", "skew", "kurt", "prod", "diff")


def text_as_numbers(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df["age"] > 18` or `.mean()` where the column holds text."""
    step = evidence.last
    if not isinstance(evidence.error, (TypeError, ValueError)) or step is None:
        return
    if not _NOT_NUMBERS.search(evidence.message) or (
        _CONVERSION.search(evidence.message) and _converts(evidence, step)
    ):
        return
    drafts = Drafts(evidence, step)
    found = _text_columns(step, running_nodes(evidence, step))
    joined = _joined(drafts, found)
    if not found:
        return
    node, values, name = found[0]
    text = drafts.source(node) if name == "" else name
    numbers = [(item, columns.numbers(item[1], drafts.source(item[0]) if not item[2] else item[2])) for item in found]
    if not any(made for _, made in numbers):
        return
    single = len([made for _, made in numbers if made]) == 1 and not joined
    for (at, _, label), made in numbers:
        for expression, sure in made[:2]:
            whole = _everywhere(drafts, at) if not label else []
            # Converted in one place only, it would still be text in the others.
            again = not label and _used_again(drafts, at, whole)
            if again:
                drafts.edit(line_above=f"{drafts.source(at)} = {expression}")
            if not label:
                drafts.edit(*[(n, expression) for n in whole], certain=sure and single and not again)
            drafts.edit(
                line_above=f"{label or drafts.source(at)} = {expression}", certain=bool(label) and sure and single
            )
    changes = [(at, made[0][0]) for (at, _, label), made in numbers if made and not label]
    drafts.edit(*changes)
    hint = next(made for _, made in numbers if made)[0][0]
    sample = columns.samples(values)[0][:20]
    yield drafts.diagnosis(
        "text-column",
        (f"`{text}` holds text, such as '{sample}', not numbers.", f"`{text}` 里是文字（如 '{sample}'），不是数字。"),
        (f"Convert it first: `{hint}`.", f"先转换：`{hint}`。"),
    )


def _everywhere(drafts: Drafts, node: ast.expr) -> list[ast.expr]:
    """Every place in the failing expression where a column is used."""
    text = ast.unparse(node)
    places = [
        n for n in running_nodes(drafts.evidence, drafts.step) if isinstance(n, ast.expr) and ast.unparse(n) == text
    ]
    return places or [node]


def _used_again(drafts: Drafts, node: ast.expr, places: list[ast.expr]) -> bool:
    """Whether the cell uses a column also outside the failing expression."""
    text = ast.unparse(node)
    used = [n for n in ast.walk(drafts.step.tree) if isinstance(n, type(node)) and ast.unparse(n) == text]
    return any(n not in places for n in used)


def _converts(evidence: Evidence, step: Step) -> bool:
    return any(isinstance(n, ast.Attribute) and n.attr == "astype" for n in running_nodes(evidence, step))


def _text_columns(step: Step, inside: list[ast.AST]) -> list[tuple[ast.expr, Any, str]]:
    """The columns of text in an expression, also those that a grouping picks; those with the text to assign them."""
    found = [(node, values, "") for node, values in columns.columns_in(step, inside) if columns.is_text(values)]
    if found:
        return found
    for node in inside:
        frame = columns.live(step, node) if isinstance(node, ast.Name) else None
        if not isinstance(node, ast.Name) or columns.kind(frame) not in ("DataFrame", "DataFrameGroupBy"):
            continue
        if columns.kind(frame) == "DataFrameGroupBy":
            continue
        named = [n.value for n in inside if isinstance(n, ast.Constant) and n.value in columns.text_columns(frame)]
        grouped = _keys(inside)
        for label in dict.fromkeys(named):
            values = columns.column(frame, label)
            if label not in grouped and columns.numbers(values, ""):
                found.append((node, values, f"{node.id}[{label!r}]"))
    return found


def _keys(inside: list[ast.AST]) -> set[Any]:
    """The columns that are only grouped or sorted by."""
    calls = [n for n in inside if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    keyed = [
        c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr in ("groupby", "set_index", "resample")
    ]
    return {n.value for call in keyed for arg in call.args for n in ast.walk(arg) if isinstance(n, ast.Constant)}


def _joined(drafts: Drafts, found: list[tuple[ast.expr, Any, str]]) -> bool:
    """`df["name"] + df["n"]`: offer text for the numbers; whether that may have been meant."""
    top = drafts.step.node
    if not isinstance(top, ast.BinOp) or not isinstance(top.op, ast.Add):
        return False
    texts = [values for _, values, _ in found]
    constant = any(isinstance(n, ast.Constant) and type(n.value) is str for n in (top.left, top.right))
    for side in (top.left, top.right):
        if columns.is_number(columns.live(drafts.step, side)):
            plain = constant or any(not columns.numbers(values, "") for values in texts)
            drafts.edit((side, f"{drafts.operand(side)}.astype(str)"), certain=plain)
    return bool(drafts.rewrites)


def joined_text(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df["name"] + df["n"]` or `"n: " + df["n"]`: numbers put next to text."""
    step = evidence.last
    if not isinstance(evidence.error, TypeError) or step is None or not isinstance(step.node, ast.BinOp):
        return
    drafts = Drafts(evidence, step)
    found = [(n, v, "") for n, v in columns.columns_in(step, running_nodes(evidence, step)) if columns.is_text(v)]
    if any(columns.numbers(values, "") for _, values, _ in found) or not _joined(drafts, found):
        return
    side = step.node.right if columns.is_number(columns.live(step, step.node.right)) else step.node.left
    text = f"{drafts.operand(side)}.astype(str)"
    yield drafts.diagnosis(
        "text-and-number-columns",
        (
            f"`{drafts.source(side)}` holds numbers and cannot be joined to text.",
            f"`{drafts.source(side)}` 是数字，不能与文字相接。",
        ),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )


def mixed_frame(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.mean()`, `df.corr()` or `df.groupby("g").mean()` on a frame that has columns of text."""
    step = evidence.last
    if (
        not isinstance(evidence.error, (TypeError, ValueError))
        or step is None
        or not _NOT_NUMBERS.search(evidence.message)
    ):
        return
    for call in running_nodes(evidence, step):
        if (
            not isinstance(call, ast.Call)
            or not isinstance(call.func, ast.Attribute)
            or call.func.attr not in _AGGREGATES
        ):
            continue
        base, name = call.func.value, call.func.attr
        grouped = base if isinstance(base, ast.Call) and ast.unparse(base.func).endswith(".groupby") else None
        owner = grouped.func.value if grouped and isinstance(grouped.func, ast.Attribute) else base
        frame = columns.live(step, owner)
        if columns.kind(frame) != "DataFrame" or any(word.arg == "numeric_only" for word in call.keywords):
            continue
        keys = _keys([grouped]) if grouped else set()
        texts = [label for label in columns.text_columns(frame) if label not in keys]
        like_numbers = [label for label in texts if columns.numbers(columns.column(frame, label), "")]
        amounts = any(
            re.match(r"\s*[-+$€£¥]?\d", v) for label in texts for v in columns.samples(columns.column(frame, label))[:9]
        )
        drafts = Drafts(evidence, step)
        text = drafts.called(call, add="numeric_only=True") if name != "diff" else ""
        if text:
            drafts.edit((call, text), certain=not amounts)
        for label in like_numbers[:3]:
            for made, _ in columns.numbers(columns.column(frame, label), f"{drafts.source(owner)}[{label!r}]")[:1]:
                drafts.edit(
                    (call, text or drafts.source(call)), line_above=f"{drafts.source(owner)}[{label!r}] = {made}"
                )
        if texts:
            shown = ", ".join(map(repr, texts[:4]))
            yield drafts.diagnosis(
                "mixed-frame",
                (f"`{name}` needs numbers, but {shown} hold text.", f"`{name}` 需要数字，但 {shown} 是文字列。"),
                (f"Write `{text}`.", f"请写 `{text}`。"),
            )
        return
