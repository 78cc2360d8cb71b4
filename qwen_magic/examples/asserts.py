"""Examples in the form of assert statements, with the statements before them."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection

from qwen_magic.examples.checking import check
from qwen_magic.examples.expressions import called, free_names, is_given, is_left, is_right, parsed, roots
from qwen_magic.examples.found import Example, Found

_ASSERT = re.compile(r"(?:[-*]\s+)?`{0,2}(assert[ (].*)")
_LONGEST = 12  # lines of one statement
_SETUP = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Import | ast.ImportFrom | ast.Expr


def take_asserts(text: str, variables: Collection[str]) -> tuple[list[Found], str]:
    """The examples, and the text without them."""
    lines, found = text.splitlines(keepends=True), []
    left, offset, number = list(lines), 0, 0
    while number < len(lines):
        written = _ASSERT.match(lines[number])
        statement, length = _statement(lines, number, written[1]) if written else (None, 1)
        if statement and (example := _example(statement, _before(lines, number), variables)):
            found.append(Found(offset, example))
        for taken in range(number, number + length):
            offset += len(lines[taken])
            if statement:
                left[taken] = " " * (len(lines[taken]) - 1) + "\n"
        number += length
    return found, "".join(left)[: len(text)]


def _statement(lines: list[str], number: int, first: str) -> tuple[ast.Assert | None, int]:
    """The statement that begins in a line, and how many lines it has."""
    for length in range(1, min(_LONGEST, len(lines) - number) + 1):
        source = (
            first.strip().rstrip("`.;") if length == 1 else "".join([first, "\n", *lines[number + 1 :][: length - 1]])
        )
        body = _parsed(source)
        if len(body) == 1 and isinstance(body[0], ast.Assert):
            return body[0], length
    return None, 1


def _before(lines: list[str], number: int) -> str:
    """The statements right above, of those that prepare something."""
    first = number
    while first and lines[first - 1].strip():
        body = _parsed("".join(lines[first - 1 : number]))
        if not body or not all(isinstance(s, _SETUP | ast.Assert) for s in body):
            break
        if any(isinstance(s, ast.Expr) and not isinstance(s.value, ast.Call) for s in body):
            break
        first -= 1
    kept = [s for s in _parsed("".join(lines[first:number])) if not isinstance(s, ast.Assert)]
    return "\n".join(map(ast.unparse, kept))


def _parsed(source: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
            compile(tree, "<example>", "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []
    return tree.body


def _example(statement: ast.Assert, setup: str, variables: Collection[str]) -> Example | None:
    test = statement.test
    if parsed(ast.unparse(test)) is None:
        return None
    assigned = {n.id for s in _parsed(setup) for n in ast.walk(s) if isinstance(n, ast.Name)}
    known = {*variables, *assigned}
    steps = ((setup, False),) if setup else ()
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is):
        left, right = test.left, test.comparators[0]
        source = ast.unparse(right)
        if is_left(left, known) and is_right(right, known):
            code = ast.unparse(left)
            return Example(f"{code} == {source}", check(code, source, setup=steps), f"{setup}\n{code}".strip())
    code, given = ast.unparse(test), {name for name in free_names(test) if is_given(name)}
    if called(test) - given | roots(test) and free_names(test) <= called(test) | known | given:
        return Example(code, check(f"bool({code})", "True", setup=steps, shown=code), f"{setup}\n{code}".strip())
    return None
