"""Patterns of `match` that fail while they are tried."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.snapshot import Diagnosis


def pattern_without_names(evidence: Evidence) -> Iterator[Diagnosis]:
    """`case Point(0, y):` of a class that does not say which fields come first: `case Point(x=0, y=y):`."""
    said = re.match(r"(\w+)\(\) accepts 0 positional sub-patterns \(\d+ given\)", evidence.message)
    step = evidence.last
    if step is None or said is None or not step.in_cell:
        return
    patterns = [
        node
        for node in ast.walk(step.tree)
        if isinstance(node, ast.MatchClass) and node.patterns and ast.unparse(node.cls) == said[1]
    ]
    kind: Any = step.value(patterns[0].cls) if patterns else None
    init = vars(kind).get("__init__") if isinstance(kind, type) else None
    names = list(inspect.signature(init).parameters)[1:] if isinstance(init, FunctionType) else []
    lines = evidence.cell.split("\n")
    parts = [(part, name) for node in patterns for part, name in zip(node.patterns, names, strict=False)]
    if not names or any(len(node.patterns) > len(names) for node in patterns):
        return
    for part, name in sorted(parts, key=lambda pair: (-pair[0].lineno, -pair[0].col_offset)):
        line = part.lineno + step.shift - 1
        raw = lines[line].encode()
        lines[line] = (raw[: part.col_offset] + f"{name}=".encode() + raw[part.col_offset :]).decode()
    yield diagnosis(
        "pattern-without-names",
        (f"`{said[1]}` does not say which of its fields come first.", f"`{said[1]}` 没有规定字段的位置。"),
        (f"Name them: `{said[1]}({names[0]}=...)`.", f"写出名字：`{said[1]}({names[0]}=...)`。"),
        ["\n".join(lines)],
        certain=True,
    )
