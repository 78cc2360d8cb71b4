"""Texts and tuples, whose items cannot be changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.types.subscripts import assigned_subscript
from qwen_magic.diagnosis.wording import described
from qwen_magic.snapshot import Diagnosis


def no_item_assignment(evidence: Evidence) -> Iterator[Diagnosis]:
    """`text[0] = "x"`, `pair[1] = 2`: texts and tuples do not change."""
    found = assigned_subscript(evidence)
    if found is None or "item assignment" not in evidence.message or not isinstance(found[0].statement, ast.Assign):
        return
    step, node = found
    statement = found[0].statement
    value, index = step.value(node.value), step.value(node.slice)
    text, inner = evidence.source(step, node.value), evidence.source(step, node.slice)
    new = evidence.source(step, statement.value)
    cells: list[str | None] = []
    made = binding(step, node.value) if isinstance(node.value, ast.Name) else None
    if type(value) is str:
        tail = f"{text}[{inner} + 1:]" if not isinstance(node.slice, ast.Constant) else f"{text}[{int(index) + 1}:]"
        best = f"{text} = {text}[:{inner}] + {new} + {tail}"
        cells.append(evidence.replaced(step, statement, best))
    elif type(value) is tuple:
        best = f"{text} = list({text})"
        listed = None
        if isinstance(made, ast.Assign) and isinstance(made.value, ast.Tuple):
            source = evidence.source(step, made.value)
            listed = evidence.replaced(step, made.value, f"[{source.removeprefix('(').removesuffix(')')}]")
        cells += [
            listed,
            evidence.replaced(step, statement, f"{best}\n{' ' * statement.col_offset}{text}[{inner}] = {new}"),
        ]
    elif type(value) in (range, set, map, filter, zip):
        best = f"list({text})"
        if isinstance(made, ast.Assign):
            cells.append(evidence.replaced(step, made.value, f"list({evidence.source(step, made.value)})"))
    else:
        return
    what = described(value)
    yield diagnosis(
        "item-assignment",
        (f"`{text}` is {what[0]}, and its items cannot be changed.", f"`{text}` 是 {what[1]}，不能修改其中的元素。"),
        (f"Write `{best}`.", f"请写成 `{best}`。"),
        cells,
    )
