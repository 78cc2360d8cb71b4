"""Context managers: `with` and `async with`, `__enter__` and `__exit__`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic import edits
from qwen_magic.diagnosis.calls.earlier import own_returns
from qwen_magic.diagnosis.calls.own_classes import own_name
from qwen_magic.diagnosis.cells import with_line_below
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Function, Step
from qwen_magic.snapshot import Diagnosis

_EXIT = "exc_type, exc_value, traceback"


def wrong_with(evidence: Evidence) -> Iterator[Diagnosis]:
    """`with session:` for `async with`, the other way round, and `with Timer:` of the class itself."""
    said = re.search(r"does not support the (asynchronous )?context manager protocol", evidence.message)
    step = evidence.in_cell
    statement = step.statement if step else None
    if step is None or said is None or not isinstance(statement, (ast.With, ast.AsyncWith)):
        return
    calls = [(item.context_expr, _kind(step, item.context_expr)) for item in statement.items]
    turned = "__enter__" if said[1] else "__aenter__"
    for expression, (kind, made) in calls:
        text = evidence.source(step, expression)
        if kind is not None and not made and hasattr(kind, "__enter__"):
            cell: str | None = evidence.replaced(step, expression, f"{text}()")
            cause = (f"`{text}` is the class, not one of its objects.", f"`{text}` 是类，不是它的对象。")
            hint = (f"Write `with {text}():`.", f"写成 `with {text}():`。")
        elif kind is not None and hasattr(kind, turned):
            cell = _turned(evidence, step, statement)
            word = "with" if said[1] else "async with"
            cause = (f"`{text}` is made for `{word}`.", f"`{text}` 要用 `{word}`。")
            hint = (f"Write `{word} {text}`.", f"写成 `{word} {text}`。")
        else:
            continue
        yield diagnosis("wrong-with", cause, hint, [cell], certain=True)
        return


def _kind(step: Step, expression: ast.expr) -> tuple[type | None, bool]:
    """The class that an expression names or makes an object of, and whether it is an object."""
    called = isinstance(expression, ast.Call)
    value: Any = step.value(expression.func if isinstance(expression, ast.Call) else expression)
    if isinstance(value, type):
        return value, called
    return (None, True) if called or value is MISSING else (type(value), True)


def _turned(evidence: Evidence, step: Step, statement: ast.With | ast.AsyncWith) -> str | None:
    line = statement.lineno + step.shift
    lines = evidence.cell.split("\n")
    head = lines[line - 1].lstrip()
    if isinstance(statement, ast.AsyncWith):
        text = re.sub(r"^async\s+", "", head)
    else:
        function = next(step.around(statement, ast.FunctionDef, ast.AsyncFunctionDef), None)
        if isinstance(function, ast.FunctionDef):
            return None
        text = f"async {head}"
    return edits.replace_line(evidence.cell, line, " " * (len(lines[line - 1]) - len(head)) + text)


def narrow_exit(evidence: Evidence) -> Iterator[Diagnosis]:
    """`def __exit__(self):` which is given the kind of the error, the error and its traceback."""
    step = evidence.in_cell
    said = re.search(r"__(a?)exit__\(\) takes \d+ positional arguments? but 4 were given", evidence.message)
    for function in ast.walk(step.tree) if step and said else ():
        if step is None or said is None or not isinstance(function, Function):
            continue
        if function.name != f"__{said[1]}exit__" or len(function.args.args) == 4 or function.args.vararg:
            continue
        line = function.lineno + step.shift
        lines = evidence.cell.split("\n")
        own = own_name(function)
        read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        if read & {argument.arg for argument in function.args.args[1:]}:
            return
        head = re.sub(rf"(def {function.name}\s*)\(.*?\)", rf"\1({own}, {_EXIT})", lines[line - 1], count=1)
        yield diagnosis(
            "narrow-exit",
            (f"`{function.name}` is given the error that ended the block, in three parts.",
             f"`{function.name}` 还会收到结束代码块的异常，共三个参数。"),
            (f"Write `def {function.name}({own}, {_EXIT}):`.", f"写成 `def {function.name}({own}, {_EXIT}):`。"),
            [edits.replace_line(evidence.cell, line, head)],
            certain=True,
        )  # fmt: skip
        return


def enters_with_nothing(evidence: Evidence) -> Iterator[Diagnosis]:
    """`with Timer() as t:` and then `t.elapsed`, where `__enter__` returns nothing: `t` is None."""
    step = evidence.last
    if step is None or "NoneType" not in evidence.message or not step.in_cell:
        return
    names = {node.id for node in ast.walk(step.node or ast.Pass()) if isinstance(node, ast.Name)}
    empty = {name for name in names if step.value(ast.Name(name, ast.Load())) is None}
    for node in ast.walk(step.tree):
        for item in node.items if isinstance(node, (ast.With, ast.AsyncWith)) else ():
            target, call = item.optional_vars, item.context_expr
            if not isinstance(target, ast.Name) or target.id not in empty or not isinstance(call, ast.Call):
                continue
            kind = call.func.id if isinstance(call.func, ast.Name) else ""
            yield from _entered(evidence, step, kind, target.id)


def _entered(evidence: Evidence, step: Step, kind: str, name: str) -> Iterator[Diagnosis]:
    for node in ast.walk(step.tree):
        if not isinstance(node, ast.ClassDef) or node.name != kind:
            continue
        for function in node.body:
            if not isinstance(function, Function) or function.name not in ("__enter__", "__aenter__"):
                continue
            own = own_name(function)
            last = function.body[-1]
            if own_returns(function):
                return
            alone = isinstance(last, ast.Pass)
            cell = evidence.replaced(step, last, f"return {own}") if alone else None
            yield diagnosis(
                "enters-with-nothing",
                (f"`{name}` is None, because `{kind}.{function.name}` returns nothing.",
                 f"`{name}` 是 None，因为 `{kind}.{function.name}` 没有返回值。"),
                (f"End `{function.name}` with `return {own}`.", f"在 `{function.name}` 末尾写 `return {own}`。"),
                [cell or with_line_below(evidence, step, last, f"return {own}")],
                certain=True,
            )  # fmt: skip
