"""Cells that Python reads, and then finds that a `global` comes too late or a `case` takes everything."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic import edits
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.language import Words
from qwen_magic.snapshot import Diagnosis, Rewrite

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def global_too_late(evidence: Evidence) -> Iterator[Diagnosis]:
    """`score = 1` and then `global score`: the declaration belongs to the beginning of the function."""
    said = re.match(r"name '(\w+)' is (?:assigned to|used) (?:before|prior to) (global|nonlocal)", evidence.message)
    tree = _parsed(evidence.cell) if said and isinstance(evidence.error, SyntaxError) else None
    if tree is None or said is None:
        return
    for function in ast.walk(tree):
        if not isinstance(function, _Function):
            continue
        for node in ast.walk(function):
            if not isinstance(node, (ast.Global, ast.Nonlocal)) or said[1] not in node.names:
                continue
            lines = evidence.cell.split("\n")
            if lines[node.lineno - 1].strip() != ast.unparse(node):
                return
            body = function.body[1 if ast.get_docstring(function) is not None and len(function.body) > 1 else 0]
            declared = lines.pop(node.lineno - 1).strip()
            cell = edits.insert_line("\n".join(lines), body.lineno, declared)
            yield Diagnosis(
                "declared-too-late",
                Words(f"`{declared}` comes after `{said[1]}` was used.", f"`{declared}` 写在使用 `{said[1]}` 之后。"),
                Words("Put it first in the function.", "把它放到函数的开头。"),
                (Rewrite(cell, certain=True),),
            )
            return


def case_takes_all(evidence: Evidence) -> Iterator[Diagnosis]:
    """`case NORTH:` gives the name a new value, and does not compare with the one that it has."""
    said = re.match(r"name capture '(\w+)' makes remaining patterns unreachable", evidence.message)
    tree = _parsed(evidence.cell) if said and isinstance(evidence.error, SyntaxError) else None
    if tree is None or said is None:
        return
    constants = {name: value for name, value in evidence.namespace.items() if type(value) in (str, int, float, bool)}
    constants |= _constants(tree)
    lines = evidence.cell.split("\n")
    cell, guarded = evidence.cell, False
    patterns = [
        (case.pattern, case)
        for match in ast.walk(tree)
        if isinstance(match, ast.Match) and any(_captured(case) == said[1] for case in match.cases)
        for case in match.cases
        if _captured(case) in constants
    ]
    for pattern, case in sorted(patterns, key=lambda pair: -pair[0].lineno):
        guarded = guarded or case.guard is not None
        cell = edits.replace(cell, edits.span_of(pattern, lines), repr(constants[_captured(case)]))
    if not patterns or guarded:
        return
    yield Diagnosis(
        "case-takes-all",
        Words(
            f"`case {said[1]}:` fits everything: a plain name in a pattern is a new variable.",
            f"`case {said[1]}:` 能匹配任何值：模式里的变量名会被赋新值。",
        ),
        Words("Write the values themselves, or dotted names.", "写出具体的值，或用带点的名字。"),
        (Rewrite(cell, certain=True),),
    )


def _captured(case: ast.match_case) -> str:
    pattern = case.pattern
    return pattern.name or "" if isinstance(pattern, ast.MatchAs) and pattern.pattern is None else ""


def _constants(tree: ast.Module) -> dict[str, object]:
    """Names that the cell itself gives a literal, also several at once."""
    found: dict[str, object] = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        target, value = node.targets[0], node.value
        several = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)
        pairs = zip(target.elts, value.elts, strict=True) if several else [(target, value)]  # type: ignore[attr-defined]
        for name, literal in pairs:
            if isinstance(name, ast.Name) and isinstance(literal, ast.Constant):
                found[name.id] = literal.value
    return found


def _parsed(cell: str) -> ast.Module | None:
    try:
        return ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
