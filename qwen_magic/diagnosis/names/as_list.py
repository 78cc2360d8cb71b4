"""Methods of lists, asked of what can be made a list."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.expressions import arguments
from qwen_magic.diagnosis.names.receivers import Asked
from qwen_magic.snapshot import Diagnosis

_CHANGING = frozenset({"append", "extend", "insert", "remove", "pop", "reverse", "clear"})
_ITERABLES = frozenset(
    {"dict_keys", "dict_values", "dict_items", "map", "filter", "zip", "range", "generator", "enumerate"}
)


def as_list(question: Asked) -> Iterator[Diagnosis]:
    """A method of lists, asked of what can be made a list."""
    if type(question.value).__name__ not in _ITERABLES or question.name not in dir(list):
        return
    x, call = question.receiver, question.call
    cause = (
        f"A `{question.kind}` is no list and has no `{question.name}`.",
        f"`{question.kind}` 不是列表，没有 `{question.name}`。",
    )
    if question.name in _CHANGING:
        yield from _at_its_source(question, cause)
        return
    given = arguments(question.evidence, question.step, call) if call else ""
    text = f"list({x}).{question.name}({given})"
    if question.name == "sort":
        text = f"sorted({x}{', ' + given if given else ''})"
        alone = call is not None and isinstance(question.step.parents.get(call), ast.Expr)
        text = f"{x} = {text}" if alone and isinstance(question.node.value, ast.Name) else text
    yield question.diagnosis("attribute-list", cause, [text], whole=True)


def _at_its_source(question: Asked, cause: tuple[str, str]) -> Iterator[Diagnosis]:
    """The list where the name gets its value: one that nobody keeps would change for nothing."""
    name = question.node.value
    made = binding(question.step, name) if isinstance(name, ast.Name) else None
    if not isinstance(made, ast.Assign):
        return
    source = question.evidence.source(question.step, made.value)
    text = f"[{source[1:-1]}]" if isinstance(made.value, ast.GeneratorExp) else f"list({source})"
    cell = question.evidence.replaced(question.step, made.value, text)
    yield diagnosis("attribute-list", cause, (f"Write `{text}`.", f"写成 `{text}`。"), [cell])
