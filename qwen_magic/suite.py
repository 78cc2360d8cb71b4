"""The tests in an answer: what of it belongs to the tests, what runs them, and what the user should know of them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from qwen_magic.cases import calls_of_tests, is_test
from qwen_magic.language import Words
from qwen_magic.repair.source import parse
from qwen_magic.salvage import salvaged

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_RUNS_TESTS = re.compile(r"(?:sys\.exit\()?(?:pytest\.main|unittest\.main|test\w*|print)\(")
_CUT = Words("the last test was cut off", "最后一个测试没有写完")
_BROKEN = Words("what does not parse is left out", "略去了无法解析的部分")
_NONE = Words("there is no test in the answer", "回答中没有测试")
_UNRELATED = Words("the tests use nothing that the cell defines", "测试没有用到单元格中定义的任何内容")


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests that run behind the cell that they test: their code, a call for each, and what to say about them."""

    code: str
    calls: tuple[str, ...] = ()
    remarks: tuple[Words, ...] = ()


def beginning(cell: str, words: str) -> str:
    """What tests for a cell begin with, unless the user's `words` may want other names for them.

    Who has begun a test copies no code first; who has begun its name with the function's writes several short ones.
    """
    names = () if words.strip() else _definitions(cell)
    return "import pytest\n\n\ndef" + next((f" test_{name.lower()}_" for name in names), "")


def suite(answer: str, cell: str, *, cut: bool = False) -> Suite:
    """The tests of an answer without copies of what the cell defines, and without what would run them.

    `cut`: the answer was cut off, which its last line need not show.
    """
    whole, defined = salvaged(answer.rpartition("\n")[0] if cut else answer), frozenset(_definitions(cell))
    code = _cleaned(whole, defined, shortened=whole != answer)
    tree = parse(code) or ast.Module([], [])
    calls, skipped = calls_of_tests(tree)
    remarks = [_CUT] if cut else [_BROKEN] if whole != answer else []
    if not calls and not skipped:
        remarks.append(_NONE)
    elif defined and not defined.intersection(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)):
        calls = []
        remarks.append(_UNRELATED)
    if skipped:
        names = ", ".join(skipped)
        remarks.append(Words(f"not run, for only pytest can: {names}", f"未运行（只有 pytest 能运行）：{names}"))
    return Suite(code, tuple(calls), tuple(remarks))


def _definitions(cell: str) -> tuple[str, ...]:
    """The functions and classes of a cell."""
    tree = parse(cell)
    return tuple(node.name for node in tree.body if isinstance(node, _Definition)) if tree else ()


def _cleaned(code: str, defined: frozenset[str], *, shortened: bool) -> str:
    """The code without the statements of its top level that are not for tests, and the comments above those."""
    lines: list[str | None] = list(code.split("\n"))
    seen: set[str] = set()
    tree = parse(code)
    for node in tree.body if tree else ():
        text = _needed(node, defined, shortened=shortened)
        if text is None and ast.dump(node) not in seen:
            seen.add(ast.dump(node))
            continue
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]) - 1
        last = node.end_lineno or node.lineno
        lines[first:last] = [text or None] + [None] * (last - first - 1)
        while not text and first and (lines[first - 1] or "").startswith("#"):
            first -= 1
            lines[first] = None
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(line for line in lines if line is not None)).strip("\n")


def _needed(node: ast.stmt, defined: frozenset[str], *, shortened: bool) -> str | None:
    """What is to stand in the place of a statement, nothing if it is to go; None if it can stay."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            copied = name in defined and not is_test(node)
            return "" if copied or (shortened and is_test(node) and not _asserts(node)) else None
        case ast.ImportFrom():
            return _import(node, defined)
        case ast.Import(names=names):
            return "" if any((alias.asname or alias.name) in defined for alias in names) else None
        case ast.Assign(targets=[ast.Name(id=name)]):
            return "" if name in defined else None
        case ast.If(test=test):
            return "" if "__name__" in ast.unparse(test) else None
        case ast.Expr(value=ast.Call() as call):
            return "" if _RUNS_TESTS.match(ast.unparse(call)) else None
    return None


def _import(node: ast.ImportFrom, defined: frozenset[str]) -> str | None:
    """An import without the names that the cell defines; without all, if it is from where there is nothing."""
    kept = [alias for alias in node.names if (alias.asname or alias.name) not in defined]
    if kept == node.names and kept[0].name != "*":
        return None
    # What this imports takes long, and most sessions see no tests.
    from qwen_magic.checks.modules import is_installed

    there = not node.level and is_installed((node.module or "").partition(".")[0])
    if there and kept == node.names:
        return None
    return ast.unparse(ast.ImportFrom(node.module, kept, node.level)) if there and kept else ""


def _asserts(node: ast.stmt) -> bool:
    """Whether something can fail there by intent; of a test that was cut off, only the beginning may be left."""
    return re.search(r"\bassert|raises\(", ast.unparse(node)) is not None
