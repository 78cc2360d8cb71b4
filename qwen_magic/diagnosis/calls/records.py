"""Dataclasses and named tuples: the order of their fields, names that are words of Python, fields that stay."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from keyword import iskeyword

from qwen_magic import edits
from qwen_magic.diagnosis.bindings import binds
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis


def defaults_first(evidence: Evidence) -> Iterator[Diagnosis]:
    """A dataclass with a field without a default below one that has one."""
    said = re.search(
        r"non-default argument '(\w+)' follows|Non-default namedtuple field (\w+) cannot", evidence.message
    )
    step = evidence.in_cell
    if step is None or said is None or not isinstance(evidence.error, TypeError):
        return
    for node in ast.walk(step.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
        name = said[1] or said[2]
        if name not in {getattr(field.target, "id", "") for field in fields if field.value is None}:
            continue
        # One field a line, or nobody knows what else moves along.
        if any(field.lineno != field.end_lineno for field in fields):
            return
        lines = evidence.cell.split("\n")
        places = [field.lineno + step.shift - 1 for field in fields]
        # Sorting keeps the order of those that are alike.
        moved = sorted(fields, key=lambda field: field.value is not None)
        texts = [lines[field.lineno + step.shift - 1] for field in moved]
        for place, text in zip(places, texts, strict=True):
            lines[place] = text
        calls = [part for part in ast.walk(step.tree) if is_call_of(part, node.name)]
        yield diagnosis(
            "defaults-first",
            (f"The field `{name}` has no default and stands below one that has.",
             f"字段 `{name}` 没有默认值，却排在有默认值的字段后面。"),
            ("Put the fields without a default first.", "把没有默认值的字段放在前面。"),
            ["\n".join(lines)],
            certain=bool(calls) and not any(call.args for call in calls),
        )  # fmt: skip
        return


def keyword_as_field(evidence: Evidence) -> Iterator[Diagnosis]:
    """`namedtuple("Pupil", "name class")`: a word of Python as the name of a field."""
    said = re.search(r"names cannot be a keyword: '(\w+)'", evidence.message)
    step = evidence.in_cell
    if step is None or said is None or not iskeyword(said[1]) or not isinstance(evidence.error, ValueError):
        return
    texts = [
        node
        for node in ast.walk(step.node or step.tree)
        if isinstance(node, ast.Constant) and type(node.value) is str and said[1] in re.split(r"[\s,]+", node.value)
    ]
    if len(texts) != 1:
        return
    new = re.sub(rf"\b{said[1]}\b", f"{said[1]}_", evidence.source(step, texts[0]))
    yield diagnosis(
        "keyword-as-field",
        (f"`{said[1]}` is a word of Python and cannot name a field.", f"`{said[1]}` 是 Python 关键字，不能作字段名。"),
        (f"Call the field `{said[1]}_`.", f"把字段改名为 `{said[1]}_`。"),
        [evidence.replaced(step, texts[0], new)],
    )


def frozen_field(evidence: Evidence) -> Iterator[Diagnosis]:
    """`p.x = 3` of a frozen dataclass or a named tuple: another one with the new value takes its place."""
    step, error = evidence.last, evidence.error
    statement = step.statement if step else None
    if step is None or not isinstance(error, AttributeError) or not isinstance(statement, (ast.Assign, ast.AugAssign)):
        return
    target = statement.target if isinstance(statement, ast.AugAssign) else statement.targets[0]
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name) or target.value.id == "self":
        return
    owner = step.value(target.value)
    named = isinstance(owner, tuple) and target.attr in getattr(type(owner), "_fields", ())
    if owner is MISSING or not (named or isinstance(error, FrozenInstanceError)):
        return
    name, value = target.value.id, evidence.source(step, statement.value)
    if isinstance(statement, ast.AugAssign):
        # The text between both sides, such as `+=`, without its `=`.
        sign = evidence.source(step, statement)[len(evidence.source(step, target)) : -len(value)].strip()[:-1]
        value = f"{name}.{target.attr} {sign} {value}"
    function = f"{name}._replace(" if named else f"{_replace(evidence)}({name}, "
    text = f"{name} = {function}{target.attr}={value})"
    cell = evidence.replaced(step, statement, text)
    if cell and not named and _replace(evidence) == "replace" and not _knows_replace(evidence):
        cell = edits.add_import(cell, "from dataclasses import replace")
    kind = type(owner).__name__
    yield diagnosis(
        "frozen-field",
        (f"The fields of a `{kind}` cannot be changed.", f"`{kind}` 的字段不能修改。"),
        (f"Write `{text}`.", f"请写成 `{text}`。"),
        [cell],
        certain=_only_here(step, name),
    )


def _replace(evidence: Evidence) -> str:
    return "dataclasses.replace" if "dataclasses" in evidence.namespace and not _knows_replace(evidence) else "replace"


def _knows_replace(evidence: Evidence) -> bool:
    return getattr(evidence.namespace.get("replace"), "__module__", "") == "dataclasses"


def _only_here(step: Step, name: str) -> bool:
    """Whether no loop goes over the objects: then a new one would not get into what it goes over."""
    loops = (node for node in ast.walk(step.tree) if isinstance(node, (ast.For, ast.comprehension)))
    return not any(binds(loop.target, name) for loop in loops)
