"""Texts that are read line by line, and lines that are not like the others: blank ones, comments, a header."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from qwen_magic.diagnosis.cells import with_line_above
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.wording import short
from qwen_magic.snapshot import Diagnosis

_ODD = re.compile(r"values to unpack|list index out of range|invalid literal for int|could not convert string to float")
_TESTS = {
    "blank": "not {0}.strip()",
    "comment": "not {0}.strip() or {0}.lstrip().startswith('#')",
    "row": "not any({0})",
}
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def odd_line(evidence: Evidence) -> Iterator[Diagnosis]:
    """`name, n = line.split(",")` of a blank line or a comment, `int(parts[1])` of the header."""
    if not isinstance(evidence.error, (ValueError, IndexError)) or not _ODD.search(evidence.message):
        return
    for step in reversed(evidence.steps):
        loop = _loop(step) if step.in_cell else None
        if loop is None:
            continue
        name = evidence.source(step, loop.target)
        value = step.names.get(name, MISSING)
        kind = _kind(value)
        if kind:
            test = _TESTS[kind if type(value) is str else "row"]
            cell = _skipped(evidence, step, loop, test.format(name))
            shown = short(value) if type(value) is str else str(value)
            yield diagnosis(
                "odd-line",
                (f"One of the lines is {'blank' if kind == 'blank' else 'a comment'}: {shown}.",
                 f"其中有一行是{'空行' if kind == 'blank' else '注释'}：{shown}。"),
                (f"Skip it: `if {test.format(name)}: continue`.", f"跳过它：`if {test.format(name)}: continue`。"),
                [cell],
                certain=True,
            )  # fmt: skip
        elif "unpack" not in evidence.message and _is_first(step, loop, value):
            yield from _header(evidence, step, loop)
        return


def _loop(step: Step) -> ast.For | ast.comprehension | None:
    """The innermost loop around what was running, if it goes over single values."""
    node = step.node if step.node is not None else step.statement
    for around in step.around(node) if node is not None else ():
        loops: list[ast.For | ast.comprehension] = [around] if isinstance(around, ast.For) else []
        if isinstance(around, _COMPREHENSIONS):
            loops += around.generators
        if loops:
            return loops[0] if isinstance(loops[0].target, ast.Name) else None
    return None


def _kind(value: Any) -> str:
    if type(value) is list:
        return "blank" if not any(value) else ""
    if type(value) is not str:
        return ""
    return "blank" if not value.strip() else "comment" if value.lstrip().startswith("#") else ""


def _skipped(evidence: Evidence, step: Step, loop: ast.For | ast.comprehension, test: str) -> str | None:
    if isinstance(loop, ast.comprehension):
        if loop.ifs:
            return None
        kept = test.removeprefix("not ") if " or " not in test else f"not ({test})"
        return evidence.replaced(step, loop.iter, f"{evidence.source(step, loop.iter)} if {kept}")
    return with_line_above(evidence, step, loop.body[0], f"if {test}:\n    continue")


def _is_first(step: Step, loop: ast.For | ast.comprehension, value: Any) -> bool:
    """Whether this is the first of the lines, and it has no digit where others have some."""
    lines = step.value(loop.iter)
    if lines is MISSING and is_call_of(loop.iter, "splitlines", "split"):
        text = step.value(loop.iter.func.value) if isinstance(loop.iter.func, ast.Attribute) else MISSING
        lines = text.strip("\n").split("\n") if type(text) is str else MISSING
    if type(lines) not in (list, tuple) or len(lines) < 2:
        return False
    first, *others = islice(lines, 100)
    return bool(first == value) and not _digits(first) and all(map(_digits, others))


def _digits(line: Any) -> bool:
    return any(char.isdigit() for char in str(line))


def _header(evidence: Evidence, step: Step, loop: ast.For | ast.comprehension) -> Iterator[Diagnosis]:
    text = f"{operand(evidence.source(step, loop.iter))}[1:]"
    yield diagnosis(
        "header",
        ("The first line holds names, not numbers.", "第一行是列名，不是数字。"),
        (f"Leave it out: `{text}`.", f"去掉第一行：`{text}`。"),
        [evidence.replaced(step, loop.iter, text)],
        certain=True,
    )
