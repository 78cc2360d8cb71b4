"""KeyError: a key or a column that is called something else, or is somewhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from typing import Any

from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.names.similarity import close, only_slip
from qwen_magic.diagnosis.tables.merges import columns_of_the_other
from qwen_magic.diagnosis.types.lookups import Lookup, lookups, written
from qwen_magic.snapshot import Diagnosis

_SHOWN = 8


def close_keys(evidence: Evidence) -> Iterator[Diagnosis]:
    """Keys that are typed like others that are there; all that one call asked for at once."""
    choices: list[tuple[Lookup, list[Any], bool]] = []
    for lookup in lookups(evidence):
        near, sure = _near(lookup)
        if not near:
            return
        choices.append((lookup, near, sure))
    if not choices:
        return
    lookup, near, _ = choices[0]
    cells = []
    step = evidence.in_cell
    for meant in product(*(near[:4] for _, near, _ in choices)):
        pairs = [(written(asked), key) for (asked, _, _), key in zip(choices, meant, strict=True)]
        changes = [(node, _like(evidence, node, key)) for nodes, key in pairs for node in nodes]
        cells.append(changed(evidence, step, changes) if step and changes else None)
    certain = all(sure and asked.direct and _everywhere(asked, near[0]) for asked, near, sure in choices)
    cause = _cause(lookup, near[0] if certain else None)
    options = " / ".join(repr(key) for key in near[:3])
    hint = (f"Write {options} instead of {lookup.key!r}.", f"把 {lookup.key!r} 改成 {options}。")
    yield diagnosis("key-close", cause, hint, cells, certain=certain)


def _like(evidence: Evidence, node: ast.AST, key: Any) -> str:
    """A key in the quotes that the other one was written in."""
    step = evidence.in_cell
    double = step is not None and evidence.source(step, node).startswith('"') and isinstance(key, str)
    return f'"{key}"' if double and key.isprintable() and not set(key) & set('"\\') else repr(key)


def _everywhere(lookup: Lookup, meant: Any) -> bool:
    """Whether what a loop goes over has the same keys in each of its dicts."""
    if not lookup.is_dict() or not isinstance(lookup.holder, ast.Name):
        return True
    for node in ast.walk(lookup.step.tree):
        if isinstance(node, (ast.For, ast.comprehension)):
            if not any(isinstance(part, ast.Name) and part.id == lookup.holder.id for part in ast.walk(node.target)):
                continue
            rows = lookup.step.value(node.iter)
            if type(rows) is not list:
                return False
            return all(type(row) is dict and meant in row and lookup.key not in row for row in rows)
    return True


def _near(lookup: Lookup) -> tuple[list[Any], bool]:
    """The keys that may be meant, the likeliest first, and whether the first is the only one."""
    key, keys = lookup.key, lookup.keys
    other = [known for known in keys if type(known) is not type(key) and not isinstance(known, tuple)]
    same = [known for known in other if str(known) == str(key) and isinstance(known, (str, int))]
    if same:
        return same, len(same) == 1
    if not isinstance(key, str):
        return [], False
    if lookup.accessor == ".merge:on":
        both = columns_of_the_other(lookup)
        keys = [known for known in keys if known in both]
    texts = [known for known in keys if isinstance(known, str)]
    sure = only_slip(key, texts, plural=True)
    near = close(key, texts)
    return ([sure, *(known for known in near if known != sure)] if sure is not None else near), sure is not None


def _cause(lookup: Lookup, meant: Any) -> tuple[str, str]:
    kind, zh = ("column", "列") if lookup.is_frame() and "0" not in lookup.accessor else ("key", "键")
    if meant is not None:
        en = f"There is no {kind} {lookup.key!r}, but there is {meant!r}."
        return (en, f"没有{zh} {lookup.key!r}，有的是 {meant!r}。")
    shown = ", ".join(repr(key) for key in lookup.keys[:_SHOWN]) + (", …" if len(lookup.keys) > _SHOWN else "")
    return (f"There is no {kind} {lookup.key!r}; there are {shown}.", f"没有{zh} {lookup.key!r}，现有：{shown}。")


def unknown_keys(evidence: Evidence) -> Iterator[Diagnosis]:
    """What there is instead of a key that nothing is close to."""
    for lookup in lookups(evidence)[:1]:
        if not lookup.keys or lookup.is_series():
            continue
        dictionary = lookup.is_dict() and isinstance(lookup.node, ast.Subscript)
        hint = ("Use one of the names that are there.", "改用现有的名字。")
        cells: list[str | None] = []
        if dictionary and isinstance(lookup.node.ctx, ast.Load):  # type: ignore[union-attr]
            text = _default(lookup)
            hint = (f"Use a key that is there, or write `{text}`.", f"改用现有的键，或者写 `{text}`。")
            cells = [evidence.replaced(lookup.step, lookup.node, text)]
        yield diagnosis("key-unknown", _cause(lookup, None), hint, cells)


def _default(lookup: Lookup) -> str:
    """The lookup with a default of the kind that the other values are."""
    node = lookup.node
    assert isinstance(node, ast.Subscript)  # noqa: S101  # asked for by the caller
    key = lookup.evidence.source(lookup.step, node.slice)
    kinds = {type(value) for value in list(lookup.held.values())[:50]}
    empty = {int: "0", float: "0", str: '""', list: "[]", dict: "{}"}
    default = empty.get(next(iter(kinds)), "") if len(kinds) == 1 else ""
    holder = lookup.evidence.source(lookup.step, lookup.holder)
    return f"{holder}.get({key}, {default})" if default else f"{holder}.get({key})"
