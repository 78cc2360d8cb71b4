"""Matplotlib: colours, markers, line styles and colour maps that do not exist, or are written otherwise."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.names.similarity import only_slip
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.snapshot import Diagnosis

_MARKERS = {
    "circle": "o",
    "square": "s",
    "star": "*",
    "triangle": "^",
    "diamond": "D",
    "dot": ".",
    "cross": "x",
    "plus": "+",
}
_LINES = {"dash": "--", "dashes": "--", "dot": ":", "dots": ":", "line": "-", "--.": "-.", "dash-dot": "-."}


def styles(evidence: Evidence) -> Iterator[Diagnosis]:
    """Colours, markers, line styles and colour maps that do not exist."""
    step = evidence.last
    found = re.match(
        r"'(.*?)' is not a valid (?:value for (\w+)|format string)|Unrecognized marker style '(.*?)'",
        evidence.message,
    )
    if not isinstance(evidence.error, ValueError) or not found or step is None:
        return
    typed = next(part for part in (found[1], found[3]) if part)
    pool: list[str] = []
    meant = re.search(r"Did you mean one of: (.*?)\?|Did you mean:? (.*?)\?", evidence.message)
    listed = re.findall(r"'(.*?)'", next((g for g in meant.groups() if g), "")) if meant else []
    if found[3]:
        pool = [_MARKERS[typed]] if typed in _MARKERS else []
    elif found[2] in ("ls", "linestyle"):
        pool = [_LINES[typed]] if typed in _LINES else []
    elif found[2] in ("color", "c", "facecolor", "edgecolor") or not found[2]:
        pool = get_close_matches(typed, _colours(), n=3, cutoff=0.6)
    drafts = Drafts(evidence, step)
    options = list(dict.fromkeys([*pool, *listed]))[:4]
    for node in running_nodes(evidence, step):
        if isinstance(node, ast.Constant) and node.value == typed:
            for option in options:
                slip = len(typed) > 4 and only_slip(typed, options) is not None
                sure = len(options) == 1 and (bool(found[3]) or slip)
                drafts.edit((node, f'"{option}"'), certain=sure)
    if options:
        yield drafts.diagnosis(
            "plot-style",
            (f'Matplotlib knows no "{typed}" there.', f'Matplotlib 不认识这里的 "{typed}"。'),
            (f'Write "{options[0]}".', f'请写 "{options[0]}"。'),
        )


def styles_in_one(evidence: Evidence) -> Iterator[Diagnosis]:
    """`linestyle="--o"`, `"red-"`, `color=(255, 0, 0)`, `alpha="0.5"`: the same, as Matplotlib writes it."""
    step = evidence.last
    if not isinstance(evidence.error, (ValueError, TypeError)) or step is None:
        return
    drafts = Drafts(evidence, step)
    for call in running_nodes(evidence, step):
        every: list[ast.expr | ast.keyword] = [*call.args, *call.keywords] if isinstance(call, ast.Call) else []
        for given in every:
            word = given.arg if isinstance(given, ast.keyword) else ""
            node = given.value if isinstance(given, ast.keyword) else given
            if text := _other_style(evidence.message, word, node, drafts.source(node)):
                drafts.edit((node, text), certain=True)
    if drafts.rewrites:
        yield drafts.diagnosis(
            "style-in-one",
            ("Matplotlib writes this style in another way.", "Matplotlib 的这种样式要换一种写法。"),
            ("Write it as in the suggestion.", "请照建议改写。"),
        )


def _other_style(said: str, word: str | None, node: ast.expr, source: str) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    if type(value) is str and repr(value) in said and "is not a valid" in said:
        line = re.fullmatch(r"(-\.|--|-|:)?([.,ov^<>sp*+xXDd])", value)
        if word in ("linestyle", "ls") and line and line[1]:
            return f'"{line[1]}", marker="{line[2]}"'
        parts = re.fullmatch(r"([a-z]{3,})(-\.|--|-|:)?([.,ov^<>sp*+xXDd])?", value)
        if word == "" and parts and parts[1] in _colours() and (parts[2] or parts[3]):
            return f'"{(parts[3] or "") + (parts[2] or "")}", color="{parts[1]}"'
    if word == "alpha" and type(value) is str and "alpha must be numeric" in said and re.fullmatch(r"[\d.]+", value):
        return str(value)
    numbers = node.elts if isinstance(node, (ast.Tuple, ast.List)) else []
    whole = [part.value for part in numbers if isinstance(part, ast.Constant) and type(part.value) is int]
    colour = (
        word in ("color", "c", "facecolor", "edgecolor") and len(whole) == len(numbers) in (3, 4) and source in said
    )
    if colour and 1 < max(whole) <= 255:
        return f"({', '.join(f'{number} / 255' for number in whole)})"
    return ""


def _colours() -> list[str]:
    module = sys.modules.get("matplotlib._color_data")
    named = vars(module).get("CSS4_COLORS", {}) if module is not None else {}
    plain = ["red", "green", "blue", "black", "orange", "purple", "gray", "yellow", "pink", "brown", "white", "cyan"]
    return list(dict.fromkeys([*plain, *named]))
