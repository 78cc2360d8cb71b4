"""Mistakes in classes of the user's own: base classes, dataclasses, objects that do not compare."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.calls import earlier
from qwen_magic.diagnosis.calls.own_classes import method
from qwen_magic.diagnosis.cells import importing, with_line_above
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.types.operands import pair
from qwen_magic.snapshot import Diagnosis


def base_not_made(evidence: Evidence) -> Iterator[Diagnosis]:
    """An attribute that the base class sets in an `__init__` which nobody calls."""
    error, step = evidence.error, evidence.last
    owner = type(error.obj) if isinstance(error, AttributeError) and error.obj is not None else None
    if step is None or owner is None or not isinstance(error, AttributeError):
        return
    tree = next((known.tree for known in reversed(evidence.steps) if known.in_cell), None)
    at = evidence.in_cell
    for node in ast.walk(tree) if tree and at else []:
        if not isinstance(node, ast.ClassDef) or node.name != owner.__name__ or at is None:
            continue
        init = method(node, "__init__")
        base = next((kind for kind in owner.__mro__[1:-1] if _sets(kind, error.name or "")), None)
        function = earlier.written(vars(base).get("__init__")) if base else None
        if init is None or function is None or any(is_call_of(part, "__init__") for part in ast.walk(init)):
            return
        own = [argument.arg for argument in earlier.parameters(init)[1:]]
        wanted = [argument.arg for argument in earlier.parameters(function)[1:]]
        needed = earlier.required(function)[1:]
        given = [name for name in wanted if name in own]
        if not set(needed) <= set(given):
            return
        plain = given == wanted[: len(given)]
        text = f"super().__init__({', '.join(name if plain else f'{name}={name}' for name in given)})"
        body = init.body[1 if ast.get_docstring(init) is not None and len(init.body) > 1 else 0]
        yield diagnosis(
            "base-not-made",
            (f"`{error.name}` is set by `{base.__name__}.__init__`, which `{node.name}` never calls.",  # type: ignore[union-attr]
             f"`{error.name}` 由 `{base.__name__}.__init__` 设置，而 `{node.name}` 没有调用它。"),  # type: ignore[union-attr]
            (f"Begin `__init__` with `{text}`.", f"在 `__init__` 开头写 `{text}`。"),
            [with_line_above(evidence, at, body, text)],
            certain=True,
        )  # fmt: skip
        return


def _sets(kind: type, name: str) -> bool:
    function = earlier.written(vars(kind).get("__init__"))
    parts = ast.walk(function) if function else ()
    return any(isinstance(n, ast.Attribute) and n.attr == name and isinstance(n.ctx, ast.Store) for n in parts)


def mutable_default(evidence: Evidence) -> Iterator[Diagnosis]:
    """`scores: list = []` in a dataclass."""
    said = re.search(r"mutable default <class '([\w.]+)'> for field (\w+) is not allowed", evidence.message)
    step = evidence.in_cell
    if step is None or said is None or not isinstance(evidence.error, ValueError):
        return
    for node in ast.walk(step.tree):
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if not isinstance(node, ast.AnnAssign) or node.value is None or getattr(target, "id", "") != said[2]:
            continue
        source = evidence.source(step, node.value)
        empty = source in ("[]", "{}", "set()", "list()", "dict()")
        factory = said[1] if empty and said[1] in ("list", "dict", "set") else f"lambda: {source}"
        name = "field" if "field" not in evidence.namespace or _is_field(evidence.namespace["field"]) else "_field"
        module = next((key for key in ("dataclasses",) if key in evidence.namespace), "")
        text = f"{module + '.' if module else ''}{name}(default_factory={factory})"
        cell = evidence.replaced(step, node.value, text)
        if not module:
            cell = importing(
                evidence, cell, "from dataclasses import field" + ("" if name == "field" else " as _field")
            )
        yield diagnosis(
            "mutable-default",
            (f"All objects would share the one `{source}` of `{said[2]}`.",
             f"所有对象会共用 `{said[2]}` 的同一个 `{source}`。"),
            (f"Write `{said[2]}: ... = {text}`.", f"写成 `{said[2]}: ... = {text}`。"),
            [cell],
            certain=True,
        )  # fmt: skip
        return


def _is_field(value: Any) -> bool:
    return getattr(value, "__module__", "") == "dataclasses"


def objects_compared(evidence: Evidence) -> Iterator[Diagnosis]:
    """`sorted(people)` and `max(people)` of objects, dicts or mixed pairs that have no order of their own."""
    step = evidence.last
    said = re.search(r"'[<>]=?' not supported between instances of '([\w.]+)' and '([\w.]+)'", evidence.message)
    if step is None or said is None or said[1] != said[2]:
        return
    call = next((node for node in ast.walk(step.node or ast.Pass()) if _orders(node)), None)
    if isinstance(call, ast.Call):
        yield from _by_key(evidence, step, call, said[1])
    elif found := pair(evidence):
        names = _ranked(evidence, found.values[0])
        texts = [f"{found.text(0)}{name} {found.symbol} {found.text(1)}{name}" for name in names]
        yield _said(evidence, said[1], texts, [found.whole(text) for text in texts])


def _orders(node: ast.AST) -> bool:
    method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ordering = is_call_of(node, "sort") if method else is_call_of(node, "sorted", "max", "min")
    return ordering and isinstance(node, ast.Call) and not any(word.arg == "key" for word in node.keywords)


def _by_key(evidence: Evidence, step: Step, call: ast.Call, kind: str) -> Iterator[Diagnosis]:
    given = call.func.value if isinstance(call.func, ast.Attribute) else call.args[0] if call.args else None
    items: Any = step.value(given) if given is not None else MISSING
    if type(items) not in (list, tuple, set) or not items or len(call.args) > 1:
        return
    item: Any = next((value for value in items if type(value).__name__ == kind.rpartition(".")[2]), MISSING)
    known = {part.id for part in ast.walk(step.tree) if isinstance(part, ast.Name)}
    one = next((name for name in ("x", "item", "element") if name not in known), "each")
    keys = [f"key=lambda {one}: {one}{name}" for name in _ranked(evidence, item)]
    source = evidence.source(step, call)
    comma = ", " if call.args or call.keywords else ""
    texts = [f"{source[:-1]}{comma}{key})" for key in keys]
    yield _said(evidence, kind, texts, [evidence.replaced(step, call, text) for text in texts])


def _said(evidence: Evidence, kind: str, texts: list[str], cells: list[str | None]) -> Diagnosis:
    hint = (f"Write `{texts[0]}`.", f"写成 `{texts[0]}`。") if texts else ("Say what to compare.", "说明按什么比较。")
    cause = (f"Objects of type {kind} have no order of their own.", f"{kind} 类型的对象之间没有大小之分。")
    return diagnosis("no-order", cause, hint, cells[:4])


def _ranked(evidence: Evidence, item: Any) -> list[str]:
    """What items can be compared by: what the cell speaks of comes first, then numbers, then texts."""
    if type(item) is dict:
        held = {f"[{key!r}]": (str(key), value) for key, value in list(item.items())[:20]}
    else:
        names = earlier.fields(type(item), item)
        held = {f".{name}": (name, object.__getattribute__(item, "__dict__")[name]) for name in names[:20]}
    order = {text: n for n, text in enumerate(held)}
    fit = [text for text, (_, value) in held.items() if type(value) in (int, float, str)]

    def rank(text: str) -> tuple[bool, bool, int]:
        name, value = held[text]
        return name.strip("_").lower() not in evidence.cell.lower(), type(value) is str, order[text]

    return sorted(fit, key=rank)
