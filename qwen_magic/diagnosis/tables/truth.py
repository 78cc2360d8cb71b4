"""One truth value for many: `and`, `if` and chains of comparisons on arrays and columns."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.diagnosis.tables.conditions import BITWISE, bracketed, operator
from qwen_magic.snapshot import Diagnosis

_AMBIGUOUS = re.compile(r"The truth value of an? (array|Series|DataFrame|\w*Index)")
_SYMBOLS = {ast.And: "&", ast.Or: "|"}


def ambiguous_truth(evidence: Evidence) -> Iterator[Diagnosis]:
    """`(a > 1) and (a < 3)`, `not mask`, `0 < a < 3`, `if a == b:` where a is a column or an array."""
    step = evidence.last
    found = _AMBIGUOUS.match(evidence.message)
    if not isinstance(evidence.error, ValueError) or not found or step is None:
        return
    what = {"array": "array", "Series": "Series", "DataFrame": "DataFrame"}.get(found[1], "Index")
    drafts = Drafts(evidence, step)
    inside = running_nodes(evidence, step)
    for kind, make in _SHAPES:
        for node in inside:
            if isinstance(node, kind) and (said := make(drafts, node, what)):
                each_en = "an array" if what == "array" else f"a {what}"
                cause = (
                    f"{said[0]} needs one True or False, but {each_en} has one for each element.",
                    f"{said[1]}需要单个真假值，但{'数组' if what == 'array' else what}的每个元素各有一个。",
                )
                yield drafts.diagnosis("ambiguous-truth", cause, said[2])
                return


Said = tuple[str, str, tuple[str, str]]


def _write(text: str) -> tuple[str, str]:
    return (f"Write `{text}`.", f"请写 `{text}`。")


def _bool_op(drafts: Drafts, node: ast.BoolOp, what: str) -> Said | None:
    text = _vector(drafts, node)
    word = "and" if isinstance(node.op, ast.And) else "or"
    drafts.edit((node, text), certain=_masks(drafts, node) and _is_mask_place(drafts, node))
    parts = [f"({drafts.source(part)}).any()" if _compares(part) else drafts.source(part) for part in node.values]
    if not _is_mask_place(drafts, node):
        drafts.edit((node, f"({text}).any()"))
        drafts.edit((node, f"({text}).all()"))
        drafts.edit((node, f" {word} ".join(parts)))
    return f"`{word}`", f" `{word}` ", _write(text)


def _not(drafts: Drafts, node: ast.UnaryOp, what: str) -> Said | None:
    if not isinstance(node.op, ast.Not):
        return None
    text = _vector(drafts, node)
    drafts.edit((node, text), certain=_is_mask_place(drafts, node))
    if not _is_mask_place(drafts, node):
        inner = drafts.operand(node.operand)
        for end in (".any()", ".all()") if what != "DataFrame" else (".empty",):
            drafts.edit((node, f"not {inner}{end}" if end != ".empty" else inner + end))
    return "`not`", " `not` ", _write(text)


def _chain(drafts: Drafts, node: ast.Compare, what: str) -> Said | None:
    if len(node.ops) < 2:
        return None
    if any(isinstance(n, ast.BinOp) and isinstance(n.op, BITWISE) for n in (node.left, *node.comparators)):
        return _unbracketed(drafts, node, what)
    text = _vector(drafts, node)
    drafts.edit((node, text), certain=_is_mask_place(drafts, node))
    return "A chained comparison", "连续比较", _write(text)


def _unbracketed(drafts: Drafts, node: ast.Compare, what: str) -> Said | None:
    text = bracketed(drafts, node)
    if text is None:
        return None
    drafts.edit((node, text), certain=True)
    return "`&` binds tighter than a comparison, so this chain", "`&` 比比较运算先结合，这个连续比较", _write(text)


def _membership(drafts: Drafts, node: ast.Compare, what: str) -> Said | None:
    if not isinstance(node.ops[0], (ast.In, ast.NotIn)) or what == "DataFrame":
        return None
    left, right = drafts.operand(node.left), drafts.source(node.comparators[0])
    tilde = "~" if isinstance(node.ops[0], ast.NotIn) else ""
    many = columns.kind(columns.live(drafts.step, node.left))
    isin = f"np.isin({drafts.source(node.left)}, {right})" if what == "array" else f"{left}.isin({right})"
    text = tilde + isin
    drafts.edit((node, text), certain=bool(many) and _is_mask_place(drafts, node))
    if columns.kind(columns.live(drafts.step, node.comparators[0])) and not many:
        text = f"{drafts.source(node.left)} in {right}.values"
        drafts.edit((node, text))
    return "`in`", " `in` ", _write(text)


def _condition(drafts: Drafts, node: ast.If | ast.While | ast.Assert, what: str) -> Said | None:
    test = node.test
    text = drafts.operand(test)
    hint = f"{text}.empty" if what == "DataFrame" else f"{text}.any()"
    if what == "DataFrame" and not isinstance(test, ast.Compare):
        drafts.edit((test, f"not {text}.empty"))
        drafts.edit((test, f"{text} is not None"))
        hint = f"not {text}.empty"
    elif isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq) and what == "DataFrame":
        hint = f"{drafts.operand(test.left)}.equals({drafts.source(test.comparators[0])})"
        drafts.edit((test, hint))
    else:
        _as_where(drafts, node)
        for end in (".any()", ".all()"):
            drafts.edit((test, text + end))
        if isinstance(test, ast.Name):
            drafts.edit((test, f"len({text}) > 0"))
    _called_with_column(drafts)
    words = {ast.If: "`if`", ast.While: "`while`", ast.Assert: "`assert`"}[type(node)]
    return words, f" {words} ", _write(hint)


def _if_else(drafts: Drafts, node: ast.IfExp, what: str) -> Said | None:
    text = f"np.where({drafts.source(node.test)}, {drafts.source(node.body)}, {drafts.source(node.orelse)})"
    np = columns.alias(drafts.evidence, "numpy", "np")
    imports = columns.import_for(drafts.evidence, "numpy", "np")
    called = _called_with_column(drafts)
    drafts.edit(
        (node, text.replace("np.", f"{np}.", 1)),
        imports=imports,
        certain=not called and not _reduced(node.test) and _is_mask_place(drafts, node) and not _equates(node.test),
    )
    return "`if ... else`", " `if ... else` ", _write(text)


def _equates(node: ast.expr) -> bool:
    """`a == b` of two names asks as often whether they are equal as where."""
    equal = isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)
    return equal and isinstance(node, ast.Compare) and not isinstance(node.comparators[0], ast.Constant)


def _built_in(drafts: Drafts, node: ast.Call, what: str) -> Said | None:
    if not isinstance(node.func, ast.Name) or node.func.id not in ("max", "min", "bool", "any", "all", "sorted"):
        return None
    name = node.func.id
    sources = [drafts.source(arg) for arg in node.args]
    np = columns.alias(drafts.evidence, "numpy", "np")
    if name in ("max", "min") and len(node.args) == 2:
        text = f"{np}.{name}imum({', '.join(sources)})"
    elif len(node.args) == 1 and name in ("max", "min", "any", "all"):
        text = f"{drafts.operand(node.args[0])}.{name}()"
    else:
        return None
    drafts.edit((node, text), imports=columns.import_for(drafts.evidence, "numpy", "np") if "imum" in text else "")
    return f"`{name}`", f" `{name}` ", _write(text)


_SHAPES: tuple[tuple[Any, Callable[[Drafts, Any, str], Said | None]], ...] = (
    (ast.BoolOp, _bool_op),
    (ast.UnaryOp, _not),
    (ast.Compare, _chain),
    (ast.Compare, _membership),
    (ast.IfExp, _if_else),
    (ast.Call, _built_in),
    ((ast.If, ast.While, ast.Assert), _condition),
)


def _called_with_column(drafts: Drafts) -> bool:
    """`label(df["v"])`, where label asks `if v > 1`, as it was meant: `df["v"].apply(label)`."""
    caller = next((step for step in reversed(drafts.evidence.steps[:-1]) if step.in_cell), None)
    if caller is None or not isinstance(call := caller.node, ast.Call) or len(call.args) != 1 or call.keywords:
        return False
    outer = Drafts(drafts.evidence, caller)
    if columns.kind(columns.live(caller, call.args[0])) != "Series" or not isinstance(call.func, ast.Name):
        return False
    text = f"{outer.operand(call.args[0])}.apply({call.func.id})"
    outer.edit((call, text), certain=call.func.id == drafts.step.function)
    drafts.take(outer)
    return True


def _as_where(drafts: Drafts, node: ast.AST) -> None:
    """`if df["v"] > 1: df["l"] = "a"` with an else, as one `np.where`."""
    if not isinstance(node, ast.If) or len(node.body) != 1 or len(node.orelse) != 1:
        return
    yes, no = node.body[0], node.orelse[0]
    if isinstance(yes, ast.Assign) and isinstance(no, ast.Assign):
        target = ast.unparse(yes.targets[0])
        if target == ast.unparse(no.targets[0]) and len(yes.targets) == 1:
            np = columns.alias(drafts.evidence, "numpy", "np")
            values = f"{drafts.source(node.test)}, {drafts.source(yes.value)}, {drafts.source(no.value)}"
            imports = columns.import_for(drafts.evidence, "numpy", "np")
            drafts.edit((node, f"{drafts.source(yes.targets[0])} = {np}.where({values})"), imports=imports)


def _vector(drafts: Drafts, node: ast.expr) -> str:
    """A condition, element by element."""
    if isinstance(node, ast.BoolOp):
        return f" {_SYMBOLS[type(node.op)]} ".join(f"({_vector(drafts, part)})" for part in node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return f"~({_vector(drafts, node.operand)})"
    if isinstance(node, ast.Compare) and len(node.ops) > 1:
        sides = [node.left, *node.comparators]
        pairs = zip(sides, node.ops, sides[1:], strict=False)
        return " & ".join(f"({drafts.source(a)} {operator(op)} {drafts.source(b)})" for a, op, b in pairs)
    return drafts.source(node)


def _compares(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare)


def _masks(drafts: Drafts, node: ast.BoolOp) -> bool:
    """Whether each part is a condition on many elements; `len(df) > 1 and mask` is not."""
    return all(_mask(part) for part in node.values)


def _mask(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        return all(_mask(part) for part in node.values)
    if isinstance(node, ast.UnaryOp):
        return _mask(node.operand)
    return not _reduced(node) and not isinstance(node, ast.Constant)


def _reduced(node: ast.expr) -> bool:
    """Whether something like `len(df)` or `s.any()` makes one value of many."""
    ones = ("len", "any", "all", "sum", "max", "min", "mean", "empty", "isinstance", "shape", "size")
    names = {n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", "") for n in ast.walk(node)}
    left = node.left if isinstance(node, ast.Compare) else node
    last = left.func if isinstance(left, ast.Call) else left
    return (last.attr if isinstance(last, ast.Attribute) else getattr(last, "id", "")) in ones and bool(names)


def _is_mask_place(drafts: Drafts, node: ast.expr) -> bool:
    """Whether a mask is what is wanted here: between brackets, or as the value of an assignment or argument."""
    parent = drafts.step.parents.get(node)
    while isinstance(parent, (ast.BoolOp, ast.UnaryOp, ast.Tuple)):
        parent = drafts.step.parents.get(parent)
    return isinstance(parent, (ast.Subscript, ast.Assign)) or (
        isinstance(parent, ast.Call) and "where" in ast.unparse(parent.func)
    )
