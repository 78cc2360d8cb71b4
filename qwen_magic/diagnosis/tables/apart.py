"""Matplotlib: what belongs together but was given one by one, and pairs that are to be taken apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.snapshot import Diagnosis

# The arguments that are one point, by their places.
_POINTS: Final = {
    "Rectangle": (0, 2), "Ellipse": (0, 2), "Circle": (0, 2), "Arc": (0, 2), "Wedge": (0, 2), "annotate": (1, 3),
}  # fmt: skip


def one_by_one(evidence: Evidence) -> Iterator[Diagnosis]:
    """`Rectangle(0, 0, 2, 1)`, `plt.legend("a", "b", "c")`, `plt.figure((8, 4))`, `plt.subplots((2, 2))`."""
    step = evidence.last
    said = r"positional argument|cannot unpack non-iterable|int\(\) argument must|must be a positive integer, not \("
    if step is None or not isinstance(evidence.error, (TypeError, ValueError)) or not re.search(said, evidence.message):
        return
    for call in running_nodes(evidence, step):
        if not isinstance(call, ast.Call) or any(isinstance(given, ast.Starred) for given in call.args):
            continue
        drafts = Drafts(evidence, step)
        function = ast.unparse(call.func).rpartition(".")[2]
        first, rest = (call.args[0], call.args[1:]) if call.args else (None, [])
        pair = isinstance(first, ast.Tuple) and len(first.elts) == 2
        kept: list[ast.AST | str]
        start, end = _POINTS.get(function, (0, 0))
        if end and len(call.args) >= end and not isinstance(call.args[start], ast.Tuple):
            point = f"({', '.join(drafts.source(part) for part in call.args[start:end])})"
            kept = [*call.args[:start], point, *call.args[end:]]
        elif function == "legend" and not is_call_of(first, "legend_elements") and len(rest) > 1:
            kept = [f"[{', '.join(drafts.source(part) for part in call.args)}]"]
        elif function == "figure" and pair and first is not None:
            kept = [f"figsize={drafts.source(first)}", *rest]
        elif function in ("subplots", "subplot", "add_subplot") and pair and isinstance(first, ast.Tuple):
            kept = [*first.elts, *rest]
        else:
            continue
        given = [part if isinstance(part, str) else drafts.source(part) for part in kept]
        given += [f"{word.arg}={drafts.source(word.value)}" for word in call.keywords if word.arg]
        text = f"{drafts.source(call.func)}({', '.join(given)})"
        drafts.edit((call, text), certain=True)
        yield drafts.diagnosis(
            "one-by-one",
            (f"`{function}` takes these arguments grouped in another way.", f"`{function}` 的参数不是这样分组的。"),
            (f"Write `{text}`.", f"请写 `{text}`。"),
        )
        return


def number_of_subplot(evidence: Evidence) -> Iterator[Diagnosis]:
    """`plt.subplot(2, 2, i)` in a loop from 0: subplots are counted from 1."""
    step = evidence.last
    found = re.search(r"num must be an integer with 1 <= num <= (\d+), not 0\b", evidence.message)
    if not isinstance(evidence.error, ValueError) or not found or step is None:
        return
    for call in running_nodes(evidence, step):
        if is_call_of(call, "subplot", "add_subplot") and len(call.args) == 3:
            drafts, number = Drafts(evidence, step), call.args[2]
            plain = isinstance(number, ast.Constant)
            drafts.edit((number, "1" if plain else f"{drafts.source(number)} + 1"), certain=True)
            yield drafts.diagnosis(
                "number-of-subplot",
                (f"Subplots are counted from 1 to {found[1]}.", f"子图编号从 1 到 {found[1]}。"),
                ("Add 1 to the number.", "编号加 1。"),
            )
            return
