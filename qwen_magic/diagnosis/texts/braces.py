"""`str.format` with braces that are meant as they are, and values that its places do not get."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.wording import short
from qwen_magic.snapshot import Diagnosis

_PLACE = re.compile(r"\{(\d*|[^\W\d]\w*)((?:\.\w+|\[\w+\])*)(![rsa])?(:[^{}\"']*)?\}")


def literal_braces(evidence: Evidence) -> Iterator[Diagnosis]:
    """`'{"name": "{}"}'.format(name)`: the outer braces must be written twice."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not is_call_of(call, "format"):
        return
    if not isinstance(call.func, ast.Attribute) or not isinstance(evidence.error, (KeyError, ValueError, IndexError)):
        return
    template = step.value(call.func.value)
    node = _written(step, call.func.value)
    if type(template) is not str or any(word.arg is None for word in call.keywords):
        return
    renumbered = _renumbered(template, len(call.args)) if isinstance(evidence.error, IndexError) else None
    if renumbered is not None:
        yield from _numbered(evidence, step, call.func.value, renumbered)
        return
    doubled = _doubled(template, len(call.args), {str(word.arg) for word in call.keywords})
    cells: list[str | None] = []
    if doubled is not None and node is not None:
        text = evidence.source(step, node)
        # The text as it was typed has other quotes and escapes than the value.
        written = _doubled(text, len(call.args), {str(word.arg) for word in call.keywords})
        cells.append(evidence.replaced(step, node, written or repr(doubled)))
    if not cells:
        yield from _missing(evidence, step, call, template)
        return
    yield diagnosis(
        "literal-braces",
        (f"`format` takes every brace of {short(template)} for a place to fill in.",
         f"`format` 会把 {short(template)} 里的每个花括号都当作占位符。"),
        ("Write braces that are meant as they are twice: `{{` and `}}`.", "原样输出的花括号要写两遍：`{{` 和 `}}`。"),
        cells,
        certain=True,
    )  # fmt: skip


def _renumbered(template: str, given: int) -> dict[str, str] | None:
    """New numbers for places such as `{1} {2}` and `{0} {2}`, if there are as many values; {} if there are not."""
    places = re.findall(r"\{(\d+)(?=[}!:.\[])", template)
    numbers = sorted({int(place) for place in places})
    if not numbers or numbers[-1] < given:
        return None
    return {str(old): str(new) for new, old in enumerate(numbers)} if len(numbers) == given else {}


def _numbered(evidence: Evidence, step: Step, node: ast.expr, numbers: dict[str, str]) -> Iterator[Diagnosis]:
    written = _written(step, node)
    if written is None or not numbers:
        return
    new = re.sub(r"\{(\d+)(?=[}!:.\[])", lambda place: f"{{{numbers[place[1]]}", evidence.source(step, written))
    yield diagnosis(
        "format-values",
        ("The values of `format` are counted from 0.", "`format` 的值从 0 开始编号。"),
        (f"Write `{new}`.", f"写成 `{new}`。"),
        [evidence.replaced(step, written, new)],
        certain=True,
    )


def _written(step: Step, node: ast.expr) -> ast.Constant | None:
    if isinstance(node, ast.Name) and isinstance(made := binding(step, node), ast.Assign):
        node = made.value
    return node if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _doubled(template: str, given: int, names: set[str]) -> str | None:
    """The template with all braces doubled but those of the values that are given; None if that is no better."""
    kept: list[str] = []

    def keep(place: re.Match[str]) -> str:
        number = place[1]
        if number in names or (number.isdigit() and int(number) < given) or (not number and given):
            kept.append(place[0])
            return f"\0{len(kept) - 1}\1"
        return place[0]

    text = _PLACE.sub(keep, template).replace("{", "{{").replace("}", "}}")
    text = re.sub("\0(\\d+)\1", lambda number: kept[int(number[1])], text)
    try:
        places = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return None
    automatic = sum(not name for name in places)
    return text if text != template and kept and automatic <= given else None


def _missing(evidence: Evidence, step: Step, call: ast.Call, template: str) -> Iterator[Diagnosis]:
    """`"{name} is {age}".format(name)`: names in the template that are variables of the notebook."""
    try:
        places = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    except ValueError:
        return
    names = list(dict.fromkeys(re.split(r"[.\[]", name)[0] for name in places))
    given = {word.arg for word in call.keywords}
    absent = [name for name in names if name.isidentifier() and name not in given]
    head = evidence.source(step, call.func)
    texts: list[str] = []
    if absent and len(absent) == len(call.args) and len(names) == len(absent) + len(given):
        pairs = [f"{name}={evidence.source(step, value)}" for name, value in zip(absent, call.args, strict=True)]
        texts.append(f"{head}({', '.join([*pairs, *(evidence.source(step, word) for word in call.keywords)])})")
    elif absent and all(name in step.names for name in absent):
        known = [evidence.source(step, part) for part in (*call.args, *call.keywords)]
        texts.append(f"{head}({', '.join([*known, *(f'{name}={name}' for name in absent)])})")
    elif len(call.args) == 1 and isinstance(evidence.error, IndexError):
        value = step.value(call.args[0])
        if type(value) in (list, tuple) and len(value) == len(places):
            texts.append(f"{head}(*{evidence.source(step, call.args[0])})")
    if texts:
        yield diagnosis(
            "format-values",
            (f"{short(template)} has places that get no value.", f"{short(template)} 里有占位符没有得到值。"),
            (f"Write `{texts[0]}`.", f"写成 `{texts[0]}`。"),
            [evidence.replaced(step, call, text) for text in texts],
        )
