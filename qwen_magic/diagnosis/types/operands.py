"""Operators between types that do not go together, above all texts and numbers."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from qwen_magic.diagnosis.bindings import siblings
from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import suspects
from qwen_magic.diagnosis.texts import numerals
from qwen_magic.diagnosis.types.sources import at_the_source
from qwen_magic.diagnosis.wording import described
from qwen_magic.snapshot import Diagnosis

NUMBERS: Final = ("int", "float", "complex")
_SYMBOLS: Final = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^", ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_BETWEEN = re.compile(r"'([\w.]+)' and '([\w.]+)'")
_ONLY = re.compile(r"""can only concatenate (\w+) \(not ["']([\w.]+)["']\) to""")


@dataclass(frozen=True)
class Pair:
    """Two operands of an operator that refused them, with their values and the names of their types."""

    evidence: Evidence
    step: Step
    node: ast.BinOp | ast.AugAssign | ast.Compare
    left: ast.expr
    right: ast.expr
    symbol: str
    types: tuple[str, str]
    values: tuple[Any, Any]

    @property
    def nodes(self) -> tuple[ast.expr, ast.expr]:
        return self.left, self.right

    def text(self, side: int) -> str:
        """An operand as it was typed."""
        return self.evidence.source(self.step, self.nodes[side])

    def whole(self, text: str) -> str | None:
        """The cell with other text for the operation."""
        if isinstance(self.node, ast.Compare) and len(self.node.ops) > 1:
            return None
        if isinstance(self.node, ast.AugAssign):
            text = f"{self.text(0)} = {text}"
        return self.evidence.replaced(self.step, self.node, text)

    def with_operand(self, side: int, text: str) -> str | None:
        """The cell with other text for one operand."""
        if isinstance(self.node, ast.AugAssign) and side == 0:
            return self.whole(f"{text} {self.symbol} {self.text(1)}")
        return self.evidence.replaced(self.step, self.nodes[side], text)

    def described(self, side: int) -> tuple[str, str]:
        """An operand and its value in words."""
        value, text = self.values[side], self.text(side)
        if isinstance(self.nodes[side], ast.Constant) or len(text) > 40:
            return described(value) if value is not MISSING else (f"a {self.types[side]}", self.types[side])
        if value is MISSING:
            return f"`{text}` is a {self.types[side]}", f"`{text}` 是 {self.types[side]}"
        words = described(value)
        return f"`{text}` is {words[0]}", f"`{text}` 是 {words[1]}"

    def cause(self) -> tuple[str, str]:
        """What went wrong, with the values."""
        left, right = self.described(0), self.described(1)
        return (
            f"`{self.symbol}` cannot combine these two: {left[0]}, {right[0]}.",
            f"`{self.symbol}` 不能用于这两者：{left[1]}，{right[1]}。",
        )


def pair(evidence: Evidence) -> Pair | None:
    """The operands of the operator that raised, if one did."""
    step = evidence.last
    if step is None or type(evidence.error) is not TypeError:
        return None
    nodes = suspects(evidence, step)
    for node in nodes:
        if not isinstance(node, (ast.BinOp, ast.AugAssign, ast.Compare)):
            continue
        for left, operator, right in _operations(node):
            values = step.value(left), step.value(right)
            types = _types(evidence.message, *values)
            # Among several, only one whose values are known to be those of the message.
            sure = len(nodes) == 1 or (MISSING not in values and "'" in evidence.message)
            if types and sure and type(operator) in _SYMBOLS:
                return Pair(evidence, step, node, left, right, _SYMBOLS[type(operator)], types, values)
    return None


def _operations(node: ast.BinOp | ast.AugAssign | ast.Compare) -> list[tuple[ast.expr, ast.AST, ast.expr]]:
    if isinstance(node, ast.BinOp):
        return [(node.left, node.op, node.right)]
    if isinstance(node, ast.AugAssign):
        return [(node.target, node.op, node.value)]
    return list(zip([node.left, *node.comparators], node.ops, node.comparators, strict=False))


def _types(message: str, left: Any, right: Any) -> tuple[str, str] | None:
    """The types of both operands, from their values or from the message; None if these disagree."""
    said = _BETWEEN.search(message) or _ONLY.search(message)
    known = (type(left).__name__ if left is not MISSING else "", type(right).__name__ if right is not MISSING else "")
    if said is None:
        return known if all(known) else None
    told = [name.rpartition(".")[2] for name in said.groups()]
    agree = all(not name or name == other for name, other in zip(known, told, strict=True))
    return (told[0], told[1]) if agree else None


def text_and_number(evidence: Evidence) -> Iterator[Diagnosis]:
    """`"3" + 4`, `"31" >= 18`, `"Total: " + 5`: the text is turned into a number, or the number into text."""
    found = pair(evidence)
    if found is None or "str" not in found.types or found.symbol in ("in", "not in"):
        return
    side = found.types.index("str")
    if found.types[1 - side] not in (*NUMBERS, "bool"):
        return
    value = found.values[side]
    numbers = _as_number(found, side)
    if found.symbol == "+" and not numbers and value is not MISSING:
        yield from _as_text(found, side)
    elif numbers:
        text = numbers[0]
        cells = [found.with_operand(side, reading) for reading in numbers[:2]]
        if found.symbol == "+":
            cells[1:1] = [found.with_operand(1 - side, f"str({found.text(1 - side)})")]
        cells[1:1] = list(at_the_source(evidence, found.step, found.nodes[side], numbers[0]))[:3]
        ordered = found.symbol in ("<", "<=", ">", ">=") and value is not MISSING and numerals.is_integer(value)
        yield diagnosis(
            "text-and-number",
            found.cause(),
            (f"Turn the text into a number: `{text}`.", f"把文本转换成数字：`{text}`。"),
            cells,
            certain=ordered and isinstance(found.nodes[side], ast.Subscript) and cells[0] is not None,
        )


def _as_number(found: Pair, side: int) -> list[str]:
    node, value, source = found.nodes[side], found.values[side], found.text(side)
    if value is MISSING:
        wants = found.symbol != "+" or is_call_of(node, "input", "group", "get")
        return [f"int({source})", f"float({source})"] if wants else []
    if isinstance(node, ast.Constant):
        return [value.strip()] if numerals.numeric_like_plain(value) else []
    readings = numerals.reading(value, source, siblings(found.step, node))
    # A quotient needs no parentheses at the end of a sum or a comparison, but does anywhere else.
    tight = found.symbol in ("*", "/", "//", "%", "**", "-")
    return [f"({text})" if tight and text.endswith("/ 100") else text for text in readings]


def _as_text(found: Pair, side: int) -> Iterator[Diagnosis]:
    top: ast.AST = found.node
    while isinstance(around := found.step.parents.get(top), ast.BinOp) and isinstance(around.op, ast.Add):
        top = around
    operands = list(_chain(top)) if isinstance(top, ast.BinOp) else [found.nodes[1 - side]]
    known = [(node, found.step.value(node)) for node in operands]
    odd = [node for node, value in known if value is not MISSING and type(value) is not str]
    each = [(node, f"str({found.evidence.source(found.step, node)})") for node in odd]
    wrapped = changed(found.evidence, found.step, each) if len(odd) > 1 else None
    text = f"str({found.text(1 - side)})"
    literal = any(isinstance(node, (ast.Constant, ast.JoinedStr)) for node in (*ast.walk(found.nodes[side]),))
    tail = isinstance(top, ast.BinOp) and len(odd) > 1
    yield diagnosis(
        "text-and-number",
        found.cause(),
        (f"Turn the number into text: `{text}`, or use an f-string.", f"把数字转换成文本：`{text}`，或使用 f-string。"),
        [wrapped, found.with_operand(1 - side, text)],
        certain=literal and not (tail and _adjacent(operands, odd)),
    )


def _chain(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _chain(node.left)
        yield node.right
    elif isinstance(node, ast.expr):
        yield node


def _adjacent(operands: list[ast.expr], odd: list[ast.expr]) -> bool:
    """Whether two numbers stand side by side: they may have been meant to be added first."""
    return any(one in odd and other in odd for one, other in itertools.pairwise(operands))


def two_texts(evidence: Evidence) -> Iterator[Diagnosis]:
    """`"5" * "3"`, `"2024-01-05" - "2024-01-01"`: both are to be read first."""
    found = pair(evidence)
    if found is None or found.types != ("str", "str") or MISSING in found.values:
        return
    left, right = (numerals.reading(str(v), found.text(n)) for n, v in enumerate(found.values))
    if left and right:
        both = [f"{a} {found.symbol} {b}" for a, b in zip(left, right, strict=False)] or [
            f"{left[0]} {found.symbol} {right[0]}"
        ]
        if not numerals.is_integer(found.values[0]) or not numerals.is_integer(found.values[1]):
            both = [f"float({found.text(0)}) {found.symbol} float({found.text(1)})", *both]
        cells = [found.whole(both[0]), *at_the_source(evidence, found.step, found.left, left[0])]
        cells += [found.whole(text) for text in both[1:]]
        yield diagnosis(
            "two-texts",
            found.cause(),
            (f"Turn both into numbers: `{both[0]}`.", f"把两者都转换成数字：`{both[0]}`。"),
            cells,
        )
    elif found.symbol == "-":
        text = f'{found.text(0)}.replace({found.text(1)}, "")'
        yield diagnosis(
            "two-texts",
            found.cause(),
            (f"To take a text out of another, write `{text}`.", f"要从文本中去掉另一段文本，请写 `{text}`。"),
            [found.whole(text)],
        )
