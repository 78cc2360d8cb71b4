"""`defaultdict` with a first value of another kind than its use asks for."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis

_FILLED = {"append": "list", "extend": "list", "add": "set", "update": "dict", "setdefault": "dict", "items": "dict"}


def other_factory(evidence: Evidence) -> Iterator[Diagnosis]:
    """`defaultdict(int)` and `d[k].append(x)`, `defaultdict()` and `d[k] += 1`, `defaultdict(lambda k: 0)`."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, (AttributeError, TypeError, KeyError)):
        return
    found = _used(step)
    if found is None:
        return
    held, wanted = found
    made = binding(step, held)
    call = made.value if isinstance(made, (ast.Assign, ast.AnnAssign)) else None
    if not is_call_of(call, "defaultdict") or len(call.args) > 1:
        return
    given = call.args[0] if call.args else None
    if isinstance(given, ast.Lambda):
        if not given.args.args or "<lambda>() missing" not in evidence.message:
            return
        best = f"lambda: {evidence.source(step, given.body)}"
    else:
        best = wanted
    text = f"{evidence.source(step, call.func)}({best})"
    if not best or text == evidence.source(step, call):
        return
    yield diagnosis(
        "other-factory",
        (f"The first values of `{held.id}` are not of the kind that is used here.",
         f"`{held.id}` 的初始值与这里的用法不符。"),
        (f"Write `{text}`.", f"请写成 `{text}`。"),
        [evidence.replaced(step, call, text)],
        certain=isinstance(given, ast.Lambda) or given is None,
    )  # fmt: skip


def _used(step: Step) -> tuple[ast.Name, str] | None:
    """The name of the dict, and the factory that its use asks for."""
    for node in ast.walk(step.statement or ast.Pass()):
        if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
            continue
        if type(step.value(node.value)) is not defaultdict:
            continue
        around = step.parents.get(node)
        if isinstance(around, ast.Attribute) and around.attr in _FILLED:
            return node.value, _FILLED[around.attr]
        if isinstance(around, ast.AugAssign) and around.target is node:
            value = step.value(around.value)
            kinds = {int: "int", float: "float", str: "str", list: "list"}
            return node.value, kinds.get(type(value), "")
        if isinstance(around, ast.Subscript) and around.value is node:
            return node.value, "dict"
        if re.search(r"Assign", type(around).__name__) is None:
            return node.value, ""
    return None
