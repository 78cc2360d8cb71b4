"""Matches of patterns that are taken for their text, texts that are taken for matches, groups that are not there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.types.operands import NUMBERS, pair
from qwen_magic.snapshot import Diagnosis


def found_text(evidence: Evidence) -> Iterator[Diagnosis]:
    """`"No. " + match`, `len(match)`; `for m in re.findall(...): m.group()`."""
    step = evidence.last
    node = step.node if step else None
    if step is None:
        return
    if found := pair(evidence):
        for side, value in enumerate(found.values):
            if type(value) is re.Match:
                text = f"{operand(evidence.source(step, found.nodes[side]))}.group()"
                number = found.types[1 - side] in NUMBERS
                texts = [f"int({text})", f"float({text})"] if number else [text]
                yield _group(found.text(side), [found.with_operand(side, one) for one in texts])
    elif is_call_of(node, "len") and node.args and type(step.value(node.args[0])) is re.Match:
        text = operand(evidence.source(step, node.args[0]))
        yield _group(text, [evidence.replaced(step, node.args[0], f"{text}.group()")])
    elif isinstance(node, ast.Attribute) and node.attr in ("group", "groups", "start", "end", "span"):
        yield from _of_findall(evidence, step, node)


def _group(text: str, cells: list[str | None]) -> Diagnosis:
    return diagnosis(
        "found-text",
        (f"`{text}` is a match, not the text that was found.", f"`{text}` 是匹配对象，不是匹配到的文本。"),
        (f"Write `{text}.group()`.", f"请写成 `{text}.group()`。"),
        cells,
    )


def _of_findall(evidence: Evidence, step: Step, node: ast.Attribute) -> Iterator[Diagnosis]:
    made = binding(step, node.value) if isinstance(node.value, ast.Name) else None
    given: ast.AST | None = node.value
    if isinstance(made, ast.Assign):
        given = made.value
    elif isinstance(made, (ast.For, ast.comprehension)):
        given = made.iter
        if isinstance(given, ast.Name) and isinstance(further := binding(step, given), ast.Assign):
            given = further.value
    if not is_call_of(given, "findall") or not isinstance(given.func, ast.Attribute):
        return
    looped = isinstance(made, (ast.For, ast.comprehension))
    name = "finditer" if looped else "search"
    head = evidence.source(step, given.func).removesuffix("findall")
    call = step.parents.get(node)
    cells = [evidence.replaced(step, given.func, head + name)]
    if looped and isinstance(call, ast.Call) and node.attr == "group" and type(step.value(node.value)) is str:
        cells.append(evidence.replaced(step, call, evidence.source(step, node.value)))
    yield diagnosis(
        "found-text",
        ("`findall` gives texts, which have no groups.", "`findall` 得到的是文本，没有分组。"),
        (f"Write `{head}{name}`, which gives matches.", f"请写成 `{head}{name}`，它得到匹配对象。"),
        cells,
    )


def no_such_group(evidence: Evidence) -> Iterator[Diagnosis]:
    """`m.group(2)` of a pattern with one group, `m["name"]` of another name."""
    step = evidence.last
    node = step.node if step else None
    if step is None or evidence.message != "no such group":
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        match, place = step.value(node.func.value), node.args[0]
    elif isinstance(node, ast.Subscript):
        match, place = step.value(node.value), node.slice
    else:
        return
    if type(match) is not re.Match:
        return
    count, names = match.re.groups, list(match.re.groupindex)
    asked = step.value(place)
    texts = [repr(name) for name in names] if type(asked) is str else []
    texts += [str(number) for number in range(count, 0, -1)] or ["0"]
    yield diagnosis(
        "no-such-group",
        (f"The pattern has {count} groups, in parentheses.", f"这个正则表达式有 {count} 个括号分组。"),
        (f"Ask for one of {', '.join(texts)}.", f"可用的分组：{', '.join(texts)}。"),
        [evidence.replaced(step, place, text) for text in texts[:3]],
    )
