"""The place in the cell that made a value, where it can be made right for every use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding, caller_argument
from qwen_magic.diagnosis.evidence import Evidence, Step


def at_the_source(evidence: Evidence, step: Step, node: ast.expr, reading: str) -> Iterator[str | None]:
    """The same conversion where the value was made: its assignment, its loop, the argument of a call."""
    source = evidence.source(step, node)
    if source not in reading or not isinstance(node, (ast.Name, ast.Subscript)):
        return
    name = node if isinstance(node, ast.Name) else node.value
    if not isinstance(name, ast.Name):
        return
    plain = re.fullmatch(r"(int|float)\((.*)\)", reading)
    kind = plain[1] if plain and plain[2] == source else ""
    made = binding(step, name)
    if isinstance(made, (ast.Assign, ast.AnnAssign)) and made.value is not None:
        target = made.targets[0] if isinstance(made, ast.Assign) else made.target
        text = evidence.source(step, made.value)
        if isinstance(target, ast.Name) and isinstance(node, ast.Name):
            constant = isinstance(made.value, ast.Constant) and kind and isinstance(made.value.value, str)
            yield evidence.replaced(
                step,
                made.value,
                made.value.value.strip() if constant else _bare(reading).replace(source, text),  # type: ignore[attr-defined]
            )
        elif kind and isinstance(target, ast.Tuple):
            yield evidence.replaced(step, made.value, f"map({kind}, {text})")
        elif kind and isinstance(made.value, (ast.Call, ast.ListComp)) and isinstance(target, ast.Name):
            yield evidence.replaced(step, made.value, f"list(map({kind}, {text}))")
    elif isinstance(made, (ast.For, ast.comprehension)) and kind and isinstance(made.target, ast.Name) and node is name:
        yield evidence.replaced(step, made.iter, f"map({kind}, {evidence.source(step, made.iter)})")
    elif isinstance(made, ast.arg) and isinstance(node, ast.Name) and (given := caller_argument(evidence, step, made)):
        at, argument = given
        text = evidence.source(at, argument)
        literal = isinstance(argument, ast.Constant) and kind
        yield evidence.replaced(at, argument, text.strip("'\" ") if literal else _bare(reading).replace(source, text))


def _bare(text: str) -> str:
    return text[1:-1] if text.startswith("(") else text
