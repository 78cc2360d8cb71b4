"""The path of a file where an open file is wanted, and what is written into one in another shape."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.texts.files import opened
from qwen_magic.snapshot import Diagnosis

_WRITE: Final = re.compile(r"has no attribute 'write'|must have a 'write' attribute|must have a \"write\" method")
_READ: Final = re.compile(r"must have 'read' and 'readline' attributes|has no attribute 'read(?:line)?'$")


def path_for_a_file(evidence: Evidence) -> Iterator[Diagnosis]:
    """`json.dump(data, "a.json")`, `pickle.load("a.pkl")`, `csv.writer("a.csv")`; `json.dump(file, data)`."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not is_call_of(call, "dump", "load", "writer", "DictWriter"):
        return
    writing = _WRITE.search(evidence.message) is not None
    if writing and len(call.args) == 2 and any(hasattr(type(step.value(arg)), "write") for arg in call.args[:1]):
        yield _exchanged(evidence, step, call)
        return
    module = evidence.source(step, call.func).partition(".")[0]
    if not (writing or _READ.search(evidence.message)) or (module == "json" and not writing):
        return
    path = next((arg for arg in call.args if isinstance(step.value(arg), (str, PurePath))), None)
    if path is None or (writing and is_call_of(call, "dump") and path is call.args[0] and len(call.args) > 1):
        path = call.args[-1] if len(call.args) > 1 and isinstance(step.value(call.args[-1]), (str, PurePath)) else None
    if path is None:
        return
    binary = "b" if module in ("pickle", "joblib", "marshal", "pkl") else ""
    rest = ', newline=""' if is_call_of(call, "writer", "DictWriter") else ""
    text = f'open({evidence.source(step, path)}, "{"w" if writing else "r"}{binary}"{rest})'
    yield diagnosis(
        "path-for-file",
        (f"`{evidence.source(step, call.func)}` takes an open file, not its path.",
         f"`{evidence.source(step, call.func)}` 需要打开的文件，而不是路径。"),
        (f"Write `{text}`.", f"请写成 `{text}`。"),
        [evidence.replaced(step, path, text)],
        certain=True,
    )  # fmt: skip


def _exchanged(evidence: Evidence, step: Step, call: ast.Call) -> Diagnosis:
    first, second = (evidence.source(step, argument) for argument in call.args)
    return diagnosis(
        "path-for-file",
        (f"What is written comes first, then the file `{first}`.", f"先写数据，再写文件 `{first}`。"),
        (f"Write `({second}, {first})`.", f"请写成 `({second}, {first})`。"),
        [changed(evidence, step, [(call.args[0], second), (call.args[1], first)])],
        certain=True,
    )


def dump_and_dumps(evidence: Evidence) -> Iterator[Diagnosis]:
    """`json.dumps(data, file)`, `json.dump(data)`, `json.dump(file, data)`: with `s` it gives text."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not is_call_of(call, "dump", "dumps"):
        return
    head, count = evidence.source(step, call.func), len(call.args)
    if is_call_of(call, "dump") and count == 2 and "not JSON serializable" in evidence.message:
        if hasattr(type(step.value(call.args[0])), "write"):
            yield _exchanged(evidence, step, call)
        return
    if is_call_of(call, "dumps") and count == 2 and "positional argument" in evidence.message:
        text = head[:-1]
    elif is_call_of(call, "dump") and count == 1 and re.search(r"missing .*argument", evidence.message):
        text = f"{head}s"
    else:
        return
    yield diagnosis(
        "dump-and-dumps",
        ("`dump` writes into a file, and `dumps` gives a text.", "`dump` 写入文件，`dumps` 返回文本。"),
        (f"Write `{text}`.", f"请写成 `{text}`。"),
        [evidence.replaced(step, call.func, text)],
        certain=True,
    )


def rows_of_a_table(evidence: Evidence) -> Iterator[Diagnosis]:
    """`row["name"]` of `csv.reader`, `row[0]` of `csv.DictReader`, `writerow(3)`, a binary file."""
    step = evidence.last
    node = step.node if step else None
    if step is None:
        return
    if isinstance(node, ast.Call) and "iterable expected, not" in evidence.message and len(node.args) == 1:
        text = evidence.source(step, node.args[0])
        best = f"[{text}]" if is_call_of(node, "writerow") else f"[[value] for value in {text}]"
        words = ("A row is a list of values.", "一行是由多个值组成的列表。"), (f"Write `{best}`.", f"请写成 `{best}`。")
        yield diagnosis("csv-rows", *words, [evidence.replaced(step, node.args[0], best)])
    elif "iterator should return strings, not bytes" in evidence.message and (call := opened(step)):
        mode = call.args[1] if len(call.args) > 1 else None
        words = ("The file is open for bytes.", "文件是以二进制模式打开的。"), ('Open it with "r".', '用 "r" 打开。')
        yield diagnosis("csv-rows", *words, [evidence.replaced(step, mode, '"r"') if mode else None], certain=True)
    elif isinstance(node, ast.Subscript) and isinstance(evidence.error, (TypeError, KeyError)):
        yield from _other_reader(evidence, step, node)


def _other_reader(evidence: Evidence, step: Step, node: ast.Subscript) -> Iterator[Diagnosis]:
    row, key = step.value(node.value), step.value(node.slice)
    by_name = type(row) is list and type(key) is str and "list indices" in evidence.message
    by_place = type(row) is dict and type(key) is int
    calls = [part for part in ast.walk(step.tree) if is_call_of(part, "reader" if by_name else "DictReader")]
    if not (by_name or by_place) or len(calls) != 1 or not isinstance(calls[0], ast.Call):
        return
    if isinstance(node.value, ast.Name) and not isinstance(binding(step, node.value), (ast.For, ast.comprehension)):
        return
    head = evidence.source(step, calls[0].func)
    text = head[: -len("reader")] + "DictReader" if by_name else head[: -len("DictReader")] + "reader"
    cells = [evidence.replaced(step, calls[0].func, text)]
    if by_place and row and isinstance(key, int) and -len(row) <= key < len(row):
        cells.insert(0, evidence.replaced(step, node.slice, repr(list(row)[key])))
    yield diagnosis(
        "csv-rows",
        ("`csv.reader` gives lists and `csv.DictReader` dicts.", "`csv.reader` 得到列表，`csv.DictReader` 得到字典。"),
        (f"Write `{text}`.", f"请写成 `{text}`。"),
        cells,
    )
