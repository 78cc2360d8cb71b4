"""Members of enumerations: taken by name or by value, and compared."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum, EnumType
from typing import Any

from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis


def member_of_enum(evidence: Evidence) -> Iterator[Diagnosis]:
    """`Color("RED")` where RED is a name, `Color[1]` where 1 is a value, `Color("1")` where it is a number."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not isinstance(evidence.error, (KeyError, ValueError)):
        return
    if isinstance(node, ast.Call) and len(node.args) == 1:
        owner, given = node.func, node.args[0]
    elif isinstance(node, ast.Subscript):
        owner, given = node.value, node.slice
    else:
        return
    kind, value = step.value(owner), step.value(given)
    if value is MISSING and (said := re.match(r"('.*?'|\d+)(?: is not a valid |$)", evidence.message)):
        value = ast.literal_eval(said[1])
    if type(kind) is not EnumType or value is MISSING or type(value) not in (str, int, float):
        return
    name, source = evidence.source(step, owner), evidence.source(step, given)
    texts = list(_ways(node, kind, value, name, source))
    if texts:
        yield diagnosis(
            "member-of-enum",
            (f"`{name}` takes names in brackets and values in parentheses: `{source}` is neither there.",
             f"`{name}` 用方括号按名字取、用圆括号按值取，这里的 `{source}` 取不到。"),
            (f"Write `{texts[0]}`.", f"请写 `{texts[0]}`。"),
            [evidence.replaced(step, node, text) for text in texts],
            certain=len(texts) == 1,
        )  # fmt: skip


def _ways(node: ast.expr, kind: Any, value: Any, name: str, source: str) -> Iterator[str]:
    """The member taken otherwise: by its name or its value, which may be spelled or typed differently."""
    names, values = set(kind.__members__), _values(kind)
    if isinstance(node, ast.Call) and value in names:
        yield f"{name}[{source}]"
    elif isinstance(node, ast.Subscript) and value in values:
        yield f"{name}({source})"
    elif type(value) is str:
        for spelling in ("upper", "lower", "capitalize", "strip"):
            other = getattr(value, spelling)()
            if other in names:
                yield f"{name}[{source}.{spelling}()]"
            if other in values:
                yield f"{name}({source}.{spelling}())"
        if value.strip().isdigit() and int(value) in values:
            yield f"{name}(int({source}))"


def _values(kind: Any) -> list[Any]:
    return [member._value_ for member in kind]


def members_compared(evidence: Evidence) -> Iterator[Diagnosis]:
    """`level > Level.LOW`, `max(levels)`: members have no order, their values have."""
    said = re.search(r"'([<>]=?)' not supported between instances of '(\w+)' and '(\w+)'", evidence.message)
    step = evidence.last
    if step is None or said is None or said[2] != said[3]:
        return
    kinds = (value for value in step.names.values() if type(value) is EnumType and value.__name__ == said[2])
    kind = next(kinds, None)
    if kind is None or not all(type(value) in (int, float) for value in _values(kind)):
        return
    cells = []
    compared = [node for node in ast.walk(step.node or ast.Pass()) if isinstance(node, ast.Compare)]
    for node in compared:
        sides = [side for side in (node.left, *node.comparators) if isinstance(step.value(side), Enum)]
        cells.append(changed(evidence, step, [(side, f"{evidence.source(step, side)}.value") for side in sides]))
    for call in ast.walk(step.node or ast.Pass()):
        if is_call_of(call, "max", "min", "sorted", "sort"):
            source = evidence.source(step, call)
            comma = ", " if call.args or call.keywords else ""
            cells.append(evidence.replaced(step, call, f"{source[:-1]}{comma}key=lambda member: member.value)"))
    yield diagnosis(
        "members-compared",
        (
            f"Members of `{said[2]}` have no order; their values have.",
            f"`{said[2]}` 的成员不能比较，它们的值可以。",
        ),
        ("Compare `.value`.", "比较 `.value`。"),
        cells,
    )
