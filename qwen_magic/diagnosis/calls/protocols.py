"""Special methods that give back something else than Python asks of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.calls.earlier import own_returns
from qwen_magic.diagnosis.calls.own_classes import method, own_class, own_name, set_in
from qwen_magic.diagnosis.cells import (
    changed,
    edited,
    importing,
    with_function_named,
    with_line_above,
    with_line_below,
    without,
)
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Function, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis

# What is said, the method that is meant, and what to put around what it gives back.
_WANTED = (
    (r"iter\(\) returned non-iterator of type '(?P<kind>\w+)'", ("__iter__",), "iter"),
    (r"(__str__|__repr__) returned non-string \(type (?P<kind>\w+)\)", ("__str__", "__repr__"), "str"),
    (r"'(?P<kind>list|tuple|dict|set)' object cannot be interpreted as an integer", ("__len__",), "len"),
    (r"'(?P<kind>str|float)' object cannot be interpreted as an integer", ("__len__",), "int"),
    (r"__bool__ should return bool, returned (?P<kind>\w+)", ("__bool__",), "bool"),
    (r"__hash__ method should return an integer", ("__hash__",), "hash"),
)


def wrong_result(evidence: Evidence) -> Iterator[Diagnosis]:
    """`__iter__` that returns a list, `__str__` that returns a number, or prints, or returns nothing."""
    step = evidence.in_cell
    if step is None or not isinstance(evidence.error, TypeError):
        return
    for message, methods, wrapper in _WANTED:
        said = re.match(message, evidence.message)
        for function in ast.walk(step.tree) if said else ():
            if said is None or not isinstance(function, Function) or function.name not in methods:
                continue
            name, kind = function.name, said.groupdict().get("kind", "")
            values = [node.value for node in own_returns(function) if node.value is not None]
            if name == "__len__" and (not _asks_length(step) or any(is_call_of(value, "len") for value in values)):
                continue
            cells, certain = _wrapped(evidence, step, values, wrapper), len(values) == 1
            if kind == "NoneType" and not values:
                cells, certain = _ended(evidence, step, function), True
            elif name == "__iter__" and [ast.unparse(value) for value in values] == [own_name(function)]:
                cells, certain = [_as_next(evidence, step, function)], True
            elif any(isinstance(value, ast.Tuple) for value in values) or not values:
                continue
            yield diagnosis(
                "wrong-result",
                (f"`{name}` has to give what `{wrapper}()` gives.", f"`{name}` 必须返回 `{wrapper}()` 那样的结果。"),
                (f"Return `{wrapper}(...)`.", f"返回 `{wrapper}(...)`。"),
                cells,
                certain=certain,
            )


def _asks_length(step: Step) -> bool:
    return any(is_call_of(node, "len") for node in ast.walk(step.statement or ast.Pass()))


def _wrapped(evidence: Evidence, step: Step, values: list[ast.expr], wrapper: str) -> list[str | None]:
    return [changed(evidence, step, [(value, f"{wrapper}({evidence.source(step, value)})") for value in values])]


def _ended(evidence: Evidence, step: Step, function: Function) -> list[str | None]:
    """The method with a `return`: of what it prints, of what it has put together, or of the iterator itself."""
    last, own = function.body[-1], own_name(function)
    if isinstance(last, ast.Expr) and is_call_of(last.value, "print"):
        given = last.value.args
        one = given[0] if len(given) == 1 else None
        text = f"return {evidence.source(step, one)}" if one is not None and function.name != "__iter__" else None
        return [evidence.replaced(step, last, text) if text else None]
    owner = next(step.around(function, ast.ClassDef), None)
    if function.name == "__iter__":
        return [with_line_below(evidence, step, last, f"return {own}")] if method(owner, "__next__") else []
    if isinstance(last, ast.Expr) and isinstance(last.value, (ast.JoinedStr, ast.BinOp, ast.Call)):
        return [evidence.replaced(step, last, f"return {evidence.source(step, last)}")]
    target = last.targets[0] if isinstance(last, ast.Assign) else getattr(last, "target", None)
    return [with_line_below(evidence, step, last, f"return {target.id}")] if isinstance(target, ast.Name) else []


def _as_next(evidence: Evidence, step: Step, function: Function) -> str | None:
    """`def next(self)`, as Python 2 called it, or another slip of `__next__`, renamed."""
    owner = next(step.around(function, ast.ClassDef), None)
    for name in ("next", "_next_", "_next", "__next", "next__", "__nxt__"):
        found = method(owner, name)
        if found is not None:
            return with_function_named(evidence, step, found, "__next__")
    return None


def init_returns(evidence: Evidence) -> Iterator[Diagnosis]:
    """`__init__` that returns something: it may only set what the object holds."""
    said = re.match(r"__init__\(\) should return None, not '([\w.]+)'", evidence.message)
    step = evidence.in_cell
    called = step.node.func if step is not None and isinstance(step.node, ast.Call) else None
    if step is None or said is None:
        return
    owner = own_class(step, called.id) if isinstance(called, ast.Name) else None
    init = method(owner, "__init__")
    for found in own_returns(init) if init else []:
        if found.value is None:
            continue
        text = evidence.source(step, found.value)
        set_before = {name for name, _ in set_in(init)}
        cells: list[str | None] = []
        given = isinstance(found.value, ast.Name) and found.value.id not in set_before
        if given and init and text in {argument.arg for argument in init.args.args[1:]}:
            cells.append(evidence.replaced(step, found, f"{own_name(init)}.{text} = {text}"))
        plain = "return" if init and found is not init.body[-1] else ""
        keeps = text if isinstance(found.value, ast.Call) else plain or "pass"
        alone = init is not None and len(init.body) > 1 and keeps == "pass"
        cells.append(
            edited(evidence, [without(evidence, step, found) if alone else (evidence.span(step, found), keeps)])
        )
        yield diagnosis(
            "init-returns",
            ("`__init__` fills the new object and returns nothing.", "`__init__` 用来初始化对象，不能返回值。"),
            (f"Leave `return {text}` out.", f"去掉 `return {text}`。"),
            cells,
            certain=len(cells) == 1,
        )
        return


def not_ordered_enough(evidence: Evidence) -> Iterator[Diagnosis]:
    """`a <= b` of a class that only says what `a < b` is: `total_ordering` derives the others."""
    said = re.search(r"'[<>]=' not supported between instances of '([\w.]+)' and '([\w.]+)'", evidence.message)
    step = evidence.in_cell
    owner = own_class(step, said[1]) if step and said and said[1] == said[2] else None
    if step is None or owner is None or not any(method(owner, f"__{name}__") for name in ("lt", "gt", "le", "ge")):
        return
    cell = with_line_above(evidence, step, owner, "@total_ordering")
    yield diagnosis(
        "not-ordered-enough",
        (f"`{owner.name}` does not define this comparison.", f"`{owner.name}` 没有定义这种比较。"),
        ("Write `@total_ordering` above the class.", "在类的上方写 `@total_ordering`。"),
        [importing(evidence, cell, "from functools import total_ordering")],
        certain=True,
    )


def equal_to_others(evidence: Evidence) -> Iterator[Diagnosis]:
    """`__eq__` that reads fields of whatever it is compared with, also of numbers and None."""
    step, error = evidence.last, evidence.error
    if step is None or not step.in_cell or not isinstance(error, AttributeError) or step.node is None:
        return
    function = next(step.around(step.node, ast.FunctionDef), None)
    owner = next(step.around(step.node, ast.ClassDef), None)
    if function is None or owner is None or function.name not in ("__eq__", "__ne__") or len(function.args.args) != 2:
        return
    other = function.args.args[1].arg
    last = function.body[-1]
    asked = isinstance(step.node, ast.Attribute) and ast.unparse(step.node.value) == other
    if not asked or not isinstance(last, ast.Return) or last.value is None or type(error.obj).__name__ == owner.name:
        return
    test = f"isinstance({other}, {owner.name}) and "
    value = evidence.source(step, last.value)
    value = f"({value})" if isinstance(last.value, (ast.BoolOp, ast.IfExp)) else value
    yield diagnosis(
        "equal-to-others",
        (f"`{other}` may be something else than a `{owner.name}`.", f"`{other}` 不一定是 `{owner.name}`。"),
        (f"Ask `isinstance({other}, {owner.name})` first.", f"先判断 `isinstance({other}, {owner.name})`。"),
        [evidence.replaced(step, last.value, test + value)] if function.name == "__eq__" else [],
        certain=True,
    )


def next_without_end(evidence: Evidence) -> Iterator[Diagnosis]:
    """`__next__` that goes on behind the last item: it ends with StopIteration."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not step.in_cell or not isinstance(evidence.error, IndexError):
        return
    function = next(step.around(node, ast.FunctionDef), None)
    if function is None or function.name != "__next__" or not isinstance(node, ast.Subscript):
        return
    text = f"if {evidence.source(step, node.slice)} >= len({evidence.source(step, node.value)}):"
    yield diagnosis(
        "next-without-end",
        ("`__next__` never says that there are no more items.", "`__next__` 没有在结束时抛出 StopIteration。"),
        (f"Write `{text} raise StopIteration`.", f"写上 `{text} raise StopIteration`。"),
        [with_line_above(evidence, step, step.statement, f"{text}\n    raise StopIteration")],
        certain=isinstance(node.slice, (ast.Name, ast.Attribute)),
    )


def not_hashable_any_more(evidence: Evidence) -> Iterator[Diagnosis]:
    """Objects in a set or as keys, of a class that says when they are equal and not what their hash is."""
    said = re.search(r"unhashable type: '([\w.]+)'", evidence.message)
    step = evidence.in_cell
    if step is None or said is None or not isinstance(evidence.error, TypeError):
        return
    for node in ast.walk(step.tree):
        if not isinstance(node, ast.ClassDef) or node.name != said[1].rpartition(".")[2]:
            continue
        equal = next((f for f in node.body if isinstance(f, Function) and f.name == "__eq__"), None)
        if equal is None or not equal.args.args:
            return
        own = equal.args.args[0].arg
        fields = dict.fromkeys(
            part.attr
            for part in ast.walk(equal)
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == own
        )
        hashed = ", ".join(f"self.{name}" for name in fields if not name.startswith("__"))
        if not hashed:
            return
        method = f"\n\n    def __hash__(self):\n        return hash(({hashed}{'' if ', ' in hashed else ','}))"
        text = evidence.source(step, equal)
        indented = method.replace("\n    ", "\n" + " " * equal.col_offset)
        yield diagnosis(
            "no-hash",
            (f"A class with `__eq__` has no hash, unless it says which: `{node.name}`.",
             f"定义了 `__eq__` 的类 `{node.name}` 需要同时定义 `__hash__`。"),
            (f"Add `__hash__` to `{node.name}`.", f"给 `{node.name}` 加上 `__hash__`。"),
            [evidence.replaced(step, equal, text + indented)],
        )  # fmt: skip
        return
