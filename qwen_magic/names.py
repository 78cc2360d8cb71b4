"""The names that a piece of notebook code uses."""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
import warnings


def used(source: str) -> tuple[str, ...]:
    """Names that the code reads, in the order it first does; also of code that does not parse."""
    try:
        with warnings.catch_warnings():
            # "invalid escape sequence" is for the user to see once, not for every look at the cell.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return tuple(dict.fromkeys(_tokens(source)))
    # `total += x` reads total although it is stored to.
    found = [
        node.target if isinstance(node, ast.AugAssign) else node
        for node in ast.walk(tree)
        if isinstance(node, (ast.Name, ast.AugAssign))
    ]
    names = [node for node in found if isinstance(node, ast.Name)]
    changed = {id(node.target) for node in ast.walk(tree) if isinstance(node, ast.AugAssign)}
    read = [node for node in names if isinstance(node.ctx, ast.Load) or id(node) in changed]
    read.sort(key=lambda node: (node.lineno, node.col_offset))
    return tuple(dict.fromkeys(node.id for node in read))


def _tokens(source: str) -> list[str]:
    found: list[str] = []
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            # What follows a dot is an attribute of something else.
            if token.type == tokenize.NAME and before != "." and not keyword.iskeyword(token.string):
                found.append(token.string)
            before = token.string
    except (SyntaxError, tokenize.TokenError):
        # Everything up to the broken place has been read.
        return found
    return found
