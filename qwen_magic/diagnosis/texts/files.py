"""Files that are not there, are open for something else, or are closed."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from qwen_magic.diagnosis.cells import importing, with_line_above
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis

_LISTED: Final = 2000


def no_such_file(evidence: Evidence) -> Iterator[Diagnosis]:
    """Files of that folder with a name close to the one that is not there."""
    error, step = evidence.error, evidence.last
    if step is None or type(error) is not FileNotFoundError or type(error.filename) is not str:
        return
    name = error.filename
    node = next(
        (
            part
            for part in ast.walk(step.node or ast.Pass())
            if isinstance(part, ast.expr) and step.value(part) == name and type(step.value(part)) is str
        ),
        None,
    )
    at = next((part for part in ast.walk(step.tree) if isinstance(part, ast.Constant) and part.value == name), None)
    target = at if isinstance(node, ast.Name) and at is not None else node
    writing = is_call_of(step.node, "open", "to_csv", "savefig", "mkdir", "to_excel", "write_text")
    folder = os.path.dirname(name)  # noqa: PTH120  # the text is kept as it was typed
    missing = bool(folder) and not Path(folder).is_dir()
    found = [] if missing and writing and len(getattr(step.node, "args", ())) > 1 else _close(name)
    cells = [evidence.replaced(step, target, repr(other)) for other in found] if target is not None else []
    hint = (
        (f"Write `{found[0]!r}`.", f"请写成 `{found[0]!r}`。")
        if found
        else ("Check the name and the folder that it is looked for in.", "检查文件名和所在的文件夹。")
    )
    if missing and writing and step.statement is not None and step.in_cell:
        made = with_line_above(evidence, step, step.statement, f"os.makedirs({folder!r}, exist_ok=True)")
        cells.append(importing(evidence, made, "import os"))
        hint = (
            hint
            if found
            else (
                f"Make the folder first: `os.makedirs({folder!r}, exist_ok=True)`.",
                f"先创建文件夹：`os.makedirs({folder!r}, exist_ok=True)`。",
            )
        )
    what = (
        (f"There is no folder {folder!r}.", f"没有 {folder!r} 这个文件夹。")
        if missing
        else (
            f"There is no file {name!r} in {folder or str(Path.cwd())!r}.",
            f"在 {folder or str(Path.cwd())!r} 中没有文件 {name!r}。",
        )
    )
    yield diagnosis("no-such-file", what, hint, cells)


def _close(name: str) -> list[str]:
    """Files with nearly this name, in its folder, here, above, and one folder down."""
    path = Path(name)
    found: list[str] = []
    seen = 0
    for folder in dict.fromkeys([path.parent, Path(), Path("data"), Path("..")]):
        try:
            names = sorted(entry.name for entry in os.scandir(folder))[:_LISTED]
        except OSError:
            continue
        seen += len(names)
        lower = {other.lower(): other for other in names}
        close = [path.name] if path.name in names else []
        close += [lower[other] for other in get_close_matches(path.name.lower(), lower, 2, 0.75)]
        close += [other for other in names if other.rpartition(".")[0] == path.name or other == path.stem]
        prefix = "" if str(folder) == "." else f"{folder.as_posix()}/"
        found += [prefix + other for other in close if prefix + other != name]
    return list(dict.fromkeys(found))[:4]


def wrong_mode(evidence: Evidence) -> Iterator[Diagnosis]:
    """Reading a file that is open for writing, text into a binary one, and the like."""
    step, message = evidence.last, evidence.message
    if step is None:
        return
    text = bool(re.search(r"bytes-like object is required, not 'str'", message))
    binary = "write() argument must be str, not bytes" in message
    unwritable, unreadable = "not writable" in message, "not readable" in message
    if not (text or binary or unwritable or unreadable):
        return
    call = opened(step)
    if call is not None:
        mode = next(
            (word.value for word in call.keywords if word.arg == "mode"),
            call.args[1] if len(call.args) > 1 else None,
        )
        known = (
            mode.value
            if isinstance(mode, ast.Constant) and isinstance(mode.value, str)
            else "r"
            if mode is None
            else ""
        )
        if not known:
            return
        wanted = (
            [known.replace("r", "w"), known.replace("r", "a")]
            if unwritable
            else [known.replace("w", "r").replace("a", "r")]
        )
        wanted = [known.replace("b", "")] if text else [f"{known}b"] if binary else wanted
        source = evidence.source(step, call)
        cells = [
            evidence.replaced(step, mode, f'"{new}"')
            if mode is not None
            else evidence.replaced(step, call, f'{source[:-1]}, "{new}")')
            for new in wanted
        ]
        yield diagnosis(
            "wrong-mode",
            (f"The file was opened with mode {known!r}.", f"文件是以 {known!r} 模式打开的。"),
            (f'Open it with mode "{wanted[0]}".', f'用 "{wanted[0]}" 模式打开。'),
            cells,
            certain=unreadable or text or binary,
        )


def opened(step: Step) -> ast.Call | None:
    """The `open` that made the file that was in use."""
    names = {node.id for node in ast.walk(step.node or ast.Pass()) if isinstance(node, ast.Name)}
    calls = [node for node in ast.walk(step.tree) if is_call_of(node, "open")]
    for call in reversed(calls):
        around = step.parents.get(call)
        target = around.optional_vars if isinstance(around, ast.withitem) else None
        if isinstance(around, ast.Assign):
            target = around.targets[0]
        if isinstance(target, ast.Name) and target.id in names and isinstance(call, ast.Call):
            return call
    return calls[0] if len(calls) == 1 and isinstance(calls[0], ast.Call) else None


def _kept(evidence: Evidence, step: Step) -> Iterator[str | None]:
    """The cell with what a reader gives kept in a list: `rows = list(csv.reader(file))`."""
    names = {node.id for node in ast.walk(step.statement or ast.Pass()) if isinstance(node, ast.Name)}
    for node in ast.walk(step.tree):
        if isinstance(node, ast.Assign) and is_call_of(
            node.value, "reader", "DictReader", "map", "enumerate", "filter"
        ):
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id in names:
                yield evidence.replaced(step, node.value, f"list({evidence.source(step, node.value)})")


def closed_file(evidence: Evidence) -> Iterator[Diagnosis]:
    """Used after its `with`: the line belongs inside."""
    step = evidence.last
    if step is None or "I/O operation on closed file" not in evidence.message or step.statement is None:
        return
    statement = step.statement
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    block = next(
        (
            node
            for node in ast.walk(step.tree)
            if isinstance(node, ast.With)
            and node.lineno < statement.lineno
            and any(isinstance(item.optional_vars, ast.Name) and item.optional_vars.id in names for item in node.items)
        ),
        None,
    )
    cells: list[str | None] = [*_kept(evidence, step)]
    if block is not None and step.in_cell and block.col_offset == statement.col_offset:
        lines = evidence.cell.split("\n")
        for last in (statement.end_lineno, block.end_lineno):
            first = (block.end_lineno or block.lineno) + step.shift
            end = (statement.end_lineno or statement.lineno) + step.shift
            if last is not None:
                cells.append(
                    "\n".join(
                        f"    {line}" if first < n <= end and line.strip() else line for n, line in enumerate(lines, 1)
                    )
                )
    name = next(
        (node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and node.id in names), "the file"
    )
    yield diagnosis(
        "closed-file",
        ("The file is closed at the end of its `with` block.", "`with` 代码块结束时文件已经关闭。"),
        (f"Indent the line with `{name}` into the `with` block.", f"把使用 `{name}` 的这一行缩进到 `with` 代码块里。"),
        cells,
        certain=len(set(cells)) == 1,
    )
