"""Names of a class body, which its comprehensions and methods do not see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binds
from qwen_magic.diagnosis.calls.earlier import stored
from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Function
from qwen_magic.diagnosis.names.unknown import unknown
from qwen_magic.snapshot import Diagnosis

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def in_class_body(evidence: Evidence) -> Iterator[Diagnosis]:
    """`cards = [s + r for s in suits for r in ranks]` in a class: only `suits` is seen. Methods need `self.`."""
    missing = unknown(evidence)
    if missing is None or not missing.step.in_cell:
        return
    step, name = missing.step, missing.name
    owner = next(step.around(missing.node, ast.ClassDef), None)
    if not isinstance(owner, ast.ClassDef) or not any(
        isinstance(part, (ast.Assign, ast.AnnAssign)) and binds(part, name) for part in owner.body
    ):
        return
    function = next(step.around(missing.node, ast.FunctionDef), None)
    comprehension = next((n for kind in _COMPREHENSIONS for n in step.around(missing.node, kind)), None)
    if isinstance(function, ast.FunctionDef) and function.args.args:
        own = function.args.args[0].arg
        reads = [n for part in function.body for n in ast.walk(part) if isinstance(n, ast.Name) and n.id == name]
        if any(isinstance(node.ctx, ast.Store) for node in reads):
            return
        cell = changed(evidence, step, [(node, f"{own}.{name}") for node in reads])
        text = f"{own}.{name}"
    elif isinstance(comprehension, ast.expr):
        bound = {part.id for part in ast.walk(owner) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        own_names = {n.id for n in ast.walk(comprehension) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        read = {n.id for n in ast.walk(comprehension) if isinstance(n, ast.Name)} & bound - own_names
        given = ", ".join(sorted(read))
        text = f"(lambda {given}: {evidence.source(step, comprehension)})({given})"
        cell = evidence.replaced(step, comprehension, text)
    else:
        return
    yield diagnosis(
        "in-class-body",
        (
            f"`{name}` belongs to the class `{owner.name}` and is not seen here.",
            f"`{name}` 属于类 `{owner.name}`，在这里看不到。",
        ),
        (f"Write `{text}`.", f"请写 `{text}`。"),
        [cell],
        certain=True,
    )


def counted_in_class(evidence: Evidence) -> Iterator[Diagnosis]:
    """`total += 1` in a method, where `total` belongs to the class: to all its objects, or to this one."""
    said = re.match(r"cannot access local variable '(\w+)'|local variable '(\w+)'", evidence.message)
    step = evidence.last
    if step is None or said is None or not isinstance(evidence.error, UnboundLocalError) or not step.in_cell:
        return
    name = said[1] or said[2]
    at = step.node if step.node is not None else step.statement
    owner = next(step.around(at, ast.ClassDef), None)
    function = next(step.around(at, ast.FunctionDef), None)
    bodies = owner.body if isinstance(owner, ast.ClassDef) else []
    if not isinstance(function, ast.FunctionDef) or not isinstance(owner, ast.ClassDef) or not function.args.args:
        return
    if not any(isinstance(part, (ast.Assign, ast.AnnAssign)) and binds(part, name) for part in bodies):
        return
    reads = [n for part in function.body for n in ast.walk(part) if isinstance(n, ast.Name) and n.id == name]
    own = function.args.args[0].arg
    shared = [owner.name, own] if function.name == "__init__" else [own, owner.name]
    cells = [changed(evidence, step, [(node, f"{whose}.{name}") for node in reads]) for whose in dict.fromkeys(shared)]
    yield diagnosis(
        "in-class-body",
        (f"`{name}` belongs to the class `{owner.name}`.", f"`{name}` 属于类 `{owner.name}`。"),
        (f"Write `{shared[0]}.{name}`.", f"请写 `{shared[0]}.{name}`。"),
        cells,
    )


def not_global(evidence: Evidence) -> Iterator[Diagnosis]:
    """`global n` in an inner function, where `n` belongs to the function around it."""
    missing = unknown(evidence)
    if missing is None or not missing.step.in_cell:
        return
    step, name = missing.step, missing.name
    functions = list(step.around(missing.node, ast.FunctionDef, ast.AsyncFunctionDef))
    declared = [
        node
        for function in functions[:1]
        for node in ast.walk(function)
        if isinstance(node, ast.Global) and node.names == [name]
    ]
    if not declared or not any(isinstance(outer, Function) and name in stored(outer) for outer in functions[1:]):
        return
    cell = evidence.replaced(step, declared[0], f"nonlocal {name}")
    yield diagnosis(
        "not-global",
        (f"`{name}` belongs to the function around.", f"`{name}` 属于外层函数。"),
        (f"Write `nonlocal {name}`.", f"请写 `nonlocal {name}`。"),
        [cell],
        certain=True,
    )
