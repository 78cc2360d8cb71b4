"""Docstrings as they are written: what they say, and as literals at another indentation."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass

from qwen_magic.edits import span_of, text_at

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


def literal(node: Documented) -> ast.Constant | None:
    """The docstring of a definition, where it stands."""
    match node.body:
        case [ast.Expr(value=ast.Constant(value=str()) as found), *_]:
            return found
    return None


def docstring(node: Documented, code: str, repeated: Callable[[str], bool]) -> Docstring | None:
    """The docstring of a definition in some code, without the lines that are repeated from somewhere else."""
    if (found := literal(node)) is None:
        return None
    own = [line for line in _lines(str(found.value)) if not line or not repeated(line.strip())]
    if not any(own):
        return None
    span = span_of(found, code.split("\n"))
    return Docstring("\n".join(own).strip("\n"), text_at(code, span), span.column)


@dataclass(frozen=True, slots=True)
class Docstring:
    """What a docstring says, and how it was written: the literal, and the column that it stood at."""

    text: str
    written: str
    column: int

    def indented(self, indentation: str) -> str:
        """As a literal whose lines have this indentation, except for the first; as it was written, if possible."""
        first, *others = self.written.split("\n")
        lines = [first, *(_moved(line, self.column, indentation) for line in others)]
        moved = "\n".join(line.rstrip() for line in lines)
        return moved if _says(moved, self.text) else _quoted(self.text, indentation)


def _moved(line: str, column: int, indentation: str) -> str:
    """A line further in or out, as far as there is white space before it."""
    return indentation + (line.lstrip() if line[:column].strip() else line[column:])


def _says(written: str, text: str) -> bool:
    try:
        said = ast.literal_eval(written)
    except (SyntaxError, ValueError):
        return False
    return isinstance(said, str) and "\n".join(_lines(said)).strip("\n") == text


def _lines(said: str) -> list[str]:
    return [line.rstrip() for line in inspect.cleandoc(said).split("\n")]


def _quoted(text: str, indentation: str) -> str:
    """A text as the literal of a docstring."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if "\n" in escaped:
        return '"""' + "\n".join(f"{indentation}{line}".rstrip() for line in [*escaped.split("\n"), '"""']).lstrip()
    return f'"""{escaped[:-1]}\\""""' if escaped.endswith('"') else f'"""{escaped}"""'
