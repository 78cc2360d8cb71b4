"""NameError: words that were meant as text, but have no quotes around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.names import uses
from qwen_magic.diagnosis.names.unknown import Unknown, unknown
from qwen_magic.snapshot import Diagnosis

_ENDINGS = frozenset(
    {"csv", "txt", "json", "xlsx", "xls", "py", "png", "jpg", "parquet", "md", "pdf", "html", "db", "log"}
)
_CONTAINERS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
_DEEPEST = 4


def forgotten_quotes(evidence: Evidence) -> Iterator[Diagnosis]:
    """A key, a column, a file or a word of text without its quotes."""
    missing = unknown(evidence)
    if missing is None:
        return
    file = missing.step.parents.get(missing.node)
    if isinstance(file, ast.Attribute) and file.attr in _ENDINGS:
        yield _diagnosis(missing, [(file, f'"{ast.unparse(file)}"')], certain=True)
        return
    if not missing.use.only_read:
        return
    keys, sure = _keys(missing)
    direct = step_parent(missing, missing.node)
    # print(total) means a variable that is not there, print(Hello) does not.
    if not sure and isinstance(direct, ast.Call) and missing.name.isascii() and missing.name == missing.name.lower():
        return
    holder = _holder(missing)
    names = [node for node in ast.walk(holder) if isinstance(node, ast.Name)] if holder else []
    names = [node for node in names if node.id not in ("true", "false", "null", "none", "nan")]
    # Names that stand together were all meant as text.
    words = [node for node in names if node.id not in missing.step.names and isinstance(node.ctx, ast.Load)]
    inside = [node for node in words if node.id in keys] if sure else words
    if inside and any(node.id == missing.name for node in inside):
        yield _diagnosis(missing, [(node, f'"{node.id}"') for node in inside], certain=sure)


def _diagnosis(missing: Unknown, changes: list[tuple[ast.AST, str]], *, certain: bool) -> Diagnosis:
    cell = changed(missing.evidence, missing.step, changes)
    _, text = changes[0]
    word = text.strip('"')
    return diagnosis(
        "name-quotes",
        (
            f"`{word}` has no quotes, so Python takes it for a variable.",
            f"`{word}` 没有加引号，Python 把它当成了变量。",
        )
        if certain
        else (f"`{word}` is not defined; text needs quotes.", f"`{word}` 没有定义；如果是文字，要加引号。"),
        (f"Write {text} with quotes.", f"加上引号，写成 {text}。"),
        [cell],
        certain=certain,
    )


def _holder(missing: Unknown) -> ast.AST | None:
    """What the name stands in: a list, the brackets or parentheses behind something, a comparison."""
    step, node = missing.step, step_parent(missing, missing.node)
    while isinstance(node, _CONTAINERS) and isinstance(step_parent(missing, node), (*_CONTAINERS, ast.Call)):
        node = step_parent(missing, node)
    if isinstance(node, ast.keyword):
        return node.value
    if isinstance(node, ast.Subscript):
        return node.slice
    if isinstance(node, ast.Assign) and node in step.tree.body:
        return node.value
    return node if isinstance(node, (*_CONTAINERS, ast.Call, ast.Compare)) else None


def step_parent(missing: Unknown, node: ast.AST | None) -> ast.AST | None:
    """The node around a node."""
    return missing.step.parents.get(node) if node is not None else None


def _keys(missing: Unknown) -> tuple[set[str], bool]:
    """The texts that are known where the name stands, and whether the name is one of them."""
    step, node = missing.step, missing.node
    keys: set[str] = set()
    around: ast.AST = node
    for _ in range(_DEEPEST):
        outer = step.parents.get(around)
        if isinstance(outer, ast.Subscript) and outer.slice is around:
            keys |= _texts(step.value(outer.value))
        elif isinstance(outer, ast.Call) and isinstance(outer.func, ast.Attribute):
            keys |= _texts(step.value(outer.func.value))
        if outer is None or isinstance(outer, ast.stmt):
            break
        around = outer
    return keys, missing.name in keys


def _texts(value: object) -> set[str]:
    if value is MISSING:
        return set()
    if type(value) is dict:
        return {key for key in list(value) if isinstance(key, str)}
    return set(uses.columns(value))
