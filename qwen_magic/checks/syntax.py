"""Whether code parses, as a notebook runs it: magics, `!` and top-level await included."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from qwen_magic.checks.finding import Finding, Severity
from qwen_magic.language import Words

Transform = Callable[[str], str]
"""The shell's way to make Python of a cell."""

# Cell magics that run the lines below them as Python, and those that hand them to a shell.
_PYTHON = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "lprun"})
_SHELL = frozenset({"bash", "sh", "script", "!", "sx", "system", "cmd", "zsh"})

_CHINESE = (
    (re.compile(r"invalid syntax\. Perhaps you forgot a comma\?"), "语法无效，可能漏了逗号"),
    (re.compile(r"invalid syntax"), "语法无效"),
    (re.compile(r"('.') was never closed"), r"\1 没有闭合"),
    (re.compile(r"unmatched ('.')"), r"多余的 \1"),
    (re.compile(r"expected ':'"), "缺少冒号"),
    (re.compile(r"unexpected indent"), "意外的缩进"),
    (re.compile(r"unindent does not match any outer indentation level"), "缩进与外层不一致"),
    (re.compile(r"expected an indented block after (.+) on line \d+"), r"\1 之后缺少缩进的代码块"),
    (re.compile(r"unterminated (triple-quoted )?f?-?string literal.*"), "字符串没有结束"),
    (re.compile(r"Missing parentheses in call to 'print'.*"), "print 缺少括号"),
    (re.compile(r"'(\w+)' outside (?:async )?(\w+)"), r"\1 写在了 \2 之外"),
    (re.compile(r"duplicate argument '(\w+)' in function definition"), r"参数 `\1` 重复"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """Code that parses. Its nodes carry the lines of the code as given; `script` is for a shell to run."""

    tree: ast.Module
    script: str = ""
    first: int = 1  # the line that the script begins at


def default_transform(code: str) -> str:
    """Python from a cell, as any IPython makes it."""
    # Whoever runs notebook code has IPython loaded; reading this package should not load it.
    from IPython.core.inputtransformer2 import TransformerManager

    ran: str = TransformerManager().transform_cell(code)  # type: ignore[no-untyped-call]
    return ran


def parse(code: str, transform: Transform = default_transform) -> Program | Finding:
    """The code as a tree, or why it is none."""
    lines = code.split("\n")
    head = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if not lines[head].startswith("%%"):
        return _python(code, 0, transform)
    magic = re.match(r"%%(!|\w*)", lines[head])
    name = magic[1] if magic else ""
    body = "\n".join(lines[head + 1 :])
    if name in _PYTHON:
        return _python(body, head + 1, transform)
    # What other magics make of their text is theirs to know.
    return Program(ast.Module([], []), body if name in _SHELL else "", head + 2)


def _python(code: str, skipped: int, transform: Transform) -> Program | Finding:
    given, ran = _lines(code), code
    try:
        ran = _transformed(code, transform)
        with warnings.catch_warnings():
            # "invalid escape sequence" is no reason not to run it.
            warnings.simplefilter("ignore")
            tree = ast.parse(ran)
            # The parser lets `return` stand anywhere; the compiler does not.
            compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        places = _places(given, _lines(ran))
        number = min(max(error.lineno or 1, 1), len(places))
        return _finding(error.msg or "invalid syntax", places[number - 1] + skipped)
    except (RecursionError, MemoryError):
        return _finding("too deeply nested", skipped + 1)
    except (ValueError, OverflowError):
        return _finding("characters that Python code cannot have", skipped + 1)
    tree.body = [statement for each in tree.body for statement in _timed(each)]
    places = _places(given, _lines(ran))
    for node in ast.walk(tree):
        for field in ("lineno", "end_lineno"):
            if line := getattr(node, field, None):
                setattr(node, field, places[min(line, len(places)) - 1] + skipped)
    return Program(tree)


def _transformed(code: str, transform: Transform) -> str:
    if not code.strip():
        return ""
    try:
        return transform(code)
    except SyntaxError:
        raise
    except Exception:  # noqa: BLE001  # a transformer of the user's own: Python then says what it thinks
        return code


def _finding(message: str, line: int) -> Finding:
    own = {"too deeply nested": "嵌套太深", "characters that Python code cannot have": "含有 Python 代码不允许的字符"}
    chinese = own.get(message, message)
    for pattern, words in _CHINESE:
        if pattern.fullmatch(message):
            chinese = pattern.sub(words, message)
            break
    return Finding("syntax", Severity.ERROR, line, Words(f"does not parse: {message}", f"语法错误：{chinese}"))


def _lines(code: str) -> list[str]:
    return code.rstrip().split("\n")


def _places(given: list[str], ran: list[str]) -> list[int]:
    """The line as given for every line that runs: IPython drops blank lines and joins others."""
    places = []
    at = next((n for n, line in enumerate(given) if line.strip()), 0) if ran[0].strip() else 0
    for number, line in enumerate(ran):
        at = min(at, len(given) - 1)
        places.append(at + 1)
        spare = (len(given) - at) - (len(ran) - number)
        if given[at].strip() != line.strip():
            while spare > 0 and given[at].rstrip().endswith("\\"):
                at, spare = at + 1, spare - 1
        at += 1
    return places


def _timed(statement: ast.stmt) -> list[ast.stmt]:
    """What `%time` runs, in its place: it assigns to the notebook's own names."""
    match statement:
        case ast.Expr(
            ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value="time"), ast.Constant(value=str() as text)],
            )
        ):
            try:
                inner = ast.parse(text).body
            except (SyntaxError, ValueError):
                return [statement]
            for node in (node for each in inner for node in ast.walk(each) if hasattr(node, "lineno")):
                vars(node).update(lineno=statement.lineno, end_lineno=statement.lineno)
            return inner
    return [statement]
