"""Operators between objects of the user's own, and between them and plain values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from qwen_magic.diagnosis.calls.earlier import fields
from qwen_magic.diagnosis.calls.own_classes import method, own_class, set_in, with_method
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Function, Step
from qwen_magic.diagnosis.expressions import is_call_of, operand
from qwen_magic.diagnosis.types.operands import Pair, pair
from qwen_magic.snapshot import Diagnosis

_METHODS: Final = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow"}
_OPERATORS: Final = {"add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div}
_SWAPPED: Final = ("+", "*")
_PLAIN: Final = (int, float, str)


def own_operator(evidence: Evidence) -> Iterator[Diagnosis]:
    """`a + b` of a class without `__add__`, `3 * vector` where only `vector * 3` is defined."""
    found = pair(evidence)
    if found is None or isinstance(found.node, ast.Compare) or not isinstance(evidence.error, TypeError):
        return
    step, (left, right) = found.step, found.types
    name = _METHODS.get(found.symbol.rstrip("=") or found.symbol)
    owner = own_class(step, left) or own_class(step, right)
    if name is None or owner is None or owner in step.around(found.node, ast.ClassDef):
        return
    cells: list[str | None] = []
    if left == right:
        cells = [with_method(evidence, step, owner, text) for text in _by_analogy(found, owner, name)]
    elif owner.name == right and method(owner, f"__{name}__") and found.symbol in _SWAPPED:
        one = with_method(evidence, step, owner, f"__r{name}__ = __{name}__")
        other = found.whole(f"{found.text(1)} {found.symbol} {found.text(0)}")
        cells = [one, other] if isinstance(found.node, ast.BinOp) else [one]
    if not cells:
        return
    missing = f"__{name}__" if left == right else f"__r{name}__"
    yield diagnosis(
        "own-operator",
        (f"`{owner.name}` does not say what `{found.symbol}` means here.",
         f"`{owner.name}` 没有定义这里的 `{found.symbol}`。"),
        (f"Define `{missing}` in `{owner.name}`.", f"在 `{owner.name}` 里定义 `{missing}`。"),
        cells,
    )  # fmt: skip


def _by_analogy(found: Pair, owner: ast.ClassDef, name: str) -> Iterator[str]:
    """The method as the class writes another operator; or, of + and -, one that goes through all fields."""
    for other, kind in _OPERATORS.items():
        known = method(owner, f"__{other}__")
        if known is None or name not in _OPERATORS:
            continue
        copied = ast.parse(ast.unparse(known)).body[0]
        turned = [node for node in ast.walk(copied) if isinstance(node, ast.BinOp) and isinstance(node.op, kind)]
        for node in turned:
            node.op = _OPERATORS[name]()
        if turned and isinstance(copied, Function):
            copied.name = f"__{name}__"
            yield ast.unparse(copied)
            return
    init = method(owner, "__init__")
    given = [argument.arg for argument in init.args.args[1:]] if init else _annotated(owner)
    stored = {attribute for attribute, _ in set_in(init)} if init else set(given)
    symbol = {"add": "+", "sub": "-"}.get(name)
    if symbol and given and set(given) == stored and all(_is_number(found, given, field) for field in given):
        parts = ", ".join(f"self.{field} {symbol} other.{field}" for field in given)
        yield f"def __{name}__(self, other):\n    return {owner.name}({parts})"


def _is_number(found: Pair, given: list[str], field: str) -> bool:
    """Whether a field of one of the two objects is known to hold a number."""
    for node, value in zip(found.nodes, found.values, strict=True):
        known: Any = MISSING
        if value is not MISSING:
            known = object.__getattribute__(value, "__dict__").get(field, MISSING)
        elif isinstance(node, ast.Call) and given.index(field) < len(node.args):
            known = found.step.value(node.args[given.index(field)])
        if type(known) in (int, float):
            return True
    return False


def _annotated(owner: ast.ClassDef) -> list[str]:
    return [
        node.target.id for node in owner.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]


def sum_of_own(evidence: Evidence) -> Iterator[Diagnosis]:
    """`sum(prices)` of objects: `sum` begins with 0, which their `__add__` has to be told; or one of their fields."""
    said = re.search(r"unsupported operand type\(s\) for \+: 'int' and '([\w.]+)'", evidence.message)
    step = evidence.last
    if step is None or said is None:
        return
    for call in ast.walk(step.node or ast.Pass()):
        if not is_call_of(call, "sum") or len(call.args) != 1:
            continue
        owner, items = own_class(step, said[1]), step.value(call.args[0])
        text = evidence.source(step, call.args[0])
        first = items[0] if type(items) in (list, tuple) and items else MISSING
        cells: list[str | None] = []
        if owner and method(owner, "__add__"):
            added = "def __radd__(self, other):\n    return self if other == 0 else self + other"
            cells.append(with_method(evidence, step, owner, added))
        elif first is not MISSING and type(first).__name__ == said[1]:
            names = _ranked(evidence, first, (int, float))
            cells += [evidence.replaced(step, call, f"sum(item{name} for item in {text})") for name in names]
        elif isinstance(call.args[0], (ast.List, ast.Tuple)) and owner:
            numbers = [field for field, _ in set_in(method(owner, "__init__"))] or _annotated(owner)
            cells += [evidence.replaced(step, call, f"sum(item.{name} for item in {text})") for name in numbers]
        if cells:
            yield diagnosis(
                "sum-of-own",
                (f"`sum` begins with the number 0 and cannot add a `{said[1]}` to it.",
                 f"`sum` 从数字 0 开始，不能加上 `{said[1]}`。"),
                ("Add up one of the fields, or define `__radd__`.", "对某个字段求和，或定义 `__radd__`。"),
                cells,
            )  # fmt: skip
        return


def field_is_meant(evidence: Evidence) -> Iterator[Diagnosis]:
    """`total += item` where `item.price` is meant, `"Level " + level` where the member has a name."""
    found = pair(evidence)
    if found is None or not isinstance(evidence.error, TypeError):
        return
    for side in (0, 1):
        owner, other = found.values[side], found.values[1 - side]
        kind = found.types[1 - side]
        wanted = (str,) if kind == "str" else (int, float) if kind in ("int", "float") else ()
        if owner is MISSING or type(owner).__name__ != found.types[side] or not wanted or other is None:
            continue
        if type(owner).__module__ != "__main__" and not isinstance(owner, Enum):
            continue
        names = _ranked(evidence, owner, wanted, found, 1 - side)
        what = operand(evidence.source(found.step, found.nodes[side]))
        texts = [f"{what}{name}" for name in names]
        if kind == "str" and not isinstance(owner, Enum):
            numbers = [f"str({what}{name})" for name in _ranked(evidence, owner, (int, float))]
            line = evidence.source(found.step, found.node).casefold()
            texts = sorted([*texts, *numbers], key=lambda text: _last_word(text) not in line)
        if kind == "str" and "__str__" in vars(type(owner)) and not isinstance(owner, Enum):
            texts.insert(0, f"str({found.text(side)})")
        if not texts:
            continue
        yield diagnosis(
            "field-is-meant",
            found.cause(),
            (f"Use what it holds: `{texts[0]}`.", f"使用它里面的值：`{texts[0]}`。"),
            [found.with_operand(side, text) for text in texts],
            certain=isinstance(owner, Enum) and len(texts) == 1,
        )
        return


def _last_word(text: str) -> str:
    return text.rpartition(".")[2].rstrip(")").casefold()


def _ranked(
    evidence: Evidence, owner: Any, wanted: tuple[type, ...], found: Pair | None = None, beside: int = 0
) -> list[str]:
    """What an object holds of the wanted types: what the other side reads, or the cell speaks of, comes first."""
    if isinstance(owner, Enum):
        value = owner._value_
        texts = [".value"] if type(value) in wanted else []
        return [*texts, ".name"] if str in wanted else texts
    if type(owner).__module__ != "__main__":
        return []
    held = {name: object.__getattribute__(owner, "__dict__")[name] for name in fields(type(owner), owner)[:20]}
    names = [name for name, value in held.items() if type(value) in wanted]
    other = found.nodes[beside] if found else None
    same = other.attr if isinstance(other, ast.Attribute) else ""
    spoken = set(re.findall(r"\w+", _outside(evidence)))
    return [f".{name}" for name in sorted(names, key=lambda name: (name != same, name not in spoken))][:4]


def _outside(evidence: Evidence) -> str:
    """The text of the cell without the classes in it, which name all of their fields."""
    step: Step | None = evidence.in_cell
    parts = [node for node in step.tree.body if not isinstance(node, ast.ClassDef)] if step else []
    return "\n".join(ast.unparse(node) for node in parts)


def method_of_value(evidence: Evidence) -> Iterator[Diagnosis]:
    """`Colour.RED.upper()`: what the member stands for has this method, the member has not."""
    step, error = evidence.last, evidence.error
    if step is None or not isinstance(error, AttributeError) or not isinstance(error.obj, Enum):
        return
    node = step.node
    if not isinstance(node, ast.Attribute) or not hasattr(type(error.obj._value_), node.attr):
        return
    text = evidence.source(step, node.value)
    yield diagnosis(
        "member-of-enum",
        (f"`{text}` is a member; its value has `{node.attr}`.", f"`{text}` 是枚举成员，`{node.attr}` 属于它的值。"),
        (f"Write `{text}.value.{node.attr}`.", f"写成 `{text}.value.{node.attr}`。"),
        [evidence.replaced(step, node.value, f"{text}.value")],
        certain=True,
    )
