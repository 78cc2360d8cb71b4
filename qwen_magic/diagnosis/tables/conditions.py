"""Conditions whose parentheses are missing."""

from __future__ import annotations

import ast
from typing import Final

from qwen_magic.diagnosis.drafts import Drafts

BITWISE: Final = (ast.BitAnd, ast.BitOr, ast.BitXor)


def bracketed(drafts: Drafts, node: ast.Compare) -> str | None:
    """`a > 1 & b < 3` as it was meant: `(a > 1) & (b < 3)`."""
    pieces: list[str] = []
    joints: list[str] = []
    current = ""
    for number, side in enumerate([node.left, *node.comparators]):
        operands, symbols = _flat(side)
        sources = [drafts.source(part) for part in operands]
        current += sources[0] if not number else f" {operator(node.ops[number - 1])} {sources[0]}"
        for symbol, source in zip(symbols, sources[1:], strict=True):
            pieces.append(current)
            joints.append(symbol)
            current = source
    pieces.append(current)
    if len(pieces) < 2:
        return None
    text = f"({pieces[0]})" if " " in pieces[0] else pieces[0]
    for joint, piece in zip(joints, pieces[1:], strict=True):
        text += f" {joint} " + (f"({piece})" if " " in piece else piece)
    return text


def _flat(node: ast.expr) -> tuple[list[ast.expr], list[str]]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, BITWISE):
        operands, symbols = _flat(node.left)
        symbol = {ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"}[type(node.op)]
        return [*operands, node.right], [*symbols, symbol]
    return [node], []


def operator(op: ast.cmpop) -> str:
    """How a comparison is written."""
    return ast.unparse(ast.Compare(ast.Name("a"), [op], [ast.Name("b")]))[2:-2]
