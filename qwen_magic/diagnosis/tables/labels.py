"""KeyError of pandas: a label where a position is meant, a column where a row is, too few brackets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.types.lookups import Lookup, lookups
from qwen_magic.snapshot import Diagnosis

_MANY = 5000


def wrong_labels(evidence: Evidence) -> Iterator[Diagnosis]:
    """Keys that a frame or a series has, but not where they were looked for."""
    for lookup in lookups(evidence)[:1]:
        if lookup.is_frame() or lookup.is_series():
            for way in _WAYS:
                yield from way(lookup)


def _said(rule: str, lookup: Lookup, cause: tuple[str, str], texts: list[str], *, certain: bool) -> Diagnosis:
    options = " / ".join(f"`{text}`" for text in texts[:2])
    cells = [lookup.evidence.replaced(lookup.step, lookup.node, text) for text in texts]
    return diagnosis(rule, cause, (f"Write {options}.", f"写成 {options}。"), cells, certain=certain)


def _source(lookup: Lookup) -> tuple[str, str]:
    node = lookup.node
    inner = node.slice if isinstance(node, ast.Subscript) else node.args[0] if node.args else node
    return lookup.evidence.source(lookup.step, lookup.holder), lookup.evidence.source(lookup.step, inner)


def _brackets(lookup: Lookup) -> Iterator[Diagnosis]:
    key = lookup.key
    if lookup.accessor or not isinstance(key, tuple) or not isinstance(lookup.node, ast.Subscript):
        return
    if lookup.is_frame() and lookup.direct and all(isinstance(part, str) and part in lookup.keys for part in key):
        holder, inner = _source(lookup)
        text = f"{holder}[[{inner.strip('()')}]]"
        cause = (f"{key!r} was looked up as one column.", f"{key!r} 被当成了一个列名。")
        yield _said("label-brackets", lookup, cause, [text], certain=True)


def _columns_to_drop(lookup: Lookup) -> Iterator[Diagnosis]:
    if lookup.accessor != ".drop:" or not isinstance(lookup.node, ast.Call) or not lookup.is_frame():
        return
    columns = _labels(lookup.held.columns)
    if lookup.key in columns and len(lookup.node.args) == 1:
        holder, inner = _source(lookup)
        others = [word for word in lookup.node.keywords if word.arg != "axis"]
        more = "".join(f", {lookup.evidence.source(lookup.step, word)}" for word in others)
        en = f"`drop` looks for the row {lookup.key!r}, but it is a column."
        cause = (en, f"`drop` 默认删除行，而 {lookup.key!r} 是列。")
        yield _said("label-drop", lookup, cause, [f"{holder}.drop(columns={inner}{more})"], certain=True)


def _column_as_row(lookup: Lookup) -> Iterator[Diagnosis]:
    if lookup.accessor != "loc0" or not lookup.is_frame() or lookup.key not in _labels(lookup.held.columns):
        return
    if isinstance(lookup.node, ast.Subscript) and not isinstance(lookup.node.slice, ast.Tuple):
        holder, inner = _source(lookup)
        cause = (f"{lookup.key!r} is a column, not a row.", f"{lookup.key!r} 是列，不是行。")
        yield _said("label-column", lookup, cause, [f"{holder}[{inner}]"], certain=lookup.direct)


def _row_as_column(lookup: Lookup) -> Iterator[Diagnosis]:
    if lookup.accessor or not lookup.is_frame() or not isinstance(lookup.node, ast.Subscript):
        return
    if not isinstance(lookup.key, int) and lookup.key in _labels(lookup.held.index):
        holder, inner = _source(lookup)
        cause = (f"{lookup.key!r} is a row, not a column.", f"{lookup.key!r} 是行，不是列。")
        yield _said("label-row", lookup, cause, [f"{holder}.loc[{inner}]"], certain=lookup.direct)


def _position(lookup: Lookup) -> Iterator[Diagnosis]:
    """A number that is no label: the place was meant."""
    if type(lookup.key) is not int or not isinstance(lookup.node, ast.Subscript) or lookup.accessor not in ("", "loc0"):
        return
    holder, inner = _source(lookup)
    size = len(lookup.held)
    if isinstance(lookup.node.slice, ast.Tuple) or not -size <= lookup.key < max(size, 1):
        return
    rows = [f"{holder}.iloc[{inner}]"]
    labels = _labels(lookup.held.index)
    if lookup.is_series() and lookup.direct:
        sure = lookup.key < 0 or not any(isinstance(label, (int, float)) for label in labels)
        # The other places of the cell would be left as they are.
        texts = [ast.unparse(node.value) for node in ast.walk(lookup.step.tree) if isinstance(node, ast.Subscript)]
        sure = sure and texts.count(ast.unparse(lookup.holder)) == 1
        en = f"No row is labelled {lookup.key}; positions need `.iloc`."
        cause = (en, f"没有标签为 {lookup.key} 的行；按位置取要用 `.iloc`。")
        yield _said("label-position", lookup, cause, rows, certain=sure)
    elif lookup.is_frame():
        cause = (f"{lookup.key} is no label; positions need `.iloc`.", f"{lookup.key} 不是标签；按位置取要用 `.iloc`。")
        texts = rows if lookup.accessor else [*rows, f"{holder}.iloc[:, {inner}]"]
        texts += [f"{holder}.loc[{inner}]"] if lookup.key in labels and not lookup.accessor else []
        yield _said("label-position", lookup, cause, texts, certain=False)


def _index_name(lookup: Lookup) -> Iterator[Diagnosis]:
    """A column that has become the index."""
    names = [name for name in list(lookup.held.index.names) if isinstance(name, str)]
    if lookup.key not in names or not lookup.is_frame() or not lookup.direct:
        return
    holder, _ = _source(lookup)
    name = lookup.evidence.source(lookup.step, lookup.node)
    rest = name[len(holder) :] if name.startswith(holder) else ""
    texts = [f"{holder}.reset_index(){rest}"] if rest else []
    if isinstance(lookup.node, ast.Subscript) and not lookup.accessor:
        texts.append(f"{holder}.index")
    cause = (f"{lookup.key!r} is the index, no longer a column.", f"{lookup.key!r} 是索引，不再是列。")
    if texts:
        yield _said("label-index", lookup, cause, texts, certain=False)


_WAYS = (_brackets, _columns_to_drop, _column_as_row, _row_as_column, _position, _index_name)


def _labels(index: Any) -> list[Any]:
    return list(index[:_MANY].tolist())
