"""Indices beyond the end, and values taken from what is empty."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import factor, is_call_of
from qwen_magic.diagnosis.running import suspects
from qwen_magic.diagnosis.wording import short
from qwen_magic.snapshot import Diagnosis


def index_out_of_range(evidence: Evidence) -> Iterator[Diagnosis]:
    """An index that a list, tuple or text does not have."""
    step = evidence.last
    if step is None or type(evidence.error) is not IndexError or "out of range" not in evidence.message:
        return
    node = step.node
    targets = node.targets if isinstance(node, ast.Assign) else []
    node = next((target for target in targets if isinstance(target, ast.Subscript)), node)
    if isinstance(node, ast.AugAssign):
        node = node.target
    if node is None or isinstance(node, ast.stmt):
        parts = (part for part in suspects(evidence, step) if isinstance(part, ast.Subscript))
        node = next((part for part in parts if _beyond(step.value(part.value), step.value(part.slice))), None)
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice):
        return
    value, index = step.value(node.value), step.value(node.slice)
    if type(value) not in (list, tuple, str) or type(index) is not int:
        yield from _of_parts(evidence, step, node, index)
        return
    text, inner = evidence.source(step, node.value), evidence.source(step, node.slice)
    size = len(value)
    cells = list(_candidates(evidence, step, node, size, index))
    last = f"{size - 1}"
    hint = (f"The last index of `{text}` is {last}.", f"`{text}` 的最后一个下标是 {last}。")
    if not size:
        hint = (f"Fill `{text}` first, or test `if {text}:`.", f"先给 `{text}` 添加元素，或判断 `if {text}:`。")
    shown = f"`{inner}`" if isinstance(node.slice, ast.Constant) else f"`{inner}` (= {index})"
    chinese = f"`{inner}`" if isinstance(node.slice, ast.Constant) else f"`{inner}`（= {index}）"
    item = "characters" if type(value) is str else "items"
    yield diagnosis(
        "index-out-of-range",
        (
            f"`{text}` has {size} {item} and no index {shown}."
            if size
            else f"`{text}` is empty, so it has no index {shown}.",
            f"`{text}` 有 {size} 项，没有下标 {chinese}。" if size else f"`{text}` 是空的，没有下标 {chinese}。",
        ),
        hint,
        cells,
        certain=is_call_of(node.slice, "len"),
    )


def _beyond(value: Any, index: Any) -> bool:
    plain = type(value) in (list, tuple, str) and type(index) is int
    return plain and not -len(value) <= index < len(value)


def _candidates(evidence: Evidence, step: Step, node: ast.Subscript, size: int, index: int) -> Iterator[str | None]:
    text, inner = evidence.source(step, node.value), evidence.source(step, node.slice)
    if is_call_of(node.slice, "len"):
        yield evidence.replaced(step, node.slice, "-1")
    yield from _appended(evidence, step, node, text, index)
    yield from _loop_bound(evidence, step, node, text, size, index)
    if isinstance(node.slice, ast.Name) and (function := next(step.around(node, ast.While), None)) is not None:
        yield _strict(evidence, step, function)
    if index == size and size and isinstance(node.slice, (ast.Name, ast.Constant)):
        yield evidence.replaced(
            step, node.slice, f"{index - 1}" if isinstance(node.slice, ast.Constant) else f"{inner} - 1"
        )
    if index >= size and size:
        yield evidence.replaced(step, node.slice, "-1")


def _appended(evidence: Evidence, step: Step, node: ast.Subscript, text: str, index: int) -> Iterator[str | None]:
    statement = step.statement
    if isinstance(statement, ast.Assign) and statement.targets[0] is node:
        yield evidence.replaced(step, statement, f"{text}.append({evidence.source(step, statement.value)})")
        made = binding(step, node.value) if isinstance(node.value, ast.Name) else None
        loop = next(step.around(node, ast.For), None)
        if (
            isinstance(made, ast.Assign)
            and isinstance(made.value, ast.List)
            and not made.value.elts
            and loop is not None
        ):
            if is_call_of(loop.iter, "range") and len(loop.iter.args) == 1:
                yield evidence.replaced(step, made.value, f"[0] * {factor(evidence.source(step, loop.iter.args[0]))}")
            yield evidence.replaced(step, made.value, "{}")


def _loop_bound(
    evidence: Evidence, step: Step, node: ast.Subscript, text: str, size: int, index: int
) -> Iterator[str | None]:
    """`range(len(xs) + 1)` and its kin, cut to what `xs` has."""
    for name in (part for part in ast.walk(node.slice) if isinstance(part, ast.Name)):
        made = binding(step, name)
        if not isinstance(made, (ast.For, ast.comprehension)) or not isinstance(made.iter, ast.Call):
            continue
        call = made.iter
        if not is_call_of(call, "range") or not call.args or not isinstance(step.value(name), int):
            continue
        stop = call.args[0] if len(call.args) == 1 else call.args[1]
        start = call.args[0] if len(call.args) > 1 else None
        ahead = index - step.value(name)
        sized = f"len({text})"
        bound = sized if not ahead else f"{sized} - {ahead}" if ahead > 0 else sized
        if ahead <= 0 and start is not None and isinstance(start, ast.Constant) and start.value == 1 and not ahead:
            yield evidence.replaced(step, call, f"range({sized})")
            yield evidence.replaced(step, node.slice, f"{evidence.source(step, node.slice)} - 1")
        yield evidence.replaced(step, stop, bound)
        if isinstance(stop, ast.BinOp) and isinstance(stop.op, ast.Add) and not ahead:
            yield evidence.replaced(step, stop, evidence.source(step, stop.left))
        if step.value(stop) is not MISSING and step.value(stop) != size and not ahead:
            continue
        if ahead > 0:
            yield evidence.replaced(step, stop, f"{evidence.source(step, stop)} - {ahead}")


def _strict(evidence: Evidence, step: Step, loop: ast.While) -> str | None:
    text = evidence.source(step, loop.test)
    strict = re.sub(r"<=(?=\s*(?:len\(|\w))", "<", text, count=1)
    return evidence.replaced(step, loop.test, strict) if strict != text else None


def _of_parts(evidence: Evidence, step: Step, node: ast.Subscript, index: Any) -> Iterator[Diagnosis]:
    """`line.split(",")[2]` of a line with fewer parts."""
    call = node.value
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("split", "findall"):
        text = step.value(call.func.value)
        if type(text) is str and type(index) is int:
            separator = [step.value(argument) for argument in call.args]
            known = (
                call.func.attr == "split"
                and not call.keywords
                and all(type(part) is str and part for part in separator)
            )
            parts = text.split(*separator) if known else None
            count = f"gives {len(parts)} parts" if parts is not None else "gives fewer parts"
            chinese = f"只得到 {len(parts)} 个部分" if parts is not None else "得到的部分不够"
            source = evidence.source(step, call)
            yield diagnosis(
                "index-out-of-range",
                (
                    f"`{source}` {count} for {short(text)}, so there is no index {index}.",
                    f"对 {short(text)} 执行 `{source}` {chinese}，没有下标 {index}。",
                ),
                ("Check the separator, or skip lines that have fewer parts.", "检查分隔符，或跳过部分不足的行。"),
                [*_separators(evidence, step, call, text, index), *_skipped(evidence, step, call, index)],
            )


def _separators(evidence: Evidence, step: Step, call: ast.Call, text: str, index: int) -> Iterator[str | None]:
    for separator in (",", "\t", ";", ":", "|", "，", "：", "-", "/", " "):
        if index < len(text.split(separator)):
            head = evidence.source(step, call.func)
            yield evidence.replaced(step, call, f"{head}({separator!r})")


def _skipped(evidence: Evidence, step: Step, call: ast.Call, index: int) -> Iterator[str | None]:
    for around in step.around(call):
        if (
            isinstance(around, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp))
            and not around.generators[-1].ifs
        ):
            given = around.generators[-1].iter
            yield evidence.replaced(
                step, given, f"{evidence.source(step, given)} if len({evidence.source(step, call)}) > {index}"
            )
            return
