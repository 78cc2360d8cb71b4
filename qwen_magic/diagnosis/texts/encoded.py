"""Texts where bytes are wanted, and bytes where texts are."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.expressions import operand
from qwen_magic.snapshot import Diagnosis

_BYTES_WANTED = ("bytes-like object is required, not 'str'", "must be encoded before hashing")


def text_for_bytes(evidence: Evidence) -> Iterator[Diagnosis]:
    """`hashlib.md5(name)`, `base64.b64encode(text)`, `data.split(",")` of bytes."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or not isinstance(evidence.error, TypeError):
        return
    if not any(said in evidence.message for said in _BYTES_WANTED):
        return
    texts = [argument for argument in call.args if type(step.value(argument)) is str]
    if len(texts) != 1:
        return
    source, cells = evidence.source(step, texts[0]), []
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    wanted = f"{operand(source)}.encode()"
    if receiver is not None and type(step.value(receiver)) is bytes:
        # Who splits or searches with a text wants texts.
        decoded = f"{operand(evidence.source(step, receiver))}.decode()"
        cells.append(evidence.replaced(step, receiver, decoded))
    cells.append(evidence.replaced(step, texts[0], wanted))
    yield diagnosis(
        "text-for-bytes",
        (f"`{source}` is text, and bytes are wanted.", f"`{source}` 是文本，而这里需要字节。"),
        (f"Write `{wanted}`.", f"请写 `{wanted}`。"),
        cells,
        certain=len(cells) == 1,
    )
