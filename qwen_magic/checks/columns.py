"""Columns that a live DataFrame does not have, and keys that a live dict does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, cast

from qwen_magic.checks import frames
from qwen_magic.checks.finding import Finding, Severity
from qwen_magic.checks.live import Live, Value
from qwen_magic.checks.outline import Reach
from qwen_magic.checks.spelling import close, hinted
from qwen_magic.language import Words

# Which arguments of which methods name columns: their keyword, and their place if it is certain.
_METHODS: dict[str, tuple[tuple[str, int | None], ...]] = {
    "groupby": (("by", 0),),
    "sort_values": (("by", 0),),
    "set_index": (("keys", 0),),
    "drop": (("columns", None),),
    "merge": (("on", None), ("left_on", None)),
    "drop_duplicates": (("subset", 0),),
    "dropna": (("subset", None),),
    "nlargest": (("columns", 1),),
    "nsmallest": (("columns", 1),),
    "explode": (("column", 0),),
    "pivot": (("index", None), ("columns", None), ("values", None)),
    "pivot_table": (("values", 0), ("index", 1), ("columns", 2)),
    "melt": (("id_vars", 0), ("value_vars", 1)),
    "value_counts": (("subset", 0),),
    "astype": (("dtype", 0),),
    "agg": (("func", 0),),
    "aggregate": (("func", 0),),
    "boxplot": (("column", 0), ("by", 1)),
    "hist": (("column", 0), ("by", 1)),
    "plot": (("x", None), ("y", None)),
}
# Of these only the keys of a dictionary are columns: the rest names functions and types.
_MAPPINGS = frozenset({"astype", "agg", "aggregate"})
# Methods whose result has the same columns.
_SAME = re.compile(
    "abs|bfill|copy|drop_duplicates|dropna|ffill|fillna|groupby|head|isna|isnull|nlargest|notna|nsmallest|query|replace|"
    "round|sample|sort_index|sort_values|tail|where"
)
_KEYS = 100_000


def check(live: Live) -> Iterator[Finding]:
    """Columns and keys that the code takes for there."""
    for node in live.outline.nodes:
        if isinstance(node, ast.Subscript):
            wanted = _of_subscript(live, node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            wanted = _of_call(live, node, node.func)
        else:
            continue
        if live.outline.reach(node) is not Reach.MAYBE:
            yield from wanted


def _of_subscript(live: Live, node: ast.Subscript) -> Iterator[Finding]:
    # `df["x"] = ...` makes the column; `df["x"] += ...` has to have it.
    augmented = isinstance(live.outline.parent(node)[0], ast.AugAssign)
    if isinstance(node.ctx, ast.Store) and not augmented:
        return
    if isinstance(node.value, ast.Attribute) and node.value.attr == "loc":
        if isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
            yield from _missing(live, node.value.value, _texts(node.slice.elts[1]))
        return
    yield from _missing(live, node.value, _texts(node.slice))
    yield from _tuple(live, node)
    if isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant):
        yield from _keys(live, node.value, node.slice)


def _tuple(live: Live, node: ast.Subscript) -> Iterator[Finding]:
    """`df["x", "y"]`, which is one column of that name and not two."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
    plain = parts and all(isinstance(part, ast.Constant) and type(part.value) is str for part in parts)
    found = _frame(live, node.value) if plain else None
    if found is not None and frames.columns(found[1]) is not None:
        shown = ", ".join(ast.unparse(part) for part in parts)
        words = Words(f"several columns are a list: `[[{shown}]]`", f"选取多列要用列表：`[[{shown}]]`")
        yield Finding("missing-column", live.outline.severity(node), node.lineno, words)


def _of_call(live: Live, call: ast.Call, func: ast.Attribute) -> Iterator[Finding]:
    given = {word.arg: word.value for word in call.keywords}
    starred = None in given or any(isinstance(argument, ast.Starred) for argument in call.args)
    if starred or "errors" in given or "level" in given or ("axis" in given and func.attr != "drop"):
        return
    left = func.value
    if func.attr in ("merge", "pivot_table", "pivot", "melt") and not _frame(live, left):
        # `pd.merge(left, right)`: what comes first is the frame.
        if not call.args:
            return
        left, call = call.args[0], ast.Call(call.func, call.args[1:], call.keywords)
    for frame, value in _naming(func.attr, left, call, given):
        yield from _missing(live, frame, value, index_too=True)


def _naming(
    method: str, frame: ast.expr, call: ast.Call, given: dict[str | None, ast.expr]
) -> Iterator[tuple[ast.expr, list[ast.Constant]]]:
    """Frames, and the columns that the call takes for theirs."""
    for keyword, place in _METHODS[method]:
        value = given.get(keyword)
        if value is None and place is not None and place < len(call.args):
            value = call.args[place]
        if value is not None:
            yield frame, _keys_of(value) if method in _MAPPINGS else _texts(value)
    if method == "drop" and call.args and _is_columns(given.get("axis")):
        yield frame, _texts(call.args[0])
    if method in ("agg", "aggregate"):
        pairs = (value for value in given.values() if isinstance(value, ast.Tuple) and len(value.elts) == 2)
        yield from ((frame, _texts(pair.elts[0])) for pair in pairs)
    if method == "merge" and call.args:
        yield from ((call.args[0], _texts(given[keyword])) for keyword in ("on", "right_on") if keyword in given)


def _keys_of(value: ast.expr) -> list[ast.Constant]:
    keys = value.keys if isinstance(value, ast.Dict) else ()
    return [key for key in keys if isinstance(key, ast.Constant) and type(key.value) is str]


def _texts(node: ast.expr) -> list[ast.Constant]:
    """The text in `"x"` or `["x", "y"]`."""
    parts = node.elts if isinstance(node, ast.List) else [node]
    return [part for part in parts if isinstance(part, ast.Constant) and type(part.value) is str]


def _is_columns(axis: ast.expr | None) -> bool:
    return isinstance(axis, ast.Constant) and axis.value in (1, "columns")


def _missing(live: Live, node: ast.expr, wanted: list[ast.Constant], index_too: bool = False) -> Iterator[Finding]:
    found = _frame(live, node) if wanted else None
    if found is None:
        return
    name, frame = found
    known = frames.columns(frame)
    if known is None:
        return
    index = frames.index_names(frame) if index_too else ()
    for constant in wanted:
        column = cast("str", constant.value)
        if column not in known and column not in index:
            words = Words(f"`{name}` has no column `{column}`", f"`{name}` 没有名为 `{column}` 的列")
            severity = live.outline.severity(constant)
            yield Finding("missing-column", severity, constant.lineno, hinted(words, close(column, known)))


def _frame(live: Live, node: ast.expr) -> tuple[str, Any] | None:
    """The live frame that an expression has the columns of, and its name."""
    match node:
        case ast.Name(id=name):
            known = live.of(node)
            if isinstance(known, Value) and frames.is_frame(known.held) and not live.touched(node):
                return name, known.held
        case ast.Call(func=ast.Attribute(value=inner, attr=method), keywords=words):
            # dropna(axis=1) drops columns, groupby has those of its frame to choose from.
            plain = not any(word.arg in (None, "axis", "inplace") for word in words)
            return _frame(live, inner) if plain and _SAME.fullmatch(method) else None
        case ast.Subscript(value=inner, slice=ast.Compare() | ast.BinOp(op=ast.BitAnd() | ast.BitOr())):
            return _frame(live, inner)
        case ast.Subscript(value=inner, slice=ast.UnaryOp(op=ast.Invert()) | ast.Slice()):
            return _frame(live, inner)
    return None


def _keys(live: Live, name: ast.Name, constant: ast.Constant) -> Iterator[Finding]:
    known = live.of(name)
    held: Any = known.held if isinstance(known, Value) else None
    if type(held) is not dict or len(held) > _KEYS or type(constant.value) not in (str, int) or live.touched(name):
        return
    # A key of the user's own class may claim to equal anything: then nothing is known.
    if all(type(key) in (str, int) for key in held) and constant.value not in held:
        words = Words(f"`{name.id}` has no key {constant.value!r}", f"`{name.id}` 没有键 {constant.value!r}")
        meant = close(constant.value, (k for k in held if type(k) is str)) if isinstance(constant.value, str) else ""
        yield Finding("missing-key", Severity.WARNING, constant.lineno, hinted(words, meant))
