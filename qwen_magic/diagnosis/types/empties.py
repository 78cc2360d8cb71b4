"""Values taken from what is empty or does not hold them, and divisions by 0."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.types.filters import spelled_otherwise
from qwen_magic.snapshot import Diagnosis

_EMPTY: Final = re.compile(
    r"empty (?:sequence|list|set|range|deque|iterable)|iterable argument is empty|at least one data point"
    r"|dictionary is empty"
    r"|Cannot choose from an empty|from an empty"
)


def nothing_left(evidence: Evidence) -> Iterator[Diagnosis]:
    """`max([])`, `[].pop()`, `random.choice([])`."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not _EMPTY.search(evidence.message) or not isinstance(node, ast.Call):
        return
    given = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None
    if is_call_of(node, "pop", "popitem", "popleft") and isinstance(node.func, ast.Attribute):
        given = node.func.value
    if is_call_of(node, "reduce") and len(node.args) > 1:
        given = node.args[1]
    if given is None:
        return
    text = evidence.source(step, given)
    cells: list[str | None] = list(spelled_otherwise(evidence, step, given))
    loop = next(step.around(node, ast.While), None)
    if is_call_of(node, "pop", "popleft", "popitem") and loop is not None:
        cells.append(evidence.replaced(step, loop.test, text))
    if (
        is_call_of(node, "max", "min")
        and len(node.args) == 1
        and not any(word.arg == "default" for word in node.keywords)
    ):
        source = evidence.source(step, node)
        wrapped = f"({text})" if isinstance(given, ast.GeneratorExp) and not text.startswith("(") else text
        cells.append(evidence.replaced(step, node, f"{source.replace(text, wrapped)[:-1]}, default=None)"))
    yield diagnosis(
        "nothing-left",
        (f"`{text}` is empty.", f"`{text}` 是空的。"),
        (f"Find out why it is empty, or test `if {text}:` first.", f"查明它为什么是空的，或先判断 `if {text}:`。"),
        cells,
    )


def divided_by_zero(evidence: Evidence) -> Iterator[Diagnosis]:
    """Which operand is 0: a length, a count, the first number of a range."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not isinstance(evidence.error, ZeroDivisionError):
        return
    if isinstance(node, ast.AugAssign):
        below: ast.expr = node.value
    elif isinstance(node, ast.BinOp):
        below = node.right
    else:
        return
    text = evidence.source(step, below)
    cells: list[str | None] = []
    why = ("", "")
    if is_call_of(below, "len") and below.args:
        inner = evidence.source(step, below.args[0])
        why = (f", because `{inner}` is empty", f"，因为 `{inner}` 是空的")
    for name in (part for part in ast.walk(below) if isinstance(part, ast.Name)):
        made = binding(step, name)
        if isinstance(made, (ast.For, ast.comprehension)) and is_call_of(made.iter, "range"):
            arguments = [evidence.source(step, argument) for argument in made.iter.args]
            if len(arguments) == 1 and step.value(name) == 0:
                shorter, longer = f"range(1, {arguments[0]})", f"range(1, {arguments[0]} + 1)"
                # `sum(xs[:i]) / i` counts how many there are, which goes up to the length itself.
                counted = isinstance(node, ast.BinOp) and any(
                    isinstance(part, ast.Slice) and part.lower is None and getattr(part.upper, "id", "") == name.id
                    for part in ast.walk(node.left)
                )
                ways = (longer, shorter) if counted else (shorter, longer)
                cells += [evidence.replaced(step, made.iter, way) for way in ways]
                cells.append(evidence.replaced(step, below, f"({text} + 1)"))
        elif isinstance(made, ast.comprehension) and not made.ifs:
            cells.append(evidence.replaced(step, made.iter, f"{evidence.source(step, made.iter)} if {text} != 0"))
    if isinstance(node, ast.BinOp) and step.in_cell:
        whole = evidence.source(step, node)
        safe = f"{whole} if {text} else 0"
        plain = isinstance(step.parents.get(node), (ast.Assign, ast.Return, ast.keyword))
        cells.append(evidence.replaced(step, node, safe if plain else f"({safe})"))
    yield diagnosis(
        "divided-by-zero",
        (f"`{text}` is 0{why[0]}.", f"`{text}` 等于 0{why[1]}。"),
        (f"Divide only if `{text}` is not 0.", f"仅在 `{text}` 不为 0 时才做除法。"),
        cells,
    )


def not_in_list(evidence: Evidence) -> Iterator[Diagnosis]:
    """`xs.remove(x)` and `xs.index(x)` of what is not there."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return
    if not re.search(r"not in list|not in (?:tuple|deque)|substring not found", evidence.message):
        return
    text, item = evidence.source(step, node.func.value), evidence.source(step, node.args[0])
    value, wanted = step.value(node.func.value), step.value(node.args[0])
    cells: list[str | None] = []
    if type(value) in (list, tuple):
        from difflib import get_close_matches

        texts = [other for other in value[:1000] if type(other) is str]
        if type(wanted) is str:
            close = [other for other in texts if other.strip().lower() == wanted.strip().lower()]
            close += get_close_matches(wanted, texts, 2, 0.75)
            cells += [evidence.replaced(step, node.args[0], repr(other)) for other in dict.fromkeys(close)]
            if wanted.lstrip("-").isdigit() and int(wanted) in [other for other in value[:1000] if type(other) is int]:
                cells.append(evidence.replaced(step, node.args[0], f"int({item})"))
        elif type(wanted) is int and str(wanted) in texts:
            cells.append(evidence.replaced(step, node.args[0], f"str({item})"))
    if isinstance(step.parents.get(node), ast.Expr):
        inner = evidence.source(step, node)
        indentation = " " * (node.col_offset + 4)
        cells.append(evidence.replaced(step, node, f"if {item} in {text}:\n{indentation}{inner}"))
    yield diagnosis(
        "not-in-list",
        (f"`{text}` does not hold `{item}`.", f"`{text}` 中没有 `{item}`。"),
        (f"Test `if {item} in {text}:` first, or write it as `{text}` has it.",
         f"先判断 `if {item} in {text}:`，或写成 `{text}` 中已有的值。"),
        cells,
    )  # fmt: skip
