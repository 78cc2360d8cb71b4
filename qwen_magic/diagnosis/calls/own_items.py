"""Objects of the user's own that are used like the list or dict that they hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from qwen_magic.diagnosis.calls.earlier import fields
from qwen_magic.diagnosis.calls.own_classes import method, own_class, with_method
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.snapshot import Diagnosis

_HELD = (list, dict, tuple, set, str)


@dataclass(frozen=True)
class _Missing:
    """A special method that a class lacks: what it takes, and what it does with what the object holds."""

    name: str
    takes: str
    does: str


_LACKS = (
    (r"object of type '([\w.]+)' has no len\(\)", _Missing("__len__", "", "return len({})")),
    (r"argument of type '([\w.]+)' is not iterable", _Missing("__contains__", "item", "return item in {}")),
    (r"cannot unpack non-iterable ([\w.]+) object", _Missing("__iter__", "", "return iter({})")),
    (r"'([\w.]+)' object is not iterable", _Missing("__iter__", "", "return iter({})")),
    (r"'([\w.]+)' object is not subscriptable", _Missing("__getitem__", "index", "return {}[index]")),
    (r"'([\w.]+)' object does not support item assignment",
     _Missing("__setitem__", "index, value", "{}[index] = value")),
    (r"'([\w.]+)' object (?:does not|doesn't) support item deletion",
     _Missing("__delitem__", "index", "del {}[index]")),
)  # fmt: skip


def holds_the_items(evidence: Evidence) -> Iterator[Diagnosis]:
    """`len(stack)`, `for x in stack`, `stack[0]` where `stack.items` is the list, or the class lacks a method."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, TypeError):
        return
    for pattern, missing in _LACKS:
        said = re.fullmatch(pattern, evidence.message)
        if said is None:
            continue
        for node in _used(step, missing.name):
            value = step.value(node)
            held = _container(value, said[1], missing.name)
            if held is not None or value is MISSING:
                yield from _either(evidence, step, said[1], missing, node, held)
                return


def _used(step: Step, name: str) -> list[ast.expr]:
    """The expressions of the running statement that may have been asked for their items."""
    statement, root = step.statement, step.node if step.node is not None else step.statement or ast.Pass()
    found: list[ast.expr] = []
    if name == "__iter__" and isinstance(statement, ast.For):
        found.append(statement.iter)
    for node in ast.walk(root.iter if isinstance(root, ast.For) else root):
        found += _asked(node, name)
    return found


def _asked(node: ast.AST, name: str) -> list[ast.expr]:
    if name == "__len__":
        return node.args[:1] if is_call_of(node, "len") else []
    if name == "__contains__":
        return node.comparators if isinstance(node, ast.Compare) else []
    if name != "__iter__":
        return [node.value] if isinstance(node, ast.Subscript) else []
    if isinstance(node, ast.comprehension):
        return [node.iter]
    if isinstance(node, ast.Call):
        return [part.value if isinstance(part, ast.Starred) else part for part in node.args]
    return [node.value] if isinstance(node, ast.Assign) else []


def _container(value: Any, kind: str, name: str) -> str | None:
    """The one attribute of an object that can do what is asked of the object."""
    if type(value).__name__ != kind.rpartition(".")[2] or type(value).__module__ != "__main__":
        return None
    names = [] if isinstance(value, Enum) else fields(type(value), value)
    held = {key: object.__getattribute__(value, "__dict__")[key] for key in names}
    can = [key for key, part in held.items() if type(part) in _HELD and hasattr(type(part), name)]
    several = [key for key in can if type(held[key]) is not str]
    can = several or can
    return can[0] if len(can) == 1 else None


def _either(
    evidence: Evidence, step: Step, kind: str, missing: _Missing, node: ast.expr, held: str | None
) -> Iterator[Diagnosis]:
    own = own_class(step, kind)
    if method(own, "__next__") is not None and missing.name == "__iter__":
        body, used = "return self", None
    else:
        held = held or _made(own, missing.name)
        if held is None:
            return
        body = missing.does.format(f"self.{held}")
        used = evidence.replaced(step, node, f"{operand(evidence.source(step, node))}.{held}")
    takes = f"self, {missing.takes}" if missing.takes else "self"
    text = f"def {missing.name}({takes}):\n    {body}"
    cells = [with_method(evidence, step, own, text)] if own and method(own, missing.name) is None else []
    what = evidence.source(step, node)
    yield diagnosis(
        "holds-the-items",
        (f"`{what}` is a `{kind}`, which has no `{missing.name}`.",
         f"`{what}` 是 `{kind}`，没有定义 `{missing.name}`。"),
        (f"Define `{missing.name}` in `{kind}`" + (f", or use `{what}.{held}`." if used else "."),
         f"在 `{kind}` 里定义 `{missing.name}`" + (f"，或使用 `{what}.{held}`。" if used else "。")),
        [*cells, used],
        certain=used is None,
    )  # fmt: skip


def _made(own: ast.ClassDef | None, name: str) -> str | None:
    """The one attribute that `__init__` makes a list or a dict, where the object itself is not known."""
    init = method(own, "__init__")
    made = [
        (target.attr, node.value)
        for node in ast.walk(init or ast.Pass())
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
    ]
    kinds = (ast.List, ast.Dict, ast.ListComp, ast.DictComp)
    names = [attribute for attribute, value in made if isinstance(value, kinds) or is_call_of(value, "list", "dict")]
    return names[0] if len(set(names)) == 1 and name else None
