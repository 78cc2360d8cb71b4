"""Coroutines that were never awaited."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from inspect import CO_COROUTINE
from time import sleep
from types import FunctionType

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.cells import importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.diagnosis.running import running_statement
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
        called = list(_not_called(evidence, step))
        yield from called or _coroutine(evidence, step)


def _coroutine(evidence: Evidence, step: Step) -> Iterator[Diagnosis]:
    root = step.node if step.node is not None else running_statement(evidence, step) or ast.Pass()
    for node in ast.walk(root.iter if isinstance(root, ast.For) else root):
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
        if call is None or isinstance(step.parents.get(call), ast.Await):
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


def _not_called(evidence: Evidence, step: Step) -> Iterator[Diagnosis]:
    """`create_task(work)`, `wait_for(work, 3)`: of a coroutine function, which has to be called."""
    if not re.search(r"coroutine was expected, got <function|or an awaitable is required", evidence.message):
        return
    for call in ast.walk(step.node or ast.Pass()):
        for given in call.args if isinstance(call, ast.Call) else ():
            value = step.value(given)
            if type(value) is FunctionType and value.__code__.co_flags & CO_COROUTINE:
                text = f"{evidence.source(step, given)}()"
                yield diagnosis(
                    "coroutine-not-called",
                    (f"`{text[:-2]}` is the function; a coroutine comes from calling it.",
                     f"`{text[:-2]}` 是函数，调用它才得到协程。"),
                    (f"Write `{text}`.", f"请写成 `{text}`。"),
                    [evidence.replaced(step, given, text)],
                    certain=True,
                )  # fmt: skip
                return


def awaited_for_nothing(evidence: Evidence) -> Iterator[Diagnosis]:
    """`await` of a plain value, `await gather(...)[0]` where the result is meant, `for` over an async generator."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, TypeError):
        return
    if "can't be used in 'await' expression" in evidence.message:
        yield from _needless(evidence, step)
    elif re.search(r"'(\w*Future|Task|coroutine)' object is not subscriptable", evidence.message):
        yield from _index_of_result(evidence, step)
    elif "'async_generator' object is not iterable" in evidence.message:
        yield from _async_loop(evidence, step)


def _needless(evidence: Evidence, step: Step) -> Iterator[Diagnosis]:
    if "object function can't" in evidence.message:
        return
    root = step.node or running_statement(evidence, step) or ast.Pass()
    root = root.iter if isinstance(root, (ast.For, ast.AsyncFor)) else root
    waits = [node for node in ast.walk(root) if isinstance(node, ast.Await)]
    for node in waits[:1] if len(waits) == 1 or isinstance(step.node, ast.Await) else []:
        text = evidence.source(step, node.value)
        cell, best = evidence.replaced(step, node, text), text
        called = step.value(node.value.func) if isinstance(node.value, ast.Call) else None
        if called is sleep and isinstance(node.value, ast.Call):
            given = ", ".join(evidence.source(step, part) for part in node.value.args)
            best = f"await asyncio.sleep({given})"
            cell = importing(evidence, evidence.replaced(step, node, best), "import asyncio")
        yield diagnosis(
            "awaited-for-nothing",
            (f"`{text}` is no coroutine and cannot be awaited.", f"`{text}` 不是协程，不能 await。"),
            (f"Write `{best}`.", f"请写成 `{best}`。"),
            [cell],
            certain=True,
        )


def _index_of_result(evidence: Evidence, step: Step) -> Iterator[Diagnosis]:
    for node in ast.walk(step.statement or ast.Pass()):
        inner = node.value if isinstance(node, ast.Await) else None
        if isinstance(inner, ast.Subscript):
            made, index = evidence.source(step, inner.value), evidence.source(step, inner)
            text = f"(await {made}){index[len(made) :]}"
            yield diagnosis(
                "index-of-result",
                (
                    f"`{made}` has to be awaited before its result has items.",
                    f"先 await `{made}`，才能取结果中的元素。",
                ),
                (f"Write `{text}`.", f"请写成 `{text}`。"),
                [evidence.replaced(step, node, text)],
                certain=True,
            )
            return


def _async_loop(evidence: Evidence, step: Step) -> Iterator[Diagnosis]:
    statement = running_statement(evidence, step)
    function = next(step.around(statement, ast.FunctionDef, ast.AsyncFunctionDef), None)
    if statement is None or isinstance(function, ast.FunctionDef):
        return
    lines = evidence.cell.split("\n")
    cell: str | None = None
    inner = [node for node in ast.walk(step.node or statement) if isinstance(node, ast.comprehension)]
    if isinstance(statement, ast.For) and not (step.node and inner):
        line = statement.lineno + step.shift - 1
        lines[line] = re.sub(r"^(\s*)for\b", r"\1async for", lines[line])
        cell = "\n".join(lines)
    elif len(inner) == 1:
        whole = step.parents[inner[0]]
        source = evidence.source(step, whole)
        cell = evidence.replaced(step, whole, re.sub(r"(?<=\s)for\b", "async for", source, count=1))
    elif is_call_of(step.node, "list") and step.node.args:
        text = f"[item async for item in {evidence.source(step, step.node.args[0])}]"
        cell = evidence.replaced(step, step.node, text)
    yield diagnosis(
        "async-loop",
        ("This generator is asynchronous.", "这是异步生成器。"),
        ("Write `async for`.", "请写 `async for`。"),
        [cell],
        certain=True,
    )
