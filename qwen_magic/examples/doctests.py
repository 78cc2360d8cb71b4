"""Examples in the form of doctest, wherever they stand."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass

from qwen_magic.examples.checking import check
from qwen_magic.examples.expressions import called, free_names, is_given, parsed, roots
from qwen_magic.examples.found import Example, Found

_PROMPT = re.compile(r"(?P<indent>[^\S\n]*)(?:>>>|＞＞＞)(?: ?(?P<source>.*))\Z")
_MORE = re.compile(r"\s*\.\.\.(?: (?P<source>.*)|)\Z")
_END = re.compile(r"\s*(\"\"\"|'''|```|~~~|>>>|＞＞＞|\Z)")
_DOCSTRING = re.compile(r"^[^\S\n]*[uU]?(\"\"\"|''').*?\1", re.MULTILINE | re.DOTALL)
_RAISED = re.compile(r"(?:\w+\.)*([A-Z]\w*)(?::.*)?\Z")
_SKIPPED = re.compile(r"#\s*doctest:.*\+SKIP")


@dataclass(frozen=True, slots=True)
class _Step:
    """A statement behind a prompt, and what is said to come of it."""

    first: int
    end: int
    source: str
    want: str


def unescaped(text: str) -> str:
    r"""The text as its docstrings mean it: `\\n` in them is `\n`. Single backslashes are left: people forget them."""
    return _DOCSTRING.sub(lambda found: found[0].replace("\\\\", "\\"), text)


def exception_name(text: str) -> str:
    """The name of the exception that a text names, or nothing."""
    found = _RAISED.match(text.strip())
    name = found[1] if found else ""
    built_in = getattr(builtins, name, None)
    is_one = isinstance(built_in, type) and issubclass(built_in, BaseException)
    return name if is_one or name.endswith(("Error", "Exception")) else ""


def take_doctests(text: str, variables: Collection[str] = ()) -> tuple[list[Found], str]:
    """The examples, and the text without them."""
    lines, offsets = text.splitlines(keepends=True), [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    found: list[Found] = []
    setup: list[tuple[str, bool]] = []
    for step in _steps(lines):
        statement = _statement(step.source)
        if statement is None or (not step.want and isinstance(statement, ast.Expr) and _is_told(step.source)):
            # `>>> f(3) == 9` and `>>> f(3) -> 9` are examples of another form.
            lines[step.first] = re.sub(">>>|＞＞＞", "   ", lines[step.first], count=1)
            continue
        for number in range(step.first, step.end):
            lines[number] = " " * (len(lines[number]) - 1) + "\n"
        example = _example(step, setup)
        if example and not _SKIPPED.search(step.source) and _is_about_code(step.source, setup, variables):
            found.append(Found(offsets[step.first], example))
        if not isinstance(statement, ast.Expr) or (not step.want) or setup:
            setup.append((step.source, bool(step.want)))
    return found, "".join(lines)[: len(text)]


def _is_about_code(source: str, setup: list[tuple[str, bool]], variables: Collection[str]) -> bool:
    """Whether it shows what the code is to do, and not what the notebook's data look like: `>>> df.head()`."""
    tree, bound = parsed(source), set()
    for node in (node for before, _ in setup for node in ast.walk(ast.parse(before))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
    if tree is None:
        return False
    looked_up = roots(tree) - set(variables) if isinstance(tree, ast.Subscript | ast.Attribute) else set()
    known = called(tree) | bound | looked_up
    subjects = {name for name in known if not is_given(name)}
    names = free_names(tree)
    return bool(names & subjects) and all(name in known or name in variables or is_given(name) for name in names)


def _is_told(source: str) -> bool:
    return re.search(r"==|#|=>|->", source) is not None


def _statement(source: str) -> ast.stmt | None:
    """The first statement of a step, if it is Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
            compile(tree, "<example>", "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return tree.body[0] if tree.body else None


def _steps(lines: list[str]) -> list[_Step]:
    steps, number = [], 0
    while number < len(lines):
        first, prompt = number, _PROMPT.match(lines[number].rstrip())
        number += 1
        if not prompt:
            continue
        source, indent = [prompt["source"] or ""], len(prompt["indent"])
        while number < len(lines) and (more := _MORE.match(lines[number].rstrip("\r\n"))):
            source.append(more["source"] or "")
            number += 1
        want = []
        while (
            number < len(lines)
            and not _END.match(lines[number].rstrip())
            and lines[number][:indent].isspace() == (indent > 0)
        ):
            want.append(lines[number][indent:].rstrip())
            number += 1
            if want[-1].endswith(('"""', "'''")):
                # The docstring ends in the line of its last example.
                want[-1] = want[-1][:-3].rstrip()
                break
        steps.append(_Step(first, number, "\n".join(source), "\n".join(want)))
    return steps


def _joined(before: tuple[tuple[str, bool], ...], code: str) -> str:
    return "\n".join([*(source for source, _ in before), code])


def _example(step: _Step, setup: list[tuple[str, bool]]) -> Example | None:
    source = step.source.strip()
    if not step.want or parsed(source) is None:
        return None
    # Comments would hide what is appended to a line.
    code, before = ast.unparse(ast.parse(source)), tuple(setup)
    lines = step.want.splitlines()
    raised = exception_name(lines[-1]) if lines[0].startswith("Traceback") or len(lines) == 1 else ""
    if raised:
        return Example(f"{code} raises {raised}", check(code, setup=before, raises=raised))
    if lines[0].startswith("Traceback"):
        return None
    right = parsed(step.want)
    value = ast.unparse(right) if right is not None else ""
    shown = f"{code} == {step.want}" if value and len(lines) == 1 else f"{code} gives {' '.join(step.want.split())}"
    return Example(shown, check(code, value, setup=before, text=step.want), _joined(before, code))
