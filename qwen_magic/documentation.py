"""Docstrings and type hints of an answer, put into the user's own cell, of which nothing else changes."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qwen_magic.docstrings import Docstring, Documented, docstring, literal
from qwen_magic.edits import Span, insert_line, replace_all, span_of
from qwen_magic.repair.source import parse
from qwen_magic.salvage import salvaged
from qwen_magic.type_hints import HOMES, TypeHints

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Edit = tuple[Span, str]
# `files = !ls`: what begins with a `!` or `%`, `parse` knows.
_CAPTURE = re.compile(r"^(\s*[\w, ]+=\s*)[!%].*$", re.MULTILINE)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_RECEIVERS = frozenset({"self", "cls"})
_CHANCE = 4  # characters of a line that may be part of the prompt without having been repeated from it


def documented(
    cell: str,
    answer: str,
    undefined: Callable[[str], Sequence[str]],
    prompt: Sequence[str] = (),
    *,
    hints: bool = True,
) -> str:
    """The cell with the docstrings and, unless told otherwise, the type hints that an answer has for it.

    `undefined`: the names that some code reads and nothing defines. `prompt`: texts that document nothing if
    the model repeats them. The cell as it is, where there is nothing to add.
    """
    code = salvaged(answer)
    tree, written = _tree(cell), _tree(code)
    if tree is None or written is None:
        return cell
    lines, theirs = cell.split("\n"), _definitions(written)
    code_of_cell = {line.strip() for line in lines}

    def repeated(line: str) -> bool:
        return line in code_of_cell or (len(line) >= _CHANCE and any(line in text for text in prompt))

    types = TypeHints(tree, undefined)
    edits: list[_Edit] = []
    for name, nodes in _definitions(tree).items():
        for index, node in enumerate(nodes):
            # Of several that have one name, as a property and its setter, each has its counterpart.
            others = theirs[name] if len(nodes) == 1 else theirs[name][index : index + 1]
            if text := next(filter(None, (docstring(other, code, repeated) for other in others)), None):
                edits.append(_docstring_edit(node, lines, text))
            if hints and isinstance(node, _Function):
                edits += _hint_edits(node, [each for each in others if isinstance(each, _Function)], lines, types)
    merged = _with_imports(replace_all(cell, edits), types.imports)
    return merged if bare(merged) == bare(cell) else cell


def beginning(cell: str) -> str:
    """The cell up to its first type hint, which it has not yet; empty if it has all.

    A small model that has begun with a type hint writes the others, and the docstring that belongs to them. The blank
    behind the colon is for it to write: it is part of the next token.
    """
    tree, lines = _tree(cell), cell.split("\n")
    functions = [node for node in ast.walk(tree) if isinstance(node, _Function)] if tree else []
    bare_parameters = [each for function in functions for each in _without_hint(function)]
    if not bare_parameters:
        return ""
    first = span_of(min(bare_parameters, key=lambda each: (each.lineno, each.col_offset)), lines)
    return "\n".join([*lines[: first.end_line - 1], f"{lines[first.end_line - 1][: first.end_column]}:"])


def bare(code: str) -> str:
    """The syntax tree without docstrings, hints of functions and imports for them: equal if code does the same."""
    tree = _tree(code)
    if tree:
        tree.body = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module in HOMES)]
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, Documented) and literal(node):
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, _Function):
            node.returns = None
            for parameter in _parameters(node):
                parameter.annotation = None
    return ast.dump(tree) if tree else ""


def _tree(cell: str) -> ast.Module | None:
    """The syntax tree of a cell, IPython's own lines being any statement."""
    return parse(cell) or parse(_CAPTURE.sub(r"\1None", cell))


def _definitions(tree: ast.Module) -> defaultdict[str, list[Documented]]:
    """The module, its functions and its classes by their qualified names; that of the module is empty."""
    found: defaultdict[str, list[Documented]] = defaultdict(list, {"": [tree]})

    def collect(node: ast.AST, path: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = path
            if isinstance(child, Documented) and not isinstance(child, ast.Module):
                inner = f"{path}.{child.name}"
                found[inner].append(child)
            collect(child, inner)

    collect(tree, "")
    return found


def _parameters(function: _Function) -> Iterator[ast.arg]:
    given = function.args
    yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)
    yield from (each for each in (given.vararg, given.kwarg) if each)


def _without_hint(function: _Function) -> Iterator[ast.arg]:
    return (each for each in _parameters(function) if each.annotation is None and each.arg not in _RECEIVERS)


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the header of a definition ends: lines are 1-based, columns 0-based.

    `parameters`: behind their closing bracket. `body`: where it begins, if that is on the same logical line.
    """

    colon: tuple[int, int]
    parameters: tuple[int, int]
    body: tuple[int, int] | None


def _header(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: Sequence[str]) -> _Header:
    text = "\n".join([*lines[node.lineno - 1 :], ""])
    tokens = (each for each in tokenize.generate_tokens(io.StringIO(text).readline) if each.type != tokenize.COMMENT)
    depth, closing = 0, (node.lineno, 0)
    for token in tokens:
        end = token.end[0] + node.lineno - 1, token.end[1]
        depth += (token.string in _OPENING) - (token.string in _CLOSING)
        if token.string == ")" and not depth:
            closing = end
        elif token.string == ":" and not depth:
            after = next(tokens)
            body = None if after.type == tokenize.NEWLINE else (after.start[0] + node.lineno - 1, after.start[1])
            return _Header(end, closing, body)
    raise AssertionError("a definition has a colon")


def _docstring_edit(node: Documented, lines: list[str], text: Docstring) -> _Edit:
    """The docstring in the place of another, or as the first line of the body."""
    if old := literal(node):
        span = span_of(old, lines)
        return span, text.indented(_indentation(lines[span.line - 1]))
    if isinstance(node, ast.Module):
        line = _first_line(lines)
        return Span(line, 0, line, 0), f"{text.indented('')}\n"
    header = _header(node, lines)
    if header.body:
        indentation = _indentation(lines[node.lineno - 1])
        indentation += "\t" if indentation.startswith("\t") else "    "
        return Span(*header.colon, *header.body), f"\n{indentation}{text.indented(indentation)}\n{indentation}"
    indentation = _indentation(lines[node.body[0].lineno - 1])
    line, end = header.colon[0], len(lines[header.colon[0] - 1])
    return Span(line, end, line, end), f"\n{indentation}{text.indented(indentation)}"


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _first_line(lines: Sequence[str]) -> int:
    """The first line that is Python: a cell magic is none."""
    first = next((n for n, line in enumerate(lines, 1) if line.strip()), 1)
    return first + 1 if lines[first - 1].startswith("%%") else first


def _hint_edits(node: _Function, others: Sequence[_Function], lines: list[str], types: TypeHints) -> Iterator[_Edit]:
    """The hints that a function lacks and that its counterparts have."""
    hints = {each.arg: each.annotation for other in reversed(others) for each in _parameters(other) if each.annotation}
    for parameter in _without_hint(node):
        written = hints.get(parameter.arg)
        if written is not None and (hint := types.valid(written, node.lineno)):
            line, column = (span := span_of(parameter, lines)).end_line, span.end_column
            tight = re.match(r"=(?=\S)", lines[line - 1][column:])
            yield Span(line, column, line, column + bool(tight)), f": {hint} = " if tight else f": {hint}"
    returned = next((other.returns for other in others if other.returns), None)
    if node.returns is None and returned is not None and (hint := types.valid(returned, node.lineno)):
        end = _header(node, lines).parameters
        yield Span(*end, *end), f" -> {hint}"


def _with_imports(cell: str, statements: Sequence[str]) -> str:
    """The cell with imports: above its first one if it begins with some, or else on top."""
    tree = _tree(cell)
    if not statements or tree is None:
        return cell
    line, spaced = _first_line(cell.split("\n")), True
    for node in tree.body:
        first = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not first and (node is not tree.body[0] or literal(tree) is None):
            if isinstance(node, ast.Import | ast.ImportFrom):
                line, spaced = node.lineno, False
            break
        line = (node.end_lineno or node.lineno) + 1
    return insert_line(cell, line, "\n".join([*statements, *([""] if spaced else [])]))
