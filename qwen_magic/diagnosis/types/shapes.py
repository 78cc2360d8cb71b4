"""Dicts made of something else than pairs, types in a list, and options written as text where Python wants more."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.snapshot import Diagnosis


def not_pairs(evidence: Evidence) -> Iterator[Diagnosis]:
    """`dict(("a", 1))`, `dict(names, ages)`, `dict("a", 1)`, `d.update("a", 1)`, `dict(zip(pairs))`."""
    step = evidence.last
    call = step.node if step else None
    told = re.search(r"dictionary update sequence|(?:dict|update) expected at most 1 argument, got 2", evidence.message)
    if step is None or told is None or not is_call_of(call, "dict", "update"):
        return
    texts = [evidence.source(step, argument) for argument in call.args]
    values = [step.value(argument) for argument in call.args]
    holder = evidence.source(step, call.func.value) if isinstance(call.func, ast.Attribute) else ""
    head = evidence.source(step, call.func)
    if len(texts) == 2 and all(type(value) in (list, tuple, range) for value in values):
        best = f"{head}(zip({', '.join(texts)}))"
    elif len(texts) == 2 and type(values[0]) in (str, int):
        best = f"{holder}[{texts[0]}] = {texts[1]}" if holder else f"{{{texts[0]}: {texts[1]}}}"
    elif len(texts) == 1 and type(values[0]) is tuple and len(values[0]) == 2 and type(values[0][0]) is str:
        best = f"{head}([{texts[0]}])"
    elif len(texts) == 1 and isinstance(call.args[0], ast.GeneratorExp | ast.ListComp):
        yield from _odd_element(evidence, step, call.args[0])
        return
    else:
        return
    yield diagnosis(
        "not-pairs",
        ("A dict is made of pairs of a key and a value.", "字典由键和值的二元组构成。"),
        (f"Write `{best}`.", f"请写成 `{best}`。"),
        [evidence.replaced(step, call, best)],
    )


def _odd_element(evidence: Evidence, step: Step, node: ast.GeneratorExp | ast.ListComp) -> Iterator[Diagnosis]:
    """`dict(line.split("=") for line in lines)`, where a line is blank, or has several of the sign."""
    loop, cells = node.generators[0], []
    split = node.elt
    if not is_call_of(split, "split") or not isinstance(loop.target, ast.Name):
        return
    if "has length 1;" in evidence.message and not loop.ifs:
        name = loop.target.id
        cells.append(evidence.replaced(step, loop.iter, f"{evidence.source(step, loop.iter)} if {name}.strip()"))
    elif len(split.args) == 1:
        cells.append(evidence.replaced(step, split, f"{evidence.source(step, split)[:-1]}, 1)"))
    yield diagnosis(
        "not-pairs",
        ("One of the texts does not split into two parts.", "其中有一段文本不能分成两部分。"),
        ("Leave out blank ones, or split only once.", "去掉空的部分，或只拆分一次。"),
        cells,
    )


def type_as_option(evidence: Evidence) -> Iterator[Diagnosis]:
    """`isinstance(x, [int, float])`, `isinstance(x, int, float)`, `add_argument("n", type="int")`, level "info"."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call):
        return
    cell, best = None, ""
    if is_call_of(call, "isinstance", "issubclass"):
        if len(call.args) == 2 and isinstance(call.args[1], (ast.List, ast.Set)):
            best = f"({evidence.source(step, call.args[1])[1:-1].rstrip(', ')},)"
            best = best if len(call.args[1].elts) == 1 else f"{best[:-2]})"
            cell = evidence.replaced(step, call.args[1], best)
        elif len(call.args) > 2 and "expected 2 arguments" in evidence.message:
            best = f"({', '.join(evidence.source(step, kind) for kind in call.args[1:])})"
            value = evidence.source(step, call.args[0])
            cell = evidence.replaced(step, call, f"{evidence.source(step, call.func)}({value}, {best})")
    elif is_call_of(call, "add_argument") and "is not callable" in evidence.message:
        kind = next((word.value for word in call.keywords if word.arg == "type"), None)
        if isinstance(kind, ast.Constant) and isinstance(getattr(builtins, str(kind.value), None), type):
            best = str(kind.value)
            cell = evidence.replaced(step, kind, best)
    elif evidence.message.startswith("Unknown level: '"):
        level = next((one for one in (*call.args, *(word.value for word in call.keywords)) if _level(one)), None)
        if isinstance(level, ast.Constant):
            best = f'"{_level(level)}"'
            cell = evidence.replaced(step, level, best)
    if cell:
        yield diagnosis(
            "type-as-option",
            (f"`{evidence.source(step, call.func)}` takes it in another form.",
             f"`{evidence.source(step, call.func)}` 需要另一种写法。"),
            (f"Write `{best}`.", f"请写成 `{best}`。"),
            [cell],
            certain=True,
        )  # fmt: skip


def _level(node: ast.expr) -> str:
    text = str(node.value).upper() if isinstance(node, ast.Constant) else ""
    return (
        text if text in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL") and text != getattr(node, "value", "") else ""
    )


def command_line(evidence: Evidence) -> Iterator[Diagnosis]:
    """`parser.parse_args()` in a notebook, which has no command line of its own."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(evidence.error, SystemExit) or not isinstance(call, ast.Call):
        return
    if not is_call_of(call, "parse_args") or call.keywords:
        return
    head = evidence.source(step, call.func)
    given = call.args[0] if call.args else None
    if given is None:
        best = f"{head}([])"
    elif type(step.value(given)) is str:
        best = f"{head}({operand(evidence.source(step, given))}.split())"
    else:
        return
    yield diagnosis(
        "command-line",
        ("A notebook has no command line to read the arguments from.", "笔记本没有可供读取参数的命令行。")
        if given is None
        else ("The arguments are a list of texts.", "参数应是文本列表。"),
        (f"Write `{best}`.", f"请写成 `{best}`。"),
        [evidence.replaced(step, call, best)],
        certain=given is not None,
    )
