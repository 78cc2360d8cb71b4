"""A class named in annotations of its own methods, before it exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.names.unknown import unknown
from qwen_magic.snapshot import Diagnosis


def own_class_in_annotation(evidence: Evidence) -> Iterator[Diagnosis]:
    """`def add(self, other: Vector) -> Vector:` in `class Vector`: the annotation is written as text."""
    missing = unknown(evidence)
    if missing is None or not missing.step.in_cell:
        return
    step, name = missing.step, missing.name
    classes = [node for node in ast.walk(step.tree) if isinstance(node, ast.ClassDef)]
    if name not in {node.name for node in classes}:
        return
    inside = [node for node in classes if missing.node in ast.walk(node)] or list(
        step.around(missing.node, ast.ClassDef)
    )
    annotations = [
        found
        for node in inside
        for found in _annotations(node)
        if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(found))
    ]
    quoted = [(node, f'"{evidence.source(step, node)}"') for node in annotations]
    if not any(missing.node in ast.walk(node) for node in annotations) or any('"' in text[1:-1] for _, text in quoted):
        return
    yield diagnosis(
        "own-class-in-annotation",
        (f"`{name}` does not exist yet while this class is made.", f"定义这个类时，`{name}` 还不存在。"),
        (f"Write the annotation as text: {quoted[0][1]}.", f"把注解写成字符串：{quoted[0][1]}。"),
        [changed(evidence, step, quoted)],
        certain=True,
    )


def _annotations(owner: ast.ClassDef) -> Iterator[ast.expr]:
    for node in ast.walk(owner):
        if isinstance(node, (ast.arg, ast.AnnAssign)) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns is not None:
            yield node.returns
