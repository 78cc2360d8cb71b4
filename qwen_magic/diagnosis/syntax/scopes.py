"""Cells that Python reads, and then finds that a `global` comes too late or a `case` takes everything."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from qwen_magic import edits
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.snapshot import Diagnosis

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
            yield diagnosis(
                "declared-too-late",
                (f"`{declared}` comes after `{said[1]}` was used.", f"`{declared}` 写在使用 `{said[1]}` 之后。"),
                ("Put it first in the function.", "把它放到函数的开头。"),
                [cell],
                certain=True,
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
    yield diagnosis(
        "case-takes-all",
        (
            f"`case {said[1]}:` fits everything: a plain name in a pattern is a new variable.",
            f"`case {said[1]}:` 能匹配任何值：模式里的变量名会被赋新值。",
        ),
        ("Write the values themselves, or dotted names.", "写出具体的值，或用带点的名字。"),
        [cell],
        certain=True,
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


def wrong_declaration(evidence: Evidence) -> Iterator[Diagnosis]:
    """`nonlocal` of a name of the notebook, `global n = 0`, a `case _` above other cases."""
    error, text = evidence.error, evidence.message
    if not isinstance(error, SyntaxError) or error.lineno is None:
        return
    lines = evidence.cell.split("\n")
    line = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else ""
    unbound = re.match(r"no binding for nonlocal '(\w+)' found", text)
    declared = re.match(r"(\s*)(global|nonlocal)\s+(\w+)\s*((?:[-+*/]|//|\*\*)?=.*)$", line)
    if unbound:
        pattern = rf"(?m)^(\s*)nonlocal(\s+{unbound[1]}\s*)$"
        cells = [re.sub(pattern, r"\1global\2", evidence.cell)]
        words = f"`{unbound[1]}` belongs to the notebook.", f"`{unbound[1]}` 是笔记本里的变量。"
        hint = f"global {unbound[1]}"
    elif declared:
        margin, word, name, rest = declared.groups()
        cells = [edits.replace_line(evidence.cell, error.lineno, f"{margin}{word} {name}\n{margin}{name} {rest}")]
        words = f"`{word}` only declares a name.", f"`{word}` 只能声明变量名。"
        hint = f"{word} {name}"
    elif "nonlocal declaration not allowed at module level" in text and re.fullmatch(r"\s*nonlocal [\w, ]+", line):
        cells = ["\n".join([*lines[: error.lineno - 1], *lines[error.lineno :]])]
        words = "Outside of functions no declaration is needed.", "在函数外面不需要声明。"
        hint = line.strip()
    else:
        return
    yield diagnosis("wrong-declaration", words, (f"Mind `{hint}`.", f"注意 `{hint}`。"), cells, certain=True)


def rest_above_others(evidence: Evidence) -> Iterator[Diagnosis]:
    """`case _:` above other cases: what takes the rest comes last. `case str:` is meant as `case str():`."""
    said = re.match(r"(?:wildcard|name capture '(\w+)') makes remaining patterns unreachable", evidence.message)
    tree = _parsed(evidence.cell) if said and isinstance(evidence.error, SyntaxError) else None
    if tree is None or said is None:
        return
    lines = evidence.cell.split("\n")
    matches = [node for node in ast.walk(tree) if isinstance(node, ast.Match)]
    if said[1]:
        kind = getattr(builtins, said[1], None)
        types = [
            case.pattern
            for match in matches
            for case in match.cases
            if isinstance(getattr(builtins, _captured(case) or "", None), type)
        ]
        cell = evidence.cell
        for pattern in sorted(types, key=lambda pattern: -pattern.lineno):
            span = edits.span_of(pattern, lines)
            cell = edits.replace(cell, span, edits.text_at(evidence.cell, span) + "()")
        hint = f"case {said[1]}():"
        cells = [cell] if isinstance(kind, type) else []
    else:
        moved = [_rest_last(lines, match) for match in matches]
        cells, hint = [cell for cell in moved if cell is not None], "case _:"
    if cells:
        yield diagnosis(
            "case-takes-all",
            ("This case takes everything, so the ones below are never reached.",
             "这个 case 能匹配一切，后面的永远执行不到。"),
            (f"Write `{hint}`; what takes the rest comes last.", f"写成 `{hint}`；匹配其余情况的放在最后。"),
            cells,
            certain=True,
        )  # fmt: skip


def _rest(match: ast.Match) -> ast.match_case | None:
    """The case that takes everything, if others come after it."""
    plain = [case for case in match.cases[:-1] if isinstance(case.pattern, ast.MatchAs) and case.guard is None]
    return next((case for case in plain if case.pattern.pattern is None and case.pattern.name is None), None)  # type: ignore[attr-defined]


def _rest_last(lines: list[str], match: ast.Match) -> str | None:
    case = _rest(match)
    if case is None:
        return None
    start, end = case.pattern.lineno - 1, case.body[-1].end_lineno or 0
    last = match.cases[-1].body[-1].end_lineno or 0
    return "\n".join([*lines[:start], *lines[end:last], *lines[start:end], *lines[last:]])
