"""`"%s is %d" % name`: more or fewer signs than values, or signs for another type."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.wording import short
from qwen_magic.snapshot import Diagnosis

_SIGN: Final = re.compile(r"%(?!%)[-+ #0]*(?:\*|\d+)?(?:\.\d+)?[diouxXeEfFgGcrsa]")
_MESSAGE: Final = re.compile(
    r"incomplete format|unsupported format character"
    r"|arguments (?:for|converted during) (?:format )?string|format: a|(?:real )?number is required|must be real number"
)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def percent_format(evidence: Evidence) -> Iterator[Diagnosis]:
    """The values that a template lacks stand behind it, or are names beside those that it has."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mod):
        return
    template = step.value(node.left)
    if not _MESSAGE.search(evidence.message) or type(template) is not str:
        return
    count, given = len(_SIGN.findall(template)), _given(node)
    left, right = evidence.source(step, node.left), evidence.source(step, node.right)
    cells: list[str | None] = []
    if type(step.value(node.right)) is list and count == len(step.value(node.right)) > 0:
        cells.append(evidence.replaced(step, node.right, f"tuple({right})"))
    elif doubled := _plain_percents(left, given):
        cells.append(evidence.replaced(step, node.left, doubled))
    elif "not enough" in evidence.message:
        cells += [*_behind(evidence, step, node, count), *_idle(evidence, step, node, count)]
    elif "not all" in evidence.message:
        if not count:
            cells.append(evidence.replaced(step, node.left, f"int({left})") if template.strip().isdigit() else None)
            signed = f"{left[:-1]}%s{left[-1]} % {right}"
            cells.append(evidence.replaced(step, node, signed) if isinstance(node.left, ast.Constant) else None)
        elif isinstance(node.right, ast.Name) and given == 1 and isinstance(step.value(node.right), tuple):
            cells.append(evidence.replaced(step, node.right, f"({right},)"))
    else:
        texts = re.sub(r"%[-+ #0]*\d*(?:\.\d+)?[dif]", "%s", left)
        cells.append(evidence.replaced(step, node.left, texts))
    yield diagnosis(
        "percent-format",
        (f"{short(template)} has {count} signs for {given} values.",
         f"{short(template)} 有 {count} 个占位符，给了 {given} 个值。"),
        ("Give one value for each sign, in parentheses: `% (a, b)`.", "每个占位符给一个值，并放进括号：`% (a, b)`。"),
        cells,
        certain="not enough" in evidence.message and len(cells) == 1,
    )  # fmt: skip


def _plain_percents(template: str, given: int) -> str:
    """The template with `50% of` and `%d%` as `50%% of` and `%d%%`, if the rest has a sign for each value."""
    doubled = re.sub(
        r"(?<=\d)%(?=[ ,.;!?)\"'\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]|$)|(?<=%d|%s|%f|\df|\dd)%(?![%\w(])",
        "%%",
        template,
    )
    return doubled if doubled != template and len(_SIGN.findall(doubled.replace("%%", ""))) == given else ""


def _given(node: ast.BinOp) -> int:
    return len(node.right.elts) if isinstance(node.right, ast.Tuple) else 1


def _behind(evidence: Evidence, step: Step, node: ast.BinOp, count: int) -> Iterator[str | None]:
    """`print("%s: %d" % name, size)`: the values go on behind the operation."""
    around = step.parents.get(node)
    inside = around.elts if isinstance(around, ast.Tuple) else around.args if isinstance(around, ast.Call) else []
    at = inside.index(node) if node in inside else len(inside)
    rest = inside[at + 1 : at + 1 + count - _given(node)]
    if around is None or not rest or len(rest) + _given(node) != count:
        return
    values = ", ".join([*_values(evidence, step, node), *(evidence.source(step, part) for part in rest)])
    whole = f"{evidence.source(step, node.left)} % ({values})"
    first, text = evidence.source(step, node), evidence.source(step, around)
    last = evidence.source(step, rest[-1])
    start = text.find(first)
    end = text.find(last, start + len(first)) + len(last)
    yield evidence.replaced(step, around, text[:start] + whole + text[end:])


def _values(evidence: Evidence, step: Step, node: ast.BinOp) -> list[str]:
    parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    return [evidence.source(step, part) for part in parts]


def _idle(evidence: Evidence, step: Step, node: ast.BinOp, count: int) -> Iterator[str | None]:
    """The names of the same loop or function that nothing uses, if they are as many as are missing."""
    values = _values(evidence, step, node)
    for around in step.around(node):
        if isinstance(around, _COMPREHENSIONS):
            targets: list[ast.AST] = [loop.target for loop in around.generators]
        elif isinstance(around, (ast.For, ast.FunctionDef)):
            targets = [around.target] if isinstance(around, ast.For) else list(around.args.args)
        else:
            continue
        read = {part.id for part in ast.walk(around) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
        names = [getattr(part, "id", getattr(part, "arg", "")) for target in targets for part in ast.walk(target)]
        idle = [name for name in dict.fromkeys(names) if name and name not in read and not name.startswith("_")]
        if idle:
            if len(idle) == count - len(values):
                yield evidence.replaced(step, node.right, f"({', '.join([*values, *idle])})")
            return
