"""Data that an answer made up: left out where the notebook has its own under that name, or else taken from there.

Small models like to begin with a table of invented rows, also when they were told of the real one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from qwen_magic import edits
from qwen_magic.diagnosis.expressions import name_of
from qwen_magic.repair.source import parse
from qwen_magic.snapshot import Variable

_TABLES = frozenset({"DataFrame", "Series", "array"})
_READERS = frozenset({"read_csv", "read_excel", "read_json", "read_table", "read_parquet", "loadtxt", "genfromtxt"})
# Types of what these return; the others return a DataFrame.
_KINDS = {"Series": "Series", "array": "ndarray", "loadtxt": "ndarray", "genfromtxt": "ndarray"}
_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.Tuple)
_DATA = frozenset({"DataFrame", "Series", "ndarray", "list", "dict", "set", "tuple"})
# What a value that was only written down consists of; a call in it is a date or another constructor.
_WRITTEN = (*_DISPLAYS, ast.Constant, ast.UnaryOp, ast.unaryop, ast.expr_context, ast.keyword, ast.Call, ast.Attribute)


def with_own_data(code: str, words: str, variables: Sequence[Variable]) -> str:
    """The code of an answer with the notebook's data in the place of what it made up; unchanged where nothing was.

    `words` is the request: what it says is not made up. `variables` are those of the notebook that it mentions.
    """
    tree, own = parse(code), {variable.name: variable.type for variable in variables if variable.type in _DATA}
    if tree is None or not own:
        return code
    made_up = {name: statement for name, statement in _made_up(tree, words) if _begins_with(tree, name, statement)}
    covering = [made_up[name] for name in made_up.keys() & own.keys()]
    taken = None if covering else _in_place_of(own, made_up, tree)
    edited = code
    if taken:
        statement, name = taken
        edited = edits.replace(code, edits.span_of(statement.value, code.split("\n")), f"{name}.copy()")
    changed = [*covering, *(taken[:1] if taken else ())]
    # Rows are often written down under a name of their own first.
    others = [node for node in tree.body if node not in changed]
    rows = set().union(*map(_names, changed)) & made_up.keys() - set().union(*map(_names, others))
    dropped = [*covering, *(made_up[name] for name in rows - own.keys())]
    for statement in sorted(dropped, key=lambda statement: -statement.lineno):
        edited = _without(edited, statement)
    return edited if parse(edited) else code


def _in_place_of(
    own: Mapping[str, str], made_up: Mapping[str, ast.Assign], tree: ast.Module
) -> tuple[ast.Assign, str] | None:
    """The made-up value that stands for data of the notebook which the code does not look at, if that is clear."""
    # Beside a function, data shows how it is called.
    if any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for node in tree.body):
        return None
    for statement in made_up.values():
        kind = _kind(statement.value)
        unread = [name for name, its in own.items() if its == kind and name not in _names(tree)]
        if len(unread) == 1 and kind != "tuple":  # which has no copy()
            return statement, unread[0]
    return None


def _made_up(tree: ast.Module, words: str) -> Iterator[tuple[str, ast.Assign]]:
    """Names that get a value at the top of the code which was written down there, and not in the request."""
    found: set[str] = set()
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_written(value, found):
                said = [str(node.value) in words for node in ast.walk(value) if isinstance(node, ast.Constant)]
                if not all(said) or (not said and _names(value) & found):
                    found.add(name)
                    yield name, statement


def _is_written(value: ast.expr, before: set[str]) -> bool:
    """Whether a value is rows, keys and values as such, or a table of them."""
    called = _called(value)
    if not isinstance(value, _DISPLAYS) and called not in _TABLES | _READERS:
        return False
    functions = {id(part) for node in ast.walk(value) if isinstance(node, ast.Call) for part in ast.walk(node.func)}
    return all(
        isinstance(node, _WRITTEN) or id(node) in functions or (isinstance(node, ast.Name) and node.id in before)
        for node in ast.walk(value)
    )


def _called(value: ast.expr) -> str:
    return name_of(value.func) if isinstance(value, ast.Call) else ""


def _kind(value: ast.expr) -> str:
    """The type of a value that was written down."""
    called = _called(value)
    return _KINDS.get(called, "DataFrame") if called else type(value).__name__.lower()


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def _begins_with(tree: ast.Module, name: str, statement: ast.stmt) -> bool:
    """Whether a statement on lines of its own is where the code gets a name from that it then reads."""
    above = [node for node in tree.body if node.lineno < statement.lineno]
    below = [node for node in tree.body if node.lineno > (statement.end_lineno or 0)]
    alone = len(above) + len(below) == len(tree.body) - 1
    return alone and any(name in _names(node) for node in below) and not any(name in _names(node) for node in above)


def _without(code: str, statement: ast.stmt) -> str:
    """The code without the lines of a statement, and without the comment above it."""
    lines, first, last = code.split("\n"), statement.lineno - 1, statement.end_lineno or statement.lineno
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    while last < len(lines) and not lines[last].strip():
        last += 1
    return "\n".join([*lines[:first], *lines[last:]])
