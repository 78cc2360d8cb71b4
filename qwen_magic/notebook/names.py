"""The names that a piece of notebook code uses."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import symtable
import tokenize
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What IPython and this package put into every notebook.
_FURNITURE = re.compile(r"In|Out|Err|exit|quit|open|display|get_ipython|_qwen|_{1,3}|_i{0,3}|_i?\d+|_[iod]h|__\w+__")
_ARTICLES = frozenset({"a", "A", "I"})  # words of English, which are no names where another word follows
_WORD = re.compile("[A-Za-z0-9_]")
_MAGICS = frozenset({"run_line_magic", "run_cell_magic", "system", "getoutput"})


def is_users(name: str) -> bool:
    """Whether a name can be one that the user has given."""
    return name.isidentifier() and not _FURNITURE.fullmatch(name)


def of_user(shell: Any) -> frozenset[str]:
    """The notebook's own names."""
    return frozenset(name for name in shell.user_ns if is_users(name))


def used(source: str) -> tuple[str, ...]:
    """Names that the code reads, in the order it first does; also of code that does not parse."""
    try:
        with warnings.catch_warnings():
            # "invalid escape sequence" is for the user to see once, not for every look at the cell.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return tuple(dict.fromkeys(_tokens(source)))
    found = dict.fromkeys(name for _, _, name in sorted(_read(tree)))
    hidden = _only_local(source)
    return tuple(name for name in found if name not in hidden)


def used_by_cell(shell: Any, cell: str) -> tuple[str, ...]:
    """The same of a cell with magics in it."""
    try:
        return used(shell.transform_cell(cell))
    except SyntaxError:
        # IPython's own transformations can already stumble over a broken cell.
        return used(cell)


def mentioned(words: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of the `known` names that prose speaks of, in the order it first does.

    Chinese has no spaces between words, neither around names nor within a sentence that a name is part of.
    """
    # Of two names that begin alike, the longer one is meant where it stands.
    patterns = [_in_prose(name) for name in sorted(known, key=len, reverse=True)]
    return tuple(dict.fromkeys(re.findall("|".join(patterns), words))) if patterns else ()


def _in_prose(name: str) -> str:
    # What follows a dot is an attribute or a method of something else.
    before = r"(?<![A-Za-z0-9_.])" if _WORD.match(name[0]) else ""
    after = r"(?![A-Za-z0-9_])" if _WORD.match(name[-1]) else ""
    after += r"(?!\s*[A-Za-z'’])" if name in _ARTICLES else ""
    return f"{before}{re.escape(name)}{after}"


def undefined(shell: Any, cell: str) -> tuple[str, ...]:
    """The names that a cell reads, also in its functions, and that neither it nor the notebook nor Python defines."""
    try:
        source = shell.transform_cell(cell)
        top = symtable.symtable(source, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return ()
    own = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    known = own | shell.user_ns.keys() | vars(builtins).keys()
    return tuple(name for name in used(source) if name not in known and is_users(name))


def _read(tree: ast.AST) -> Iterator[tuple[int, int, str]]:
    for node in ast.walk(tree):
        match node:
            # `total += x` reads total, although it only says that it stores it.
            case ast.Name(id=name, ctx=ast.Load()) | ast.AugAssign(target=ast.Name(id=name)):
                yield node.lineno, node.col_offset, name
            case ast.Call(func=ast.Attribute(attr=attribute), args=arguments) if attribute in _MAGICS:
                # The code of `%%time` or `%timeit` is a string by now.
                for text in arguments[-2:]:
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield from ((node.lineno, node.col_offset + 1, name) for name in used(text.value))


def _only_local(source: str) -> set[str]:
    """Parameters, locals and comprehension variables, which have nothing to do with the notebook's."""
    try:
        waiting = [symtable.symtable(source, "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError):
        return set()
    shared: set[str] = set()
    local: set[str] = set()
    while waiting:
        scope = waiting.pop()
        waiting.extend(scope.get_children())
        for symbol in scope.get_symbols():
            everywhere = scope.get_type() == "module" or symbol.is_global()
            (shared if everywhere else local).add(symbol.get_name())
    return local - shared


def _tokens(source: str) -> Iterator[str]:
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            # What follows a dot is an attribute of something else, and a definition reads nothing.
            if (
                token.type == tokenize.NAME
                and before not in (".", "def", "class")
                and not keyword.iskeyword(token.string)
            ):
                yield token.string
            before = token.string
    except (SyntaxError, tokenize.TokenError):
        # Everything up to the broken place has been read.
        return
