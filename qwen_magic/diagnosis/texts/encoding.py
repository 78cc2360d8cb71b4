"""What is no text to write, and bytes that are in another encoding."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.texts.files import opened
from qwen_magic.snapshot import Diagnosis

_LISTED: Final = 2000


def not_text(evidence: Evidence) -> Iterator[Diagnosis]:
    """`file.write(5)`, and bytes that are in another encoding."""
    step = evidence.last
    node = step.node if step else None
    if step is None:
        return
    if said := re.search(r"write\(\) argument must be str, not (\w+)", evidence.message):
        if isinstance(node, ast.Call) and node.args and said[1] != "bytes":
            text = evidence.source(step, node.args[0])
            ways = [f'"\\n".join({text})', f'"\\n".join(map(str, {text}))'] if said[1] in ("list", "tuple") else []
            ways = [*ways, f"str({text})"]
            cells = [evidence.replaced(step, node.args[0], way) for way in ways]
            if said[1] == "dict":
                cells.insert(0, evidence.replaced(step, node.args[0], f"json.dumps({text}, ensure_ascii=False)"))
            yield diagnosis(
                "not-text",
                (f"`{text}` is a {said[1]}, and a file takes text.", f"`{text}` 是 {said[1]}，而文件只能写入文本。"),
                (f"Write `{ways[0]}`.", f"请写成 `{ways[0]}`。"),
                cells,
                certain=said[1] in ("int", "float"),
            )
    elif isinstance(evidence.error, UnicodeDecodeError):
        yield from _encoding(evidence, step, evidence.error)


def _encoding(evidence: Evidence, step: Step, error: UnicodeDecodeError) -> Iterator[Diagnosis]:
    data = bytes(error.object)[:4096]
    fits = [
        name
        for name in ("utf-8-sig", "gb18030", "utf-16", "big5", "latin-1")
        if name != error.encoding and _decodes(data, name)
    ]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        fits = ["utf-16", *fits]
    call = step.node if is_call_of(step.node, "open", "read_csv", "read_text", "decode", "read_table") else opened(step)
    if not fits or not isinstance(call, ast.Call):
        return
    known = next((word for word in call.keywords if word.arg == "encoding"), None)
    source = evidence.source(step, call)
    if known is not None:
        cells = [evidence.replaced(step, known.value, f'"{name}"') for name in fits]
    elif is_call_of(call, "decode"):
        cells = [evidence.replaced(step, call, f'{evidence.source(step, call.func)}("{name}")') for name in fits]
    else:
        cells = [
            evidence.replaced(step, call, f'{source[:-1]}{", " if call.args else ""}encoding="{name}")')
            for name in fits
        ]
    yield diagnosis(
        "encoding",
        (f"The bytes are not {error.encoding}.", f"内容不是 {error.encoding} 编码。"),
        (f'Read them with encoding="{fits[0]}".', f'用 encoding="{fits[0]}" 读取。'),
        cells,
    )


def _decodes(data: bytes, name: str) -> bool:
    for cut in range(4):
        try:
            data[: len(data) - cut].decode(name)
        except UnicodeError:
            continue
        return True
    return False


def byte_order_mark(evidence: Evidence) -> Iterator[Diagnosis]:
    """KeyError of a column whose name has an invisible sign before it: the file begins with a byte order mark."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not isinstance(evidence.error, KeyError) or not isinstance(node, ast.Subscript):
        return
    held, key = step.value(node.value), evidence.error.args[0] if evidence.error.args else None
    call = opened(step)
    if type(held) is not dict or f"\ufeff{key}" not in held or call is None:
        return
    known = next((word.value for word in call.keywords if word.arg == "encoding"), None)
    source = evidence.source(step, call)
    if known is not None:
        cell = evidence.replaced(step, known, '"utf-8-sig"')
    else:
        cell = evidence.replaced(step, call, f'{source[:-1]}, encoding="utf-8-sig")')
    yield diagnosis(
        "byte-order-mark",
        (f"The file begins with an invisible mark, which has become part of the name {key!r}.",
         f"文件开头有一个不可见的标记，它成了列名 {key!r} 的一部分。"),
        ('Open it with `encoding="utf-8-sig"`.', '用 `encoding="utf-8-sig"` 打开。'),
        [cell],
        certain=True,
    )  # fmt: skip
