"""Indices of the wrong kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.cells import importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import operand
from qwen_magic.diagnosis.wording import described
from qwen_magic.snapshot import Diagnosis


def assigned_subscript(evidence: Evidence) -> tuple[Step, ast.Subscript] | None:
    """The brackets that raised, read or written, and where."""
    step = evidence.last
    if step is None or type(evidence.error) is not TypeError:
        return None
    node = step.node
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return step, node.targets[0]
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
        return step, node.target
    return (step, node) if isinstance(node, ast.Subscript) else None


def wrong_index(evidence: Evidence) -> Iterator[Diagnosis]:
    """An index of the wrong kind: text or a float into a list, a key into a list of dicts, `m[0, 1]`."""
    found = assigned_subscript(evidence)
    if found is None or "ndices must be" not in evidence.message:
        return
    step, node = found
    value, index = step.value(node.value), step.value(node.slice)
    text, inner = evidence.source(step, node.value), evidence.source(step, node.slice)
    texts: list[str] = []
    certain = False
    cells: list[str | None] = []
    if isinstance(node.slice, ast.Slice):
        yield from _slice(evidence, step, node)
        return
    if type(index) is float:
        texts, cells, certain = _float_index(evidence, step, node)
    elif isinstance(node.slice, ast.Tuple):
        texts, certain = _tuple_index(evidence, step, text, node.slice.elts)
    elif type(index) is str or "not str" in evidence.message or "not 'str'" in evidence.message:
        texts, cells, certain = _text_index(evidence, step, node, value, index)
    elif type(index) in (list, dict) or "not list" in evidence.message:
        texts.append(f"[{text}[i] for i in {inner}]")
        cells += _loop_of_items(evidence, step, node)
    if isinstance(node.slice, ast.Name) and type(index) not in (float, tuple):
        cells[:0] = _loop_of_items(evidence, step, node)
    cells = [
        *(evidence.replaced(step, node, other) for other in texts[:1]),
        *cells,
        *(evidence.replaced(step, node, other) for other in texts[1:]),
    ]
    what = described(index) if index is not MISSING else (f"`{inner}`", f"`{inner}`")
    held = described(value) if value is not MISSING else (f"`{text}`", f"`{text}`")
    best = texts[0] if texts else "an integer"
    if any(cells):
        yield diagnosis(
            "wrong-index",
            (
                f"`{text}` is {held[0]}, and {what[0]} is no index of it.",
                f"`{text}` 是 {held[1]}，{what[1]} 不能作它的下标。",
            ),
            (f"Write `{best}`.", f"请写成 `{best}`。")
            if texts
            else (
                f"Use the item itself, or a number as index of `{text}`.",
                f"直接使用元素本身，或用整数作 `{text}` 的下标。",
            ),
            cells,
            certain=certain,
        )


def _float_index(evidence: Evidence, step: Step, node: ast.Subscript) -> tuple[list[str], list[str | None], bool]:
    """`xs[n / 2]` as `xs[n // 2]`."""
    text, index = evidence.source(step, node.value), node.slice
    texts = [f"{text}[int({evidence.source(step, index)})]"]
    halved = isinstance(index, ast.BinOp) and isinstance(index.op, ast.Div)
    if isinstance(index, ast.BinOp) and halved:
        left, right = (evidence.source(step, part) for part in (index.left, index.right))
        texts.insert(0, f"{text}[{left} // {right}]")
    return texts, _floor_divided(evidence, step, index), halved


def _tuple_index(evidence: Evidence, step: Step, text: str, parts: list[ast.expr]) -> tuple[list[str], bool]:
    """`m[0, 1]` as `m[0][1]`, `m[:, 1]` as a column."""
    if len(parts) == 2 and isinstance(parts[0], ast.Slice):
        return [f"[row[{evidence.source(step, parts[1])}] for row in {text}]"], False
    brackets = "".join(f"[{evidence.source(step, part)}]" for part in parts)
    return [f"{text}{brackets}"], not any(isinstance(part, ast.Slice) for part in parts)


def _floor_divided(evidence: Evidence, step: Step, index: ast.expr) -> list[str | None]:
    """`mid = n / 2` above, as `mid = n // 2`."""
    names = [node for node in ast.walk(index) if isinstance(node, ast.Name) and type(step.value(node)) is float]
    cells: list[str | None] = []
    for name in names:
        made = binding(step, name)
        value = made.value if isinstance(made, ast.Assign) else None
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
            left, right = evidence.source(step, value.left), evidence.source(step, value.right)
            left = f"({left})" if isinstance(value.left, ast.BinOp) and not _bracketed(evidence, step, value) else left
            cells.append(evidence.replaced(step, value, f"{left} // {right}"))
    return cells


def _bracketed(evidence: Evidence, step: Step, value: ast.BinOp) -> bool:
    return not isinstance(value.left, ast.BinOp) or evidence.source(step, value).startswith(
        evidence.source(step, value.left)
    )


def _slice(evidence: Evidence, step: Step, node: ast.Subscript) -> Iterator[Diagnosis]:
    assert isinstance(node.slice, ast.Slice)  # noqa: S101  # its caller has looked
    for part in (node.slice.lower, node.slice.upper, node.slice.step):
        if part is None or type(step.value(part)) not in (float, str):
            continue
        text = evidence.source(step, part)
        best = f"int({text})"
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
            best = f"{evidence.source(step, part.left)} // {evidence.source(step, part.right)}"
        yield diagnosis(
            "wrong-index",
            (
                f"`{text}` is {described(step.value(part))[0]}; a slice takes integers.",
                f"`{text}` 是 {described(step.value(part))[1]}，切片只接受整数。",
            ),
            (f"Write `{best}`.", f"请写成 `{best}`。"),
            [evidence.replaced(step, part, best), *_floor_divided(evidence, step, part)],
            certain=best != f"int({text})",
        )
        return


def _text_index(
    evidence: Evidence, step: Step, node: ast.Subscript, value: Any, index: Any
) -> tuple[list[str], list[str | None], bool]:
    text, inner = evidence.source(step, node.value), evidence.source(step, node.slice)
    if type(index) is str and index.lstrip("-").isdigit():
        return [f"{text}[{index}]" if isinstance(node.slice, ast.Constant) else f"{text}[int({inner})]"], [], False
    if type(value) in (list, tuple) and value and type(value[0]) is dict and index in value[0]:
        several = [f"[item[{inner}] for item in {text}]", f"{text}[0][{inner}]"]
        return several[::-1] if len(value) == 1 else several, [], False
    if type(value) is str and value.lstrip().startswith(("{", "[")):
        parsed = evidence.replaced(step, node, f"json.loads({text})[{inner}]")
        return [], [importing(evidence, parsed, "import json")], False
    cells: list[str | None] = []
    if type(value) is str and isinstance(node.value, ast.Name):
        made = binding(step, node.value)
        if isinstance(made, (ast.For, ast.comprehension)) and type(around := step.value(made.iter)) is dict:
            source = operand(evidence.source(step, made.iter))
            keyed = f"{source}[{text}][{inner}]"
            cells.append(evidence.replaced(step, made.iter, f"{source}.values()"))
            return [], [*cells, evidence.replaced(step, node, keyed)], False
        if isinstance(made, (ast.For, ast.comprehension)) and type(around) is str:
            parsed = evidence.replaced(step, made.iter, f"json.loads({evidence.source(step, made.iter)})")
            cells.append(importing(evidence, parsed, "import json"))
    return [], cells, False


def _loop_of_items(evidence: Evidence, step: Step, node: ast.Subscript) -> list[str | None]:
    """`for x in xs: xs[x]`: x is the item already, or `range(len(xs))` was meant."""
    if not isinstance(node.slice, ast.Name):
        return []
    made = binding(step, node.slice)
    text = evidence.source(step, node.value)
    if not isinstance(made, (ast.For, ast.comprehension)) or not isinstance(made.target, ast.Name):
        return []
    source = evidence.source(step, made.iter)
    same = source == text
    item = evidence.replaced(step, node, node.slice.id) if same else None
    return [item, evidence.replaced(step, made.iter, f"range(len({source}))")]
