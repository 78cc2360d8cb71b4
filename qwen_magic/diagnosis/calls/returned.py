"""What a function returns, and which of it the names on the left of a call are for."""

from __future__ import annotations

import ast
from typing import Final

from qwen_magic.diagnosis.calls.earlier import definition, own_returns
from qwen_magic.diagnosis.evidence import Step
from qwen_magic.diagnosis.expressions import name_of

# How names speak of what is calculated.
_MEANINGS: Final = {
    "min": ("low", "min", "least", "small", "bottom", "first", "start", "最小", "最低", "下限"),
    "max": ("high", "max", "most", "big", "large", "top", "peak", "last", "end", "最大", "最高", "上限"),
    "mean": ("mean", "avg", "average", "平均", "均值"),
    "sum": ("total", "sum", "合计", "总和", "总数", "总"),
    "len": ("count", "n", "size", "length", "num", "数量", "个数", "人数"),
    "std": ("std", "sd", "spread", "sigma", "标准差"),
    "median": ("median", "mid", "中位数"),
    "sorted": ("sorted", "ordered", "排序"),
}


def returned(step: Step, given: ast.expr) -> list[list[ast.expr]]:
    """The parts of each tuple that a called function returns."""
    function = definition(step, given.func) if isinstance(given, ast.Call) else None
    values = [found.value for found in own_returns(function)] if function else []
    return [value.elts for value in values if isinstance(value, ast.Tuple)]


def returned_names(step: Step, target: ast.Tuple | ast.List, given: ast.expr) -> str:
    """The names of the target at the places of what they are called after; `_` at the others."""
    tuples = returned(step, given)
    names = [name.id for name in target.elts if isinstance(name, ast.Name)]
    if len(tuples) != 1 or len(names) != len(target.elts) or len(names) > len(tuples[0]):
        return ""
    places = {name: [n for n, part in enumerate(tuples[0]) if _meant(name, part)] for name in names}
    found = [place[0] for place in places.values() if len(place) == 1]
    if len(found) != len(names) or sorted(set(found)) != found:
        return ""
    at = dict(zip(found, names, strict=True))
    return ", ".join(at.get(n, "_") for n in range(len(tuples[0])))


def _meant(name: str, part: ast.expr) -> bool:
    words = name.lower().split("_")
    if isinstance(part, ast.Name):
        return part.id == name or part.id.lower() in words or (len(name) > 2 and name.lower() in part.id.lower())
    if isinstance(part, ast.Call):
        called = name_of(part.func)
        if called == "round" and part.args:
            return _meant(name, part.args[0])
    else:
        text = ast.unparse(part)
        quotient = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div)
        called = "mean" if quotient and "sum(" in text and "len(" in text else ""
    known = _MEANINGS.get(called.removeprefix("f"), ())
    return any(
        word == meaning or (len(meaning) > 2 and word.startswith(meaning)) for word in words for meaning in known
    ) or any(meaning in name for meaning in known if not meaning.isascii())
