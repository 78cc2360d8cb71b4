"""Names of a class body, which its comprehensions and methods do not see."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.candidates import around, changed
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.names.unknown import unknown
from qwen_magic.diagnosis.values import binds
from qwen_magic.language import Words
from qwen_magic.snapshot import Diagnosis, Rewrite

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def in_class_body(evidence: Evidence) -> Iterator[Diagnosis]:
    """`cards = [s + r for s in suits for r in ranks]` in a class: only `suits` is seen. Methods need `self.`."""
    missing = unknown(evidence)
    if missing is None or not missing.step.in_cell:
        return
    step, name = missing.step, missing.name
    owner = next(iter(around(step, missing.node, ast.ClassDef)), None)
    if not isinstance(owner, ast.ClassDef) or not any(
        isinstance(part, (ast.Assign, ast.AnnAssign)) and binds(part, name) for part in owner.body
    ):
        return
    function = next(iter(around(step, missing.node, ast.FunctionDef)), None)
    comprehension = next((n for kind in _COMPREHENSIONS for n in around(step, missing.node, kind)), None)
    if isinstance(function, ast.FunctionDef) and function.args.args:
        own = function.args.args[0].arg
        reads = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name]
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
        cell = changed(evidence, step, [(comprehension, text)])
    else:
        return
    yield Diagnosis(
        "in-class-body",
        Words(
            f"`{name}` belongs to the class `{owner.name}` and is not seen here.",
            f"`{name}` 属于类 `{owner.name}`，在这里看不到。",
        ),
        Words(f"Write `{text}`.", f"请写 `{text}`。"),
        (Rewrite(cell, certain=True),) if cell else (),
    )
