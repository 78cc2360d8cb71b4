"""Functions that yield where they should return, and the other way round; generators used like lists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.calls.earlier import definition, own_returns
from qwen_magic.diagnosis.cells import changed, with_line_above
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Function, Step
from qwen_magic.snapshot import Diagnosis


def yields_for_returns(evidence: Evidence) -> Iterator[Diagnosis]:
    """`total(3) + 1` of a function that ends with `yield total`."""
    step = evidence.last
    said = re.search("operand|not supported between|can only concatenate", evidence.message)
    if step is None or said is None or "generator" not in evidence.message:
        return
    for function in _called(step):
        yields = [node for node in ast.walk(function) if isinstance(node, (ast.Yield, ast.YieldFrom))]
        last = function.body[-1]
        once = len(yields) == 1 and isinstance(last, ast.Expr) and last.value is yields[0]
        if once and isinstance(yields[0], ast.Yield) and yields[0].value is not None:
            text = f"return {evidence.source(step, yields[0].value)}"
            yield _said(evidence, step, function, "yield", text, [(last, text)])
            return


def returns_for_yields(evidence: Evidence) -> Iterator[Diagnosis]:
    """`for n in evens(9)` of a function that returns from within its loop: it should yield."""
    step = evidence.last
    if step is None or "object is not iterable" not in evidence.message or not isinstance(evidence.error, TypeError):
        return
    for function in _called(step):
        returns = own_returns(function)
        loops = [node for found in returns for node in step.around(found, ast.For, ast.While)]
        if len(returns) != 1 or not loops or returns[0].value is None:
            continue
        text = f"yield {evidence.source(step, returns[0].value)}"
        yield _said(evidence, step, function, "return", text, [(returns[0], text)])
        return


def _called(step: Step) -> Iterator[Function]:
    """The functions in this text whose result the running statement uses."""
    root = step.node if step.node is not None else step.statement or ast.Pass()
    for node in ast.walk(root.iter if isinstance(root, ast.For) else root):
        call: ast.AST | None = node
        if isinstance(node, ast.Name):
            made = binding(step, node)
            call = made.value if isinstance(made, ast.Assign) else None
        function = definition(step, call.func) if isinstance(call, ast.Call) else None
        if function is not None and function in ast.walk(step.tree):
            yield function


def _said(
    evidence: Evidence, step: Step, function: Function, word: str, text: str, changes: list[tuple[ast.AST, str]]
) -> Diagnosis:
    return diagnosis(
        "yield-and-return",
        (f"`{function.name}` uses `{word}`, which is not how its result is used.",
         f"`{function.name}` 用了 `{word}`，和结果的用法不符。"),
        (f"Write `{text}`.", f"写成 `{text}`。"),
        [changed(evidence, step, changes)],
    )  # fmt: skip


def not_started(evidence: Evidence) -> Iterator[Diagnosis]:
    """`averager.send(3)` before the generator has come to its first `yield`."""
    step = evidence.last
    if step is None or "non-None value to a just-started generator" not in evidence.message:
        return
    call = step.node
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return
    name = evidence.source(step, call.func.value)
    yield diagnosis(
        "not-started",
        (f"`{name}` has not come to its first `yield` yet.", f"`{name}` 还没有运行到第一个 `yield`。"),
        (f"Write `next({name})` before.", f"先写 `next({name})`。"),
        [with_line_above(evidence, step, _outside(step, call), f"next({name})")],
        certain=isinstance(call.func.value, ast.Name),
    )


def _outside(step: Step, node: ast.AST) -> ast.stmt | None:
    """The running statement, or the loop around it that would start the generator again and again."""
    loops = list(step.around(node, ast.For, ast.While))
    return loops[-1] if loops else step.statement


def list_of_generator(evidence: Evidence) -> Iterator[Diagnosis]:
    """`evens(9) + [10]` of a generator: a list is made of it first."""
    step = evidence.last
    said = re.search(r"for \+: 'generator' and 'list'|concatenate list \(not \"(generator|map|filter|range|zip)\"\)"
                     r"|for \+: '(?:map|filter|range|zip)' and 'list'", evidence.message)  # fmt: skip
    if step is None or said is None:
        return
    node = step.node
    if not isinstance(node, ast.BinOp):
        return
    lazy = node.right if "concatenate" in evidence.message else node.left
    text = f"list({evidence.source(step, lazy)})"
    yield diagnosis(
        "list-of-generator",
        (f"`{evidence.source(step, lazy)}` is no list.", f"`{evidence.source(step, lazy)}` 不是列表。"),
        (f"Write `{text}`.", f"写成 `{text}`。"),
        [evidence.replaced(step, lazy, text)],
        certain=True,
    )
