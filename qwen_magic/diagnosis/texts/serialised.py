"""JSON that is none, and patterns that match nothing."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.cells import importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.wording import short
from qwen_magic.snapshot import Diagnosis


def broken_json(evidence: Evidence) -> Iterator[Diagnosis]:
    """`json.loads` of a dict, a file, or text that Python writes and JSON does not; `dumps` of what JSON has not."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not is_call_of(call, "load", "loads", "dump", "dumps") or not call.args:
        return
    value, text = step.value(call.args[0]), evidence.source(step, call.args[0])
    head = evidence.source(step, call.func)
    cells: list[str | None] = []
    hint, cause = ("", ""), ("", "")
    if "JSON object must be str, bytes or bytearray, not" in evidence.message:
        kind = evidence.message.rpartition(" ")[2]
        cause = (f"`{text}` is a {kind}, and `{head}` reads text.", f"`{text}` 是 {kind}，而 `{head}` 读取的是文本。")
        other = f"{head.removesuffix('s')}({text})" if "TextIO" in kind or "Buffered" in kind else text
        hint = f"Write `{other}`.", f"请写成 `{other}`。"
        cells.append(evidence.replaced(step, call, other))
    elif "has no attribute 'read'" in evidence.message:
        cause = (f"`{head}` reads a file, and `{text}` is none.", f"`{head}` 读取的是文件，而 `{text}` 不是文件。")
        # What is no JSON is the name of a file.
        texts = [f"{head}s({text})", f"{head}(open({text}))"]
        texts = texts if type(value) is str and re.match(r'\s*[\[{"\d]', value) else texts[::-1]
        hint = f"Write `{texts[0]}`.", f"请写成 `{texts[0]}`。"
        cells += [evidence.replaced(step, call, other) for other in texts]
    elif type(evidence.error) is json.JSONDecodeError and evidence.message.startswith("Extra data: line 2 column 1"):
        cause = "There is one JSON value a line, not one in all.", "每行各是一个 JSON 值，而不是整体一个。"
        lines = text if is_call_of(call, "load") else f"{operand(text)}.splitlines()"
        each = f"[{head.removesuffix('s')}s(line) for line in {lines} if line.strip()]"
        hint = f"Write `{each}`.", f"请写成 `{each}`。"
        cells.append(evidence.replaced(step, call, each))
    elif type(evidence.error) is json.JSONDecodeError and type(value) is str:
        cause = (f"{short(value)} is not JSON: {evidence.message}.", f"{short(value)} 不是 JSON：{evidence.message}。")
        hint = (
            "JSON wants double quotes and no comma before a closing bracket.",
            "JSON 要用双引号，右括号前不能有逗号。",
        )
        cells += _read_otherwise(evidence, step, call, value, text)
    elif said := re.search(r"Object of type (\w+) is not JSON serializable", evidence.message):
        cause = (f"JSON has nothing for a {said[1]}.", f"JSON 不支持 {said[1]} 类型。")
        best = {"set": "list", "ndarray": "list", "int64": "int", "float32": "float", "int32": "int"}.get(
            said[1], "str"
        )
        source = evidence.source(step, call)
        hint = f"Write `{head}(..., default={best})`.", f"请写成 `{head}(..., default={best})`。"
        cells += [
            evidence.replaced(step, call, f"{source[:-1]}, default={way})") for way in dict.fromkeys([best, "str"])
        ]
    if cause[0]:
        yield diagnosis(
            "json", cause, hint, cells, certain=("reads" in cause[0] or "a line" in cause[0]) and cells[0] is not None
        )


def _read_otherwise(evidence: Evidence, step: Step, call: ast.Call, value: str, text: str) -> Iterator[str | None]:
    head, dotted = evidence.source(step, call.func), operand(text)
    try:
        ast.literal_eval(value)
    except (ValueError, SyntaxError):
        pass
    else:
        yield importing(evidence, evidence.replaced(step, call, f"ast.literal_eval({text})"), "import ast")
    for changed, source in (
        (value.replace("'", '"'), f"""{dotted}.replace("'", '"')"""),
        (re.sub(r",\s*([}\]])", r"\1", value), ""),
        (value.strip("\ufeff"), f'{dotted}.strip("\\ufeff")'),
    ):
        try:
            json.loads(changed)
        except ValueError:
            continue
        if source:
            yield evidence.replaced(step, call, f"{head}({source})")
        elif isinstance(call.args[0], ast.Constant):
            yield evidence.replaced(step, call.args[0], repr(changed))


def no_match(evidence: Evidence) -> Iterator[Diagnosis]:
    """`re.match(...)` found nothing, and `.group()` was asked of None."""
    step = evidence.last
    node = step.node if step else None
    if (
        step is None
        or not isinstance(node, ast.Attribute)
        or "'NoneType' object has no attribute 'group" not in evidence.message
    ):
        return
    made = binding(step, node.value) if isinstance(node.value, ast.Name) else None
    call = made.value if isinstance(made, ast.Assign) else node.value
    if not is_call_of(call, "match", "fullmatch", "search") or not isinstance(call.func, ast.Attribute):
        return
    source = evidence.source(step, call)
    head = evidence.source(step, call.func)
    cells = (
        [evidence.replaced(step, call.func, f"{head.rpartition('.')[0]}.search")] if call.func.attr != "search" else []
    )
    yield diagnosis(
        "no-match",
        (f"`{source}` found nothing, so it is None.", f"`{source}` 没有匹配到内容，结果是 None。"),
        (
            "Use `re.search` to look anywhere in the text, and test the result with `if`.",
            "用 `re.search` 在任意位置查找，并用 `if` 判断结果。",
        ),
        cells,
    )
