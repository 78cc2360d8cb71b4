"""KeyError of dicts and sets: counting, grouping, nested levels, deleting what is not there."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.names.similarity import close
from qwen_magic.diagnosis.types.lookups import Lookup, lookups
from qwen_magic.snapshot import Diagnosis

_EMPTY = {"append": "[]", "extend": "[]", "add": "set()", "update": "{}", "setdefault": "{}"}


def first_time(evidence: Evidence) -> Iterator[Diagnosis]:
    """`counts[word] += 1` and `groups[name].append(x)` for a key that comes for the first time."""
    for lookup in _of_dicts(evidence):
        node, step = lookup.node, lookup.step
        if not isinstance(node, ast.Subscript):
            continue
        # A key that is written out was meant to be there, unless nothing is.
        sure = not isinstance(node.slice, ast.Constant)
        if not sure and lookup.held:
            continue
        holder, key = evidence.source(step, lookup.holder), evidence.source(step, node.slice)
        outer = step.parents.get(node)
        place: ast.AST | None = None
        if isinstance(outer, ast.AugAssign) and outer.target is node and isinstance(outer.op, (ast.Add, ast.Sub)):
            value = step.value(outer.value)
            zero = '""' if isinstance(value, str) else "[]" if isinstance(value, list) else "0"
            sign = "+" if isinstance(outer.op, ast.Add) else "-"
            text = f"{holder}[{key}] = {holder}.get({key}, {zero}) {sign} {evidence.source(step, outer.value)}"
            place = outer
        elif isinstance(outer, ast.Attribute) and outer.attr in _EMPTY:
            text, place = f"{holder}.setdefault({key}, {_EMPTY[outer.attr]})", node
        elif isinstance(outer, ast.Subscript) and outer.value is node and isinstance(outer.ctx, ast.Store):
            # `d[k][v] = 1`, where `d[k]` would be a dict.
            if any(type(value) is not dict for value in lookup.held.values()):
                continue
            text, place = f"{holder}.setdefault({key}, {{}})", node
        elif own := _own_value(step, node):
            text, place = f"{holder}.get({key}, 0)", own
        if place is not None:
            cause = (
                f"`{holder}` does not have the key {lookup.key!r} yet when it comes for the first time.",
                f"{lookup.key!r} 第一次出现时，`{holder}` 里还没有这个键。",
            )
            yield diagnosis(
                "key-first",
                cause,
                (f"Write `{text}`.", f"写成 `{text}`。"),
                [evidence.replaced(step, place, text)],
                certain=sure,
            )


def _own_value(step: Step, node: ast.Subscript) -> ast.expr | None:
    """The node itself, if it is the old value in `d[k] = d[k] + 1`."""
    for assign in step.around(node, ast.Assign):
        same = any(ast.unparse(target) == ast.unparse(node) for target in assign.targets)
        if same and isinstance(assign.value, ast.BinOp) and node in (assign.value.left, assign.value.right):
            return node
    return None


def one_level_down(evidence: Evidence) -> Iterator[Diagnosis]:
    """A key that is in one of the dicts, or in a list of dicts, inside the dict that was asked."""
    for lookup in _of_dicts(evidence):
        if not isinstance(lookup.node, ast.Subscript) or not isinstance(lookup.key, str):
            continue
        paths = list(_paths(lookup))
        if not paths:
            continue
        holder, key = evidence.source(lookup.step, lookup.holder), evidence.source(lookup.step, lookup.node.slice)
        texts = [f"{holder}{path}[{key}]" for path in paths]
        cause = (
            f"The key {lookup.key!r} is one level further down, in `{holder}{paths[0]}`.",
            f"键 {lookup.key!r} 在下一层的 `{holder}{paths[0]}` 里。",
        )
        yield diagnosis(
            "key-nested",
            cause,
            (f"Write `{texts[0]}`.", f"写成 `{texts[0]}`。"),
            (evidence.replaced(lookup.step, lookup.node, text) for text in texts),
        )


def _paths(lookup: Lookup) -> Iterator[str]:
    for outer, value in list(lookup.held.items())[:200]:
        if not isinstance(outer, (str, int)):
            continue
        if type(value) is dict and lookup.key in value:
            yield f"[{outer!r}]"
        elif type(value) is list and value and type(value[0]) is dict and lookup.key in value[0]:
            yield f"[{outer!r}][0]"
        elif type(value) is dict:
            inner = [name for name, deeper in value.items() if type(deeper) is dict and lookup.key in deeper]
            yield from (f"[{outer!r}][{name!r}]" for name in inner[:1])


def nothing_to_remove(evidence: Evidence) -> Iterator[Diagnosis]:
    """`del d[k]`, `d.pop(k)`, `s.remove(x)` of what is not there."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, KeyError):
        return
    statement, node = step.statement, step.node
    text = ""
    place: ast.AST | None = None
    if isinstance(statement, ast.Delete) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Subscript) and isinstance(step.value(target.value), dict):
            text = f"{evidence.source(step, target.value)}.pop({evidence.source(step, target.slice)}, None)"
            place = statement
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        holder, key = evidence.source(step, node.func.value), evidence.source(step, node.args[0])
        kind = type(step.value(node.func.value))
        if kind is set and node.func.attr == "remove":
            text, place = f"{holder}.discard({key})", node
        elif kind is dict and node.func.attr == "pop":
            text, place = f"{holder}.pop({key}, None)", node
    if text and place is not None:
        key = repr(evidence.error.args[0]) if evidence.error.args else ""
        cause = (f"{key} cannot be removed because it is not there.", f"{key} 不存在，无法删除。")
        hint = (f"Write `{text}`, which does nothing then.", f"写成 `{text}`，不存在时什么也不做。")
        yield diagnosis("key-remove", cause, hint, [evidence.replaced(step, place, text)])


def environment(evidence: Evidence) -> Iterator[Diagnosis]:
    """`os.environ["NAME"]` that is not set."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, KeyError) or not isinstance(step.node, ast.Subscript):
        return
    node = step.node
    if step.value(node.value) is not os.environ or not evidence.error.args:
        return
    name = str(evidence.error.args[0])
    text = f"{evidence.source(step, node.value)}.get({evidence.source(step, node.slice)})"
    cells = [evidence.replaced(step, node.slice, repr(near)) for near in close(name, os.environ, 3, 0.6)]
    cause = (f"The environment variable {name} is not set.", f"环境变量 {name} 没有设置。")
    hint = (f"Set it, or write `{text}`.", f"先设置它，或者写 `{text}`。")
    yield diagnosis("key-environment", cause, hint, [*cells, evidence.replaced(step, node, text)])


def _of_dicts(evidence: Evidence) -> list[Lookup]:
    return [lookup for lookup in lookups(evidence) if lookup.is_dict()]


def default_factory(evidence: Evidence) -> Iterator[Diagnosis]:
    """`defaultdict(0)`, `defaultdict([])`: it takes what makes a value, not the value."""
    step = evidence.last
    call = step.node if step else None
    if step is None or "first argument must be callable" not in evidence.message or not is_call_of(call, "defaultdict"):
        return
    if not isinstance(call, ast.Call) or not call.args:
        return
    source = evidence.source(step, call.args[0])
    plain = {"0": "int", "0.0": "float", "[]": "list", "{}": "dict", "''": "str", '""': "str", "False": "bool"}
    text = plain.get(source, f"lambda: {source}")
    yield diagnosis(
        "default-factory",
        (
            f"`defaultdict` takes a function that makes the first value, not {source} itself.",
            f"`defaultdict` 需要一个产生初始值的函数，而不是 {source} 本身。",
        ),
        (f"Write `defaultdict({text})`.", f"请写 `defaultdict({text})`。"),
        [evidence.replaced(step, call.args[0], text)],
        certain=True,
    )
