"""Paths joined with `+`, and files that are written without having been opened for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.types.operands import pair
from qwen_magic.snapshot import Diagnosis

_PATHS = ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path")
_WRITING = ("write", "writelines", "dump", "writer", "DictWriter", "writerow", "to_csv", "to_json")


def joined_path(evidence: Evidence) -> Iterator[Diagnosis]:
    """`folder + "/data.csv"`, where `folder` is a `Path`."""
    found = pair(evidence)
    if found is None or found.symbol != "+" or not set(found.types) & set(_PATHS):
        return
    side = 0 if found.types[0] in _PATHS else 1
    text, value = found.text(1 - side), found.values[1 - side]
    if found.types[1 - side] != "str":
        return
    path = found.text(side)
    if side == 1:
        texts = [f"{text} + str({path})"]
    elif type(value) is str and value.startswith((".", "_", "-")) and value[:2] != "./":
        # A suffix belongs to the last part of the name.
        texts = [f"{path}.with_name({path}.name + {text})", f"str({path}) + {text}"]
    else:
        literal = isinstance(found.nodes[1], ast.Constant) and type(value) is str
        texts = [f"{path} / {value.lstrip('/')!r}" if literal and value[:1] == "/" else f"{path} / {text}"]
        texts = [texts[0].replace("'", '"') if text.startswith('"') else texts[0]]
        if not literal and type(value) is str and value.startswith("/"):
            texts = [f'{path} / {text}.lstrip("/")']
        texts.append(f"str({path}) + {text}")
    # What goes on with a dot or another `+` needs parentheses.
    inside = isinstance(found.step.parents.get(found.node), (ast.Attribute, ast.BinOp))
    yield diagnosis(
        "joined-path",
        (f"`{path}` is a path, and paths are joined with `/`.", f"`{path}` 是路径对象，路径要用 `/` 拼接。"),
        (f"Write `{texts[0]}`.", f"写成 `{texts[0]}`。"),
        [found.whole(f"({text})" if inside else text) for text in texts],
        certain=" / " in texts[0] and value is not MISSING and not inside,
    )


def opened_to_read(evidence: Evidence) -> Iterator[Diagnosis]:
    """`open(path)` of a new file that is then written to."""
    step = evidence.last
    call = step.node if step else None
    if step is None or type(evidence.error) is not FileNotFoundError or not isinstance(call, ast.Call):
        return
    if not is_call_of(call, "open"):
        return
    parts = call.args[1:] if isinstance(call.func, ast.Name) else call.args
    given = [word.value for word in call.keywords if word.arg == "mode"] + list(parts)
    mode = given[0] if given else None
    around = step.parents.get(call)
    target = around.optional_vars if isinstance(around, ast.withitem) else None
    target = around.targets[0] if isinstance(around, ast.Assign) else target
    if not isinstance(target, ast.Name) or (mode is not None and not isinstance(mode, ast.Constant)):
        return
    used = [node for node in ast.walk(step.tree) if is_call_of(node, *_WRITING)]
    if not any(isinstance(part, ast.Name) and part.id == target.id for node in used for part in ast.walk(node)):
        return
    source = evidence.source(step, call)
    known = str(mode.value) if isinstance(mode, ast.Constant) else "r"
    words = [word for word in call.keywords if word.arg]
    if mode is not None:
        cell = evidence.replaced(step, mode, f'"{known.replace("r", "w")}"')
    elif words:
        first = evidence.source(step, words[0])
        cell = evidence.replaced(step, call, source.replace(first, f'mode="w", {first}', 1))
    else:
        cell = evidence.replaced(step, call, f'{source[:-1]}{", " if call.args else ""}"w")')
    yield diagnosis(
        "wrong-mode",
        (f"The file is written to, but opened to be read ({known!r}).", f"要写入文件，却以只读模式 {known!r} 打开。"),
        ('Open it with mode "w".', '用 "w" 模式打开。'),
        [cell],
        certain=True,
    )
