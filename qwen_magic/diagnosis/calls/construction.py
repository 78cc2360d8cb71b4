"""How objects come to be: `__init__`, its base class, the order of what it sets, and methods that are chained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.calls.earlier import own_returns, parameters, required, written
from qwen_magic.diagnosis.calls.own_classes import method, own_class, own_name, set_in
from qwen_magic.diagnosis.cells import above, below, edited, without
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis


def not_yet_set(evidence: Evidence) -> Iterator[Diagnosis]:
    """An attribute that `__init__` sets too late, or sets on itself: `x = x` for `self.x = x`."""
    step, error = evidence.in_cell, evidence.error
    if step is None or not isinstance(error, AttributeError) or isinstance(error.obj, type) or error.obj is None:
        return
    name, owner = error.name or "", type(error.obj)
    node = own_class(step, owner.__name__)
    init = method(node, "__init__")
    if node is None or init is None:
        return
    own = own_name(init)
    for statement in ast.walk(init):
        if isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == [name]:
            cell = evidence.replaced(step, statement.targets[0], f"{own}.{name}")
            yield _set(node.name, name, f"{own}.{name} = ...", cell)
            return
    running = _running(evidence, init)
    if running is None:
        return
    later = [part for attribute, part in set_in(init) if attribute == name and part in init.body]
    base: Any = next((kind for kind in owner.__mro__[1:-1] if "__init__" in vars(kind)), None)
    if base is not None and name in {attribute for attribute, _ in set_in(written(vars(base)["__init__"]))}:
        later = [part for part in init.body if isinstance(part, ast.Expr) and is_call_of(part.value, "__init__")]  # type: ignore[misc]
    if later and later[0].lineno > running.lineno:
        text = evidence.source(step, later[0])
        cell = edited(evidence, [above(evidence, step, running, text), without(evidence, step, later[0])])
        yield _set(node.name, name, text, cell)


def _running(evidence: Evidence, init: ast.AST) -> ast.stmt | None:
    """The statement of `__init__` itself that was running."""
    body: list[ast.stmt] = getattr(init, "body", [])
    for step in evidence.steps:
        lines = step.statement.lineno if step.in_cell and step.statement else 0
        found = next((part for part in body if part.lineno <= lines <= (part.end_lineno or 0)), None)
        if found is not None and step.function.endswith("__init__"):
            return found
    return None


def _set(owner: str, name: str, text: str, cell: str | None) -> Diagnosis:
    return diagnosis(
        "not-yet-set",
        (f"`{name}` of the `{owner}` has not been set when it is read.", f"读取时 `{owner}` 的 `{name}` 还没有设置。"),
        (f"Write `{text}` before.", f"先写 `{text}`。"),
        [cell],
        certain=True,
    )


def base_called_wrongly(evidence: Evidence) -> Iterator[Diagnosis]:
    """`super.__init__(x)`, `super().__init__(self, x)`, `Base.__init__(x)`, or more than the base takes."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or not isinstance(evidence.error, TypeError):
        return
    function = next(step.around(call, ast.FunctionDef), None)
    owner = next(step.around(call, ast.ClassDef), None)
    if not isinstance(call.func, ast.Attribute) or not isinstance(function, ast.FunctionDef) or owner is None:
        return
    base, own = evidence.source(step, call.func.value), own_name(function)
    given = [evidence.source(step, part) for part in [*call.args, *call.keywords]]
    if base == "super" and "descriptor" in evidence.message:
        given = given[1:] if given[:1] == [own] else given
        text, certain = f"super().{call.func.attr}({', '.join(given)})", True
    elif base.startswith("super(") and given[:1] == [own] and "positional argument" in evidence.message:
        text, certain = f"{base}.{call.func.attr}({', '.join(given[1:])})", True
    elif "missing" in evidence.message and isinstance(step.value(call.func.value), type) and given[:1] != [own]:
        text, certain = f"{base}.{call.func.attr}({', '.join([own, *given])})", call.func.attr == "__init__"
    elif base.startswith("super(") and "positional argument" in evidence.message and "but" in evidence.message:
        wanted = _wanted(step, owner, call.func.attr)
        kept = [part for part in given if part in wanted]
        if not kept or set(wanted[: len(kept)]) != set(kept):
            return
        text, certain = f"{base}.{call.func.attr}({', '.join(kept)})", False
    else:
        return
    yield diagnosis(
        "base-called-wrongly",
        (f"`{base}.{call.func.attr}` does not get the arguments that it takes.",
         f"`{base}.{call.func.attr}` 得到的参数不对。"),
        (f"Write `{text}`.", f"写成 `{text}`。"),
        [evidence.replaced(step, call, text)],
        certain=certain,
    )  # fmt: skip


def _wanted(step: Step, owner: ast.AST, name: str) -> list[str]:
    """What the method of this name takes in the first base class that has it."""
    for base in owner.bases if isinstance(owner, ast.ClassDef) else ():
        function = method(own_class(step, ast.unparse(base)), name)
        value: Any = step.value(base)
        function = function or (written(vars(value).get(name)) if isinstance(value, type) else None)
        if function is not None:
            return [argument.arg for argument in parameters(function)[1:]]
    return []


def chained(evidence: Evidence) -> Iterator[Diagnosis]:
    """`Query().where(a).limit(3)` of methods that change their object and return nothing: they should return it."""
    step = evidence.last
    said = re.search(r"'NoneType' object has no attribute '(\w+)'", evidence.message)
    if step is None or said is None or step.node is None:
        return
    for node in ast.walk(step.node):
        call = node.value if isinstance(node, ast.Attribute) and node.attr == said[1] else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        for owner in (part for part in ast.walk(step.tree) if isinstance(part, ast.ClassDef)):
            first, second = method(owner, call.func.attr), method(owner, said[1])
            if first is None or second is None or own_returns(first) or not step.in_cell:
                continue
            methods = [found for found in (first, *_others(step, owner, node)) if not own_returns(found)]
            ends = [(found.body[-1], f"return {own_name(found)}") for found in dict.fromkeys(methods)]
            cell = edited(evidence, [below(evidence, step, last, text) for last, text in ends])
            yield diagnosis(
                "chained",
                (f"`{first.name}` returns nothing, so nothing can be called on its result.",
                 f"`{first.name}` 没有返回值，不能在它后面继续调用。"),
                (f"End it with `return {own_name(first)}`.", f"在末尾写 `return {own_name(first)}`。"),
                [cell],
                certain=True,
            )  # fmt: skip
            return


def _others(step: Step, owner: ast.ClassDef, node: ast.AST) -> list[Any]:
    """The other methods of the chain that something is called on."""
    found = []
    statement = step.statement or node
    for part in ast.walk(statement):
        inner = part.value if isinstance(part, ast.Attribute) else None
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            known = method(owner, inner.func.attr)
            found += [known] if known else []
    used = step.parents.get(statement) is None or not isinstance(statement, ast.Assign)
    return found if used or not isinstance(statement, ast.Assign) else [*found, *_last(owner, statement.value)]


def _last(owner: ast.ClassDef, value: ast.expr) -> list[Any]:
    """What the whole chain is kept as: the object too, then."""
    known = (
        method(owner, value.func.attr)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)
        else None
    )
    return [known] if known else []


def class_itself(evidence: Evidence) -> Iterator[Diagnosis]:
    """`account = Account` and then `account.balance`: an object is made with parentheses."""
    step, error = evidence.last, evidence.error
    if step is None or not isinstance(error, AttributeError) or not isinstance(error.obj, type):
        return
    init = written(vars(error.obj).get("__init__"))
    if init is None or error.name not in {attribute for attribute, _ in set_in(init)} or required(init)[1:]:
        return
    kind = error.obj.__name__
    for node in ast.walk(step.tree):
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Name) and step.value(value) is error.obj and value.id == kind:
            yield diagnosis(
                "class-itself",
                (f"`{kind}` is the class; an object of it has `{error.name}`.",
                 f"`{kind}` 是类，它的对象才有 `{error.name}`。"),
                (f"Write `{kind}()`.", f"写成 `{kind}()`。"),
                [evidence.replaced(step, value, f"{kind}()")],
                certain=True,
            )  # fmt: skip
            return
