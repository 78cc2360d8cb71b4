"""Columns that are not there yet, and values that lie one level down: `assign`, `json_normalize`, named fields."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis


def just_assigned(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.assign(profit=..., margin=df["profit"] / df["cost"])`: the old frame does not have the new column."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, KeyError) or not isinstance(step.node, ast.AST):
        return
    key = evidence.error.args[0] if evidence.error.args else None
    for call in (n for n in ast.walk(step.statement or ast.Pass()) if isinstance(n, ast.Call)):
        given = [word.arg for word in call.keywords]
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "assign" or key not in given:
            continue
        for word in call.keywords[given.index(key) + 1 :]:
            reads = [n for n in ast.walk(word.value) if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)]
            frames = {n.value.id for n in reads if step.value(n.slice) == key and isinstance(n.value, ast.Name)}
            if len(frames) != 1 or isinstance(word.value, ast.Lambda):
                continue
            drafts, frame = Drafts(evidence, step), frames.pop()
            names = [n for n in ast.walk(word.value) if isinstance(n, ast.Name) and n.id == frame]
            text = re.sub(rf"(?<![\w.'\"]){frame}\b", "d", drafts.source(word.value))
            drafts.edit((word.value, f"lambda d: {text}"), certain=bool(names))
            yield drafts.diagnosis(
                "just-assigned",
                (f"`{frame}` itself has no column {key!r}; only the new frame does.",
                      f"`{frame}` 本身没有列 {key!r}，只有新表才有。"),
                (f"Write `lambda d: {text}`.", f"请写 `lambda d: {text}`。"),
            )  # fmt: skip
            return


def nested_meta(evidence: Evidence) -> Iterator[Diagnosis]:
    """`json_normalize(..., meta=["customer.city"])`: the way to a value is a list."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, KeyError) or "errors='ignore'" not in evidence.message:
        return
    constants = [n for n in running_nodes(evidence, step) if isinstance(n, ast.Constant) and type(n.value) is str]
    texts = [(n, path) for n in constants if "." in (path := str(n.value)) and f"'{path}'" in evidence.message]
    if len(texts) != 1:
        return
    drafts, (node, path) = Drafts(evidence, step), texts[0]
    text = repr(path.split(".")).replace("'", '"')
    drafts.edit((node, text), certain=True)
    yield drafts.diagnosis(
        "nested-meta",
        (f"{path!r} is the way to a value that lies deeper.", f"{path!r} 是更深一层的值的路径。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )


def fields_by_position(evidence: Evidence) -> Iterator[Diagnosis]:
    """`data[:, 1]` of an array with named fields, as `genfromtxt(names=True)` gives one."""
    step = evidence.last
    if step is None or not isinstance(step.node, ast.Subscript) or not isinstance(evidence.error, IndexError):
        return
    array: Any = step.value(step.node.value)
    names = array.dtype.names if columns.kind(array) == "ndarray" else None
    if not names:
        return
    owner = ast.unparse(step.node.value)
    drafts = Drafts(evidence, step)
    changes = []
    for node in ast.walk(step.tree):
        if (
            not isinstance(node, ast.Subscript)
            or ast.unparse(node.value) != owner
            or not isinstance(node.slice, ast.Tuple)
        ):
            continue
        rows, place = node.slice.elts[0], step.value(node.slice.elts[-1])
        if type(place) is not int or not -len(names) <= place < len(names):
            return
        text = f'{drafts.operand(node.value)}["{names[place]}"]'
        changes.append((node, text if ast.unparse(rows) == ":" else f"{text}[{drafts.source(rows)}]"))
    if not changes:
        return
    drafts.edit(*changes, certain=True)
    yield drafts.diagnosis(
        "fields-by-position",
        (
            f"The columns of `{owner}` have names: {', '.join(names[:6])}.",
            f"`{owner}` 的列有名字：{'、'.join(names[:6])}。",
        ),
        (f"Write `{changes[0][1]}`.", f"请写 `{changes[0][1]}`。"),
    )
