"""Texts that are not the number, date or JSON they are read as."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.bindings import binding, siblings
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.texts import numerals
from qwen_magic.diagnosis.wording import short
from qwen_magic.snapshot import Diagnosis

_INT: Final = re.compile(r"invalid literal for int\(\) with base (\d+): (.+)$", re.DOTALL)
_FLOAT: Final = re.compile(r"could not convert string to float: (.+)$", re.DOTALL)


def not_a_number(evidence: Evidence) -> Iterator[Diagnosis]:
    """`int("3.5")`, `float("1,234")`, `int("")`, a header among the numbers."""
    step = evidence.last
    if step is None or type(evidence.error) is not ValueError:
        return
    said = _INT.search(evidence.message) or _FLOAT.search(evidence.message)
    if said is None:
        return
    try:
        text = ast.literal_eval(said[said.lastindex or 1])
    except (ValueError, SyntaxError):
        return
    if type(text) is not str:
        return
    wanted = "int" if said.re is _INT else "float"
    call = step.node
    readings: list[str] = []
    cells: list[str | None] = []
    if is_call_of(call, wanted) and len(call.args) == 1:
        source = evidence.source(step, call.args[0])
        readings = _readings(text, source, operand(source), wanted)
        cells = [
            evidence.replaced(step, call, f"({reading})" if reading.endswith("100") else reading)
            for reading in readings
        ]
        cells += _skipping(evidence, step, call.args[0], text)
    elif is_call_of(call, "list", "sum", "max", "min", "sorted", "tuple", "set"):
        inner = call.args[0] if isinstance(call, ast.Call) and call.args else None
        if is_call_of(inner, "map") and len(inner.args) == 2:
            given = evidence.source(step, inner.args[1])
            cells += _split(evidence, step, inner.args[1])
            readings = _readings(text, "x", "x", wanted)
            cells += [evidence.replaced(step, inner, f"({reading} for x in {given})") for reading in readings]
            if not text.strip():
                cells.append(evidence.replaced(step, inner, f"({wanted}(x) for x in {given} if x.strip())"))
    yield diagnosis(
        "not-a-number",
        _why(text, wanted),
        (f"Write `{readings[0]}`.", f"请写成 `{readings[0]}`。")
        if readings
        else ("Leave out the texts that are no numbers before converting.", "转换之前先去掉不是数字的文本。"),
        cells,
    )


def _why(text: str, wanted: str) -> tuple[str, str]:
    kind = ("an integer", "整数") if wanted == "int" else ("a number", "数字")
    if not text.strip():
        return f"The text is empty, so `{wanted}` finds no number in it.", f"文本是空的，`{wanted}` 读不出数字。"
    if wanted == "int" and numerals.is_number(text):
        return (
            f"{short(text)} has a decimal part, and `int` reads only integers.",
            f"{short(text)} 带小数，`int` 只能读取整数。",
        )
    return f"{short(text)} is not {kind[0]} as Python writes it.", f"{short(text)} 不是 Python 能直接读取的{kind[1]}。"


def _readings(text: str, source: str, dot: str, wanted: str) -> list[str]:
    if wanted == "int" and numerals.is_number(text):
        # What stands behind the point is kept, unless it is nothing.
        ways = [f"float({source})", f"int(float({source}))", f"round(float({source}))"]
        return ways if float(text) % 1 else [ways[1], ways[0]]
    if wanted == "int" and re.fullmatch(r"\s*(?:0x)?[0-9a-fA-F]+\s*", text) and re.search(r"[a-fA-Fx]", text):
        return [f"int({source}, 16)"]
    if wanted == "int" and re.fullmatch(r"\s*0b[01]+\s*", text):
        return [f"int({source}, 2)"]
    found = numerals.reading(text, source, (), dot)
    if wanted == "float":
        found = [reading for reading in found if not reading.startswith("int(")]
    if (
        not found
        and text.strip()
        and (bare := text.strip().strip("\"'“”()[]")) != text.strip()
        and numerals.is_number(bare)
    ):
        signs = "".join(dict.fromkeys(char for char in text.strip() if char in "\"'“”()[]"))
        found = [f"{wanted}({dot}.strip({' ' + signs!r}))"]
    return found


def _split(evidence: Evidence, step: Step, node: ast.expr) -> list[str | None]:
    """`map(int, "1,2,3")`, and `"1, 2, 3".split()`: the text taken apart where its numbers end."""
    text, source = step.value(node), evidence.source(step, node)
    if is_call_of(node, "split") and isinstance(node.func, ast.Attribute):
        text, source = step.value(node.func.value), evidence.source(step, node.func.value)
    if type(text) is not str:
        return []
    for separator in (",", ";", "，", "、", "|", "/", " "):
        parts = text.strip().split(separator)
        if len(parts) > 1 and all(map(numerals.numeric_like_plain, parts)):
            how = "" if separator == " " else f'"{separator}"'
            return [evidence.replaced(step, node, f"{operand(source)}.split({how})")]
    return []


def _skipping(evidence: Evidence, step: Step, argument: ast.expr, text: str) -> Iterator[str | None]:
    """Leave out empty lines, a header, and other texts that are no numbers."""
    source = evidence.source(step, argument)
    name = (
        argument
        if isinstance(argument, ast.Name)
        else next(
            (
                part
                for part in ast.walk(argument)
                if isinstance(part, ast.Name) and type(step.value(part)) in (str, list, dict)
            ),
            None,
        )
    )
    made = binding(step, name) if name is not None else None
    if not isinstance(made, (ast.For, ast.comprehension)) or name is None:
        return
    if apart := _split(evidence, step, made.iter):
        # What is left of a text without its signs are digits, not numbers.
        yield from apart
        return
    given = evidence.source(step, made.iter)
    dotted = operand(given)
    values = siblings(step, name)
    kept = (
        f"{name.id}.strip()"
        if not text.strip()
        else f"{operand(source)}.strip().lstrip('-').replace('.', '', 1).isdigit()"
    )
    first = bool(values) and step.value(name) is not MISSING and values[0] is step.value(name)
    if first and text.strip() and type(step.value(made.iter)) in (list, tuple):
        yield evidence.replaced(step, made.iter, f"{dotted}[1:]")
    if isinstance(made, ast.comprehension) and not made.ifs:
        yield evidence.replaced(step, made.iter, f"{given} if {kept}")
    elif isinstance(made, ast.For):
        yield _continue(evidence, step, made, f"if not {kept}:" if not kept.startswith("not ") else f"if {kept[4:]}:")


def _continue(evidence: Evidence, step: Step, loop: ast.For, test: str) -> str | None:
    first = loop.body[0]
    text = evidence.source(step, first)
    margin = " " * first.col_offset
    return evidence.replaced(step, first, f"{test}\n{margin}    continue\n{margin}{text}")
