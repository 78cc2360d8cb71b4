"""Coroutines that were never awaited."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.values import binding, diagnosis
from qwen_magic.snapshot import Diagnosis


def never_awaited(evidence: Evidence) -> Iterator[Diagnosis]:
    """A coroutine used without `await`, and `asyncio.run` where a loop runs already."""
    step = evidence.last
    if step is None:
        return
    if "asyncio.run() cannot be called" in evidence.message or "event loop is already running" in evidence.message:
        at = evidence.in_cell or step
        call = at.node
        if isinstance(call, ast.Call) and call.args:
            text = f"await {evidence.source(at, call.args[0])}"
            yield diagnosis(
                "running-loop",
                ("A notebook runs an event loop already.", "笔记本里已经有一个事件循环在运行。"),
                (f"Write `{text}`.", f"请写成 `{text}`。"),
                [evidence.replaced(at, call, text)],
                certain=True,
            )
    elif "coroutine" in evidence.message:
        yield from _coroutine(evidence, step)


def _coroutine(evidence: Evidence, step: Step) -> Iterator[Diagnosis]:
    for node in ast.walk(step.node or ast.Pass()):
        call: ast.expr | None = node if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Name) and type(step.value(node)).__name__ == "coroutine":
            made = binding(step, node)
            call = made.value if isinstance(made, ast.Assign) else node
        elif isinstance(call, ast.Call):
            value = step.value(call.func)
            flags = (
                getattr(getattr(value, "__code__", None), "co_flags", 0) if type(value).__name__ == "function" else 0
            )
            call = call if flags & 0x80 else None
        if call is None:
            continue
        text = f"await {evidence.source(step, call)}"
        inside = isinstance(step.parents.get(call), (ast.Attribute, ast.Subscript, ast.BinOp, ast.For, ast.Compare))
        wrapped = f"({text})" if inside else text
        yield diagnosis(
            "not-awaited",
            (f"`{evidence.source(step, node)}` is a coroutine that was never awaited.",
             f"`{evidence.source(step, node)}` 是没有 await 的协程。"),
            (f"Write `{text}`.", f"请写成 `{text}`。"),
            [evidence.replaced(step, call, wrapped)],
            certain=step.function == "<module>",
        )  # fmt: skip
        return
