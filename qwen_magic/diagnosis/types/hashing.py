"""Lists, dicts and sets where something that never changes is wanted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis


def unhashable(evidence: Evidence) -> Iterator[Diagnosis]:
    """A list as a key of a dict, a dict in a set."""
    step = evidence.last
    said = re.search(r"unhashable type: '(\w+)'", evidence.message)
    if step is None or step.node is None or said is None or said[1] not in ("list", "dict", "set", "slice"):
        return
    cells = [*_as_keys(evidence, step, step.node, said[1]), *_taken_apart(evidence, step, step.node, said[1])]
    other = {"list": ("`tuple(...)`", "`tuple(...)`"), "set": ("`frozenset(...)`", "`frozenset(...)`")}
    hint = other.get(said[1], ("one of its values", "其中的某个值"))
    yield diagnosis(
        "unhashable",
        (f"A {said[1]} cannot be a key of a dict or an element of a set.", f"{said[1]} 不能作字典的键或集合的元素。"),
        (f"Use {hint[0]} instead.", f"请改用 {hint[1]}。"),
        cells,
    )


def _as_keys(evidence: Evidence, step: Step, node: ast.AST, kind: str) -> Iterator[str | None]:
    for part in ast.walk(node):
        if not isinstance(part, ast.expr) or type(step.value(part)).__name__ != kind or part is node:
            continue
        around = step.parents.get(part)
        text = evidence.source(step, part)
        if kind == "list" and (
            isinstance(around, (ast.Subscript, ast.Set, ast.Dict, ast.Compare)) or is_call_of(around, "add", "get")
        ):
            yield evidence.replaced(step, part, f"tuple({text})")
        elif kind == "set":
            yield evidence.replaced(step, part, f"frozenset({text})")


def _taken_apart(evidence: Evidence, step: Step, node: ast.AST, kind: str) -> Iterator[str | None]:
    if is_call_of(node, "set", "Counter", "frozenset") and node.args:
        text = evidence.source(step, node.args[0])
        head = evidence.source(step, node.func)
        inner = {
            "list": "map(tuple, {0})",
            "set": "map(frozenset, {0})",
            "dict": "tuple(sorted(x.items())) for x in {0}",
        }
        yield evidence.replaced(step, node, f"{head}({inner[kind].format(text)})")
        if kind == "list":
            yield evidence.replaced(step, node, f"{head}(x for xs in {text} for x in xs)")
    if isinstance(node, ast.Set) and len(node.elts) == 1:
        yield evidence.replaced(step, node, evidence.source(step, node.elts[0]))
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        text = evidence.source(step, node.value)
        tail = evidence.source(step, node)[len(text) :]
        yield evidence.replaced(step, node, f"list({text}.items()){tail}")
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, (ast.List, ast.Name))
        and type(step.value(node.value)) is dict
    ):
        text, keys = evidence.source(step, node.value), evidence.source(step, node.slice)
        yield evidence.replaced(step, node, f"[{text}[key] for key in {keys}]")
