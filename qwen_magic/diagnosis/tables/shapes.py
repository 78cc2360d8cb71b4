"""Shapes and lengths that do not fit together."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from math import isqrt, prod
from types import ModuleType
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

Shape = tuple[int, ...]


def _shapes(text: str) -> list[Shape]:
    return [tuple(int(n) for n in re.findall(r"\d+", part)) for part in re.findall(r"\(([\d, ]*)\)", text)]


def broadcasting(evidence: Evidence) -> Iterator[Diagnosis]:
    """`a + b` of shapes that do not broadcast."""
    step = evidence.last
    found = re.search(r"operands could not be broadcast together with shapes ((?:\([\d,]*\) ?)+)", evidence.message)
    if not isinstance(evidence.error, ValueError) or not found or step is None:
        return
    shapes, drafts = _shapes(found[1]), Drafts(evidence, step)
    if len(shapes) < 2 or not isinstance(node := step.node, (ast.BinOp, ast.Call)):
        return
    if isinstance(node, ast.Call) and len(node.args) < 2:
        return
    left, right = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.args[0], node.args[1])
    (a, b), new = (shapes[0], shapes[1]), ""
    # A vector as long as the other has rows is meant as a column.
    if len(a) == 2 and len(b) == 1 and a[0] == b[0]:
        new = f"{drafts.operand(right)}[:, None]"
        drafts.edit((right, new))
    elif len(b) == 2 and len(a) == 1 and a[0] == b[0]:
        new = f"{drafts.operand(left)}[:, None]"
        drafts.edit((left, new))
    elif len(a) == len(b) == 2 and a == b[::-1]:
        new = f"{drafts.operand(right)}.T"
        drafts.edit((right, new))
        drafts.edit((left, f"{drafts.operand(left)}.T"))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and len(a) == 2 and a[1] == b[0]:
        new = f"{drafts.source(left)} @ {drafts.source(right)}"
        drafts.edit((node, new))
    if len(a) == len(b) == 1:
        short = min(a[0], b[0])
        drafts.edit((left if a[0] > short else right, f"{drafts.operand(left if a[0] > short else right)}[:{short}]"))
        drafts.edit((node, f"{drafts.operand(left)}[:, None] {_symbol(node)} {drafts.source(right)}"))
        new = f"{drafts.operand(left if a[0] > short else right)}[:{short}]"
    one, two = drafts.source(left), drafts.source(right)
    yield drafts.diagnosis(
        "broadcast",
        (f"`{one}` has shape {a} and `{two}` has shape {b}.", f"`{one}` 的形状是 {a}，`{two}` 的形状是 {b}。"),
        (f"Write `{new}`.", f"请写 `{new}`。") if new else ("Make the shapes equal.", "让两者形状一致。"),
    )


def _symbol(node: ast.AST) -> str:
    op = node.op if isinstance(node, ast.BinOp) else ast.Add()
    return ast.unparse(ast.BinOp(ast.Name("a"), op, ast.Name("b")))[2:-2]


def products(evidence: Evidence) -> Iterator[Diagnosis]:
    """`a @ b` and `np.dot(a, b)` whose inner sizes differ."""
    step = evidence.last
    said = evidence.message
    if (
        not isinstance(evidence.error, ValueError)
        or step is None
        or ("matmul" not in said and "not aligned" not in said)
    ):
        return
    node = step.node
    if not isinstance(node, ast.expr) or (factors := _factors(node)) is None:
        return
    left, right = factors
    drafts = Drafts(evidence, step)
    a, b = (_shape(columns.live(step, side)) for side in (left, right))
    found = _shapes(said) if "not aligned" in said else []
    a, b = (found[0], found[1]) if len(found) > 1 else (a, b)
    one, two = drafts.operand(left), drafts.operand(right)
    ways = []
    if a and b:
        if len(b) == 2 and a[-1] == b[1]:
            ways.append((right, _turned(drafts, right)))
        if len(a) == 2 and a[0] == b[0]:
            ways.append((left, _turned(drafts, left)))
        if len(a) == 1 and len(b) == 2 and a[0] == b[1]:
            ways.append((node, f"{two} @ {one}"))
    for at, text in ways:
        drafts.edit((at, text))
    if a and b and len(b) == 2 and len(a) == 2 and b[1] == a[0]:
        drafts.edit((left, two), (right, one))
    if a == b and a:
        drafts.edit((node, f"{one} * {two}"))
    hint = ways[0][1] if ways else f"{one} * {two}"
    yield drafts.diagnosis(
        "matrix-product",
        (
            f"`{one}` {a or ''} and `{two}` {b or ''} have different inner sizes.",
            f"`{one}` {a or ''} 与 `{two}` {b or ''} 的内维不同。",
        ),
        (f"Write `{hint}`.", f"请写 `{hint}`。"),
    )


def _turned(drafts: Drafts, node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return drafts.operand(node.value)
    return f"{drafts.operand(node)}.T"


def _factors(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(node, ast.BinOp):
        return node.left, node.right
    if not isinstance(node, ast.Call) or not node.args:
        return None
    if len(node.args) == 1 and isinstance(node.func, ast.Attribute):
        return node.func.value, node.args[0]
    return node.args[0], node.args[1]


def _shape(value: Any) -> Shape:
    return tuple(value.shape) if columns.kind(value) in ("ndarray", "DataFrame", "Series") else ()


def reshaping(evidence: Evidence) -> Iterator[Diagnosis]:
    """`reshape` into a shape of another size."""
    step = evidence.last
    found = re.search(r"cannot reshape array of size (\d+) into shape \(([\d,]*)\)", evidence.message)
    if not isinstance(evidence.error, ValueError) or not found or step is None or not isinstance(step.node, ast.Call):
        return
    call, size = step.node, int(found[1])
    wanted = [int(n) for n in re.findall(r"\d+", found[2])]
    drafts = Drafts(evidence, step)
    of_module = isinstance(call.func, ast.Attribute) and isinstance(step.value(call.func.value), ModuleType)
    sizes = call.args[1:] if of_module else list(call.args)
    parts = list(sizes[0].elts) if len(sizes) == 1 and isinstance(sizes[0], (ast.Tuple, ast.List)) else sizes
    for free, part in sorted(enumerate(parts), key=lambda pair: pair[0]):
        rest = prod(n for number, n in enumerate(wanted) if number != free)
        if len(wanted) == len(parts) and rest and size % rest == 0:
            drafts.edit((part, "-1"))
            drafts.edit((part, str(size // rest)))
    root = isqrt(size)
    if len(parts) == 2 and root * root == size:
        drafts.edit((parts[0], str(root)), (parts[1], str(root)))
    fits = [f"({n}, {size // n})" for n in range(2, min(size, 13)) if size % n == 0 and n != size]
    hint = ", ".join(fits[:4]) or f"({size},)"
    yield drafts.diagnosis(
        "reshape",
        (f"{size} elements do not fill the shape ({found[2]}).", f"{size} 个元素填不成形状 ({found[2]})。"),
        (f"Shapes that fit: {hint}; -1 stands for the rest.", f"可用的形状：{hint}；-1 表示其余的。"),
    )


def stacking(evidence: Evidence) -> Iterator[Diagnosis]:
    """`np.concatenate` of loose arrays, or along an axis that does not fit."""
    step = evidence.last
    said = evidence.message
    stacked = "all the input array" in said or "only integer scalar arrays can be converted" in said
    if not isinstance(evidence.error, (ValueError, TypeError)) or step is None or not stacked:
        return
    call = step.node
    if not isinstance(call, ast.Call) or not call.args:
        return
    name = ast.unparse(call.func).rsplit(".", 1)[-1]
    if name not in ("concatenate", "vstack", "hstack", "column_stack", "append", "stack"):
        return
    drafts, head = Drafts(evidence, step), ast.unparse(call.func)[: -len(name)]
    joined = ", ".join(drafts.source(arg) for arg in call.args)
    if "only integer scalar" in said and len(call.args) > 1 and name != "append":
        new = f"{head}{name}([{joined}])"
        drafts.edit((call, new), certain=True)
        cause = (f"`{name}` takes one list of arrays.", f"`{name}` 要一个由数组组成的列表。")
    else:
        found = re.search(r"along dimension (\d+), the array at index 0 has size (\d+).*has size (\d+)", said)
        others = {"0": ["concatenate", "vstack"], "1": ["hstack", "column_stack"]}
        order = others.get(found[1] if found else "", ["vstack", "column_stack", "hstack"])
        for other in [way for way in order if way != name]:
            text = f"{head}{other}({drafts.source(call.args[0])})"
            drafts.edit((call, text))
        if name == "concatenate" and found and not any(word.arg == "axis" for word in call.keywords):
            drafts.edit((call, drafts.called(call, add="axis=1")))
        new = f"{head}{order[0] if order[0] != name else order[1]}({drafts.source(call.args[0])})"
        cause = (f"The arrays do not fit: {said.rsplit('but ', 1)[-1]}.", "这些数组的形状拼不到一起。")
    yield drafts.diagnosis("stacking", cause, (f"Write `{new}`.", f"请写 `{new}`。"))
