"""Conditions on columns that are put together or turned around in the wrong way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.diagnosis.tables.conditions import bracketed
from qwen_magic.snapshot import Diagnosis

_BITWISE_FAILED = re.compile(
    r"Cannot perform 'r?(?:and|or|xor)_'|unsupported operand type\(s\) for [&|^]:|ufunc 'bitwise_|unhashable"
    r"|operation 'r?(?:and|or|xor)_' not supported"
)


def missing_brackets(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df["a"] == 1 & df["b"] == 2`: `&` binds tighter than `==`."""
    step = evidence.last
    if not isinstance(evidence.error, TypeError) or step is None or not _BITWISE_FAILED.search(evidence.message):
        return
    node: ast.AST | None = step.node
    while isinstance(node, ast.BinOp):
        node = step.parents.get(node)
    if not isinstance(node, ast.Compare) or not isinstance(step.node, ast.BinOp):
        return
    drafts = Drafts(evidence, step)
    text = bracketed(drafts, node)
    if text:
        drafts.edit((node, text), certain=True)
        yield drafts.diagnosis(
            "missing-brackets",
            ("`&` and `|` bind tighter than a comparison.", "`&` 和 `|` 比比较运算先结合。"),
            (f"Put each comparison in parentheses: `{text}`.", f"每个比较都要加括号：`{text}`。"),
        )


def inverted_objects(evidence: Evidence) -> Iterator[Diagnosis]:
    """`~mask` or `df[mask]` where the mask has missing values or is text."""
    step = evidence.last
    if step is None:
        return
    inverts = [n for n in running_nodes(evidence, step) if isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.Invert)]
    drafts = Drafts(evidence, step)
    if isinstance(evidence.error, TypeError) and "bad operand type for unary ~" in evidence.message and inverts:
        operand = drafts.operand(inverts[0].operand)
        if "'float'" in evidence.message or "'NoneType'" in evidence.message:
            drafts.edit((inverts[0], f"~{operand}.fillna(False).astype(bool)"))
        elif "'str'" in evidence.message:
            drafts.edit((inverts[0], f"{operand}.isna()"))
            drafts.edit((inverts[0], f'{operand} == ""'))
        yield drafts.diagnosis(
            "mask-not-boolean",
            (f"`{operand}` is not a column of True and False.", f"`{operand}` 不是只含 True 和 False 的列。"),
            (f"Write `~{operand}.fillna(False).astype(bool)`.", f"请写 `~{operand}.fillna(False).astype(bool)`。"),
        )
    elif (
        isinstance(evidence.error, ValueError)
        and "Cannot mask with non-boolean array containing NA" in evidence.message
    ):
        yield from _mask_with_gaps(evidence, drafts)


def _mask_with_gaps(evidence: Evidence, drafts: Drafts) -> Iterator[Diagnosis]:
    tests = ("contains", "startswith", "endswith", "match", "fullmatch")
    for node in running_nodes(evidence, drafts.step):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in tests:
            text = drafts.called(node, add="na=False")
            drafts.edit((node, text), certain=True)
            cause = (f"`.{node.func.attr}` gives NaN for missing values.", f"`.{node.func.attr}` 对缺失值返回 NaN。")
            yield drafts.diagnosis("mask-with-gaps", cause, (f"Write `{text}`.", f"请写 `{text}`。"))
            return
    for node in running_nodes(evidence, drafts.step):
        if isinstance(node, ast.Subscript) and columns.kind(columns.live(drafts.step, node.slice)) == "Series":
            text = f"{drafts.operand(node.slice)}.fillna(False).astype(bool)"
            drafts.edit((node.slice, text))
            drafts.edit((node.slice, f"{drafts.operand(node.slice)} == True"))
            cause = ("The mask has missing values.", "掩码中有缺失值。")
            yield drafts.diagnosis("mask-with-gaps", cause, (f"Write `{text}`.", f"请写 `{text}`。"))
            return


def unaligned_mask(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df[other["w"] > 1]`: a mask of another frame."""
    step = evidence.last
    if step is None or not isinstance(step.node, ast.Subscript) or "Unalignable boolean Series" not in evidence.message:
        return
    drafts = Drafts(evidence, step)
    node = step.node
    base = node.value.value if isinstance(node.value, ast.Attribute) and node.value.attr == "loc" else node.value
    frame = columns.live(step, base)
    mine = columns.names(frame) if columns.kind(frame) == "DataFrame" else []
    for inner in ast.walk(node.slice):
        if (
            isinstance(inner, ast.Name)
            and columns.kind(step.value(inner)) == "DataFrame"
            and inner.id != ast.unparse(base)
        ):
            used = step.parents.get(inner)
            label = step.value(used.slice) if isinstance(used, ast.Subscript) else getattr(used, "attr", None)
            if label in mine:
                drafts.edit((inner, drafts.source(base)))
    drafts.edit((node.slice, f"{drafts.operand(node.slice)}.values"))
    yield drafts.diagnosis(
        "unaligned-mask",
        ("The mask has another index than what it filters.", "掩码的索引与被筛选对象的索引不一致。"),
        (f"Build the condition from `{ast.unparse(base)}` itself.", f"请用 `{ast.unparse(base)}` 自己的列来写条件。"),
    )
