"""Format specifications that do not exist, or that the value does not have: `f"{x:%.2f}"`, `f"{None:>10}"`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, Final

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.texts import numerals
from qwen_magic.snapshot import Diagnosis

_BAD: Final = re.compile(
    r"Invalid format specifier|Format specifier missing precision|Precision not allowed|unsupported format string"
    r"|Unknown format code|Cannot specify|not allowed in string format"
)
_PLAIN: Final = (int, float, str, bool)
# What was written, and what it may stand for; the first that the value can be written with is taken.
_CHANGES: Final = (
    (r"^%", ""), (r"(\d)\.([a-zA-Z%])$", r".\1\2"), (r",(\d+[a-z])$", r",.\1"), (r"%%$", "%"), (r"\s+", ""),
    (r"[a-zA-Z]+%$", "%"), (r"(?<=[a-z])[a-z]$", ""), (r"^((?:[^.]*\D)?\d*)d$", r"\1.0f"), (r"d$", "f"),
    (r"^(\d)f\.$", r".\1f"), (r"^(\.\d+),(f)$", r",\1\2"), (r"^(\.\d+f),$", r",\1"), (r"^(\d+),f$", r",.\1f"),
    (r"\.f$", "f"), (r"[dfs]$", ""), (r"^0(\d+)s$", r">\1s"), (r"\.(\d+)d$", r"0\1d"),
)  # fmt: skip


def wrong_spec(evidence: Evidence) -> Iterator[Diagnosis]:
    """A specification put right, or the value made what it is for."""
    step = evidence.last
    if step is None or not step.in_cell or not isinstance(evidence.error, (ValueError, TypeError)):
        return
    if not _BAD.search(evidence.message) or step.statement is None:
        return
    for part in ast.walk(step.statement):
        if isinstance(part, ast.FormattedValue) and part.format_spec is not None and part.conversion == -1:
            pieces = part.format_spec.values if isinstance(part.format_spec, ast.JoinedStr) else []
            if all(isinstance(piece, ast.Constant) for piece in pieces):
                spec = "".join(str(piece.value) for piece in pieces if isinstance(piece, ast.Constant))
                yield from _in_braces(evidence, step, part, spec)
        elif is_call_of(part, "format"):
            yield from _of_method(evidence, step, part)


def _in_braces(evidence: Evidence, step: Step, part: ast.FormattedValue, spec: str) -> Iterator[Diagnosis]:
    """The place of an f-string, found by its text: Python 3.11 does not know where it stands."""
    value = step.value(part.value)
    odd = f"passed to {type(value).__name__}.__format__" in evidence.message
    if value is MISSING or (_works(value, spec) and not odd):
        return
    found = re.findall(rf"\{{([^{{}}]*?):{re.escape(spec)}\}}", evidence.cell)
    names = [text for text in dict.fromkeys(found) if _unparsed(text) == ast.unparse(part.value)]
    if len(names) != 1:
        return
    old, name = f"{{{names[0]}:{spec}}}", names[0].strip()
    changes = [f"{{{name}:{new}}}" if new else f"{{{name}}}" for new in _respelled(value, spec)]
    if type(value) not in _PLAIN:
        changes += _of_other(name, value, spec)
    elif type(value) is str and (made := [one for one in _as_number(value, name, spec) if '"' not in one]):
        changes = [f"{{{one}:{spec}}}" for one in made] + changes
    cells = [evidence.cell.replace(old, change) for change in changes]
    yield from _said(evidence, value, spec, changes, cells)


def _of_method(evidence: Evidence, step: Step, call: ast.Call) -> Iterator[Diagnosis]:
    """`"{:.2f}".format("3.1")`, `format(x, "%.2f")`: a single value, or the one of the type that the error names."""
    if isinstance(call.func, ast.Name) and len(call.args) == 2:
        value, spec = step.value(call.args[0]), step.value(call.args[1])
        if type(spec) is str and value is not MISSING and not _works(value, spec):
            texts = _respelled(value, spec)
            cells = [evidence.replaced(step, call.args[1], f'"{text}"') for text in texts]
            yield from _said(evidence, value, spec, texts, cells)
        return
    template = call.func.value if isinstance(call.func, ast.Attribute) else None
    if not isinstance(template, ast.Constant) or type(template.value) is not str:
        return
    for number, (place, spec) in enumerate(re.findall(r"\{(\d*):?([^{}]*)\}", template.value)):
        at = int(place) if place else number
        if at >= len(call.args) or not spec:
            continue
        argument = call.args[at]
        value, name = step.value(argument), evidence.source(step, argument)
        if value is MISSING or _works(value, spec):
            continue
        made = _as_number(value, name, spec) if type(value) is str else []
        cells = [evidence.replaced(step, argument, text) for text in made]
        source = evidence.source(step, template)
        texts = [f":{new}}}" if new else "}" for new in _respelled(value, spec)]
        if source.count(f":{spec}}}") == 1:
            cells += [evidence.replaced(step, template, source.replace(f":{spec}}}", text)) for text in texts]
        if type(value) not in _PLAIN and not re.search(r"[a-zA-Z%,]", spec):
            cells.append(evidence.replaced(step, argument, f"str({name})"))
            made = [f"str({name})"]
        yield from _said(evidence, value, spec, [*made, *texts], cells)
        return


def _said(
    evidence: Evidence, value: Any, spec: str, texts: list[str], cells: list[str | None] | list[str]
) -> Iterator[Diagnosis]:
    if not texts:
        return
    kind = type(value).__name__
    aligned = type(value) not in _PLAIN and "!s" in texts[0]
    yield diagnosis(
        "format-spec",
        (f"The format `{spec}` does not fit a value of type {kind}.", f"格式 `{spec}` 不能用于 {kind} 类型的值。"),
        (f"Write `{texts[0]}`.", f"请写成 `{texts[0]}`。"),
        cells,
        certain=aligned and len(texts) == 1,
    )


def _works(value: Any, spec: str) -> bool:
    """Whether a value of Python's own can be written so; others are not asked."""
    if type(value) not in _PLAIN:
        return not spec or type(value) not in (list, tuple, dict, set, type(None))
    try:
        format(value, spec)
    except (ValueError, TypeError):
        return False
    return True


def _respelled(value: Any, spec: str) -> list[str]:
    """Specifications of nearly this spelling that the value can be written with."""
    # A text cut to two letters is not what a format for numbers means.
    if type(value) not in _PLAIN or (type(value) is str and spec[-1:] in "bcdeEfFgGnoxX%"):
        return []
    if spec == "s":
        return [""]
    found = [re.sub(pattern, new, spec) for pattern, new in _CHANGES]
    found += [re.sub(pattern, new, once) for once in found for pattern, new in _CHANGES]
    return [new for new in dict.fromkeys(found) if new and new != spec and _works(value, new)][:3]


def _as_number(value: str, name: str, spec: str) -> list[str]:
    readings = numerals.reading(value, name, (), operand(name))
    sample = 1 if spec.endswith("d") else 1.0
    kinds = [one for one in readings if one.startswith("int(" if spec.endswith("d") else "float(")] or readings
    return kinds if _works(sample, spec) else []


def _of_other(name: str, value: Any, spec: str) -> list[str]:
    digits = re.search(r"\.(\d+)f$", spec)
    if digits and type(value) in (list, tuple) and all(type(item) in (int, float) for item in value):
        return [f"{{[round(x, {digits[1]}) for x in {name}]}}"]
    # Alignment is for texts; a sign for numbers has no meaning here.
    return [f"{{{name}!s:{spec}}}"] if not re.search(r"[a-zA-Z%,]", spec) else []


def _unparsed(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return ""
