"""None where a value was expected: a missing key, a decorator or an earlier function without `return`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.calls.earlier import definition, in_text, own_returns, written
from qwen_magic.diagnosis.cells import with_lines_on_top
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Function, Step
from qwen_magic.diagnosis.running import suspects
from qwen_magic.snapshot import Diagnosis

_SAID = "NoneType"


def nothing_under_key(evidence: Evidence) -> Iterator[Diagnosis]:
    """`counts.get(word) + 1`: `get` returns None for a key that is not there yet."""
    step = evidence.last
    if step is None or not isinstance(evidence.error, TypeError) or _SAID not in evidence.message:
        return
    for node in suspects(evidence, step):
        pairs = [(node.left, node.right)] if isinstance(node, ast.BinOp) else []
        pairs += [(node.left, node.comparators[0])] if isinstance(node, ast.Compare) else []
        for left, right in pairs:
            for call, other in ((left, right), (right, left)):
                if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
                    yield from _with_default(evidence, step, call, step.value(other))


def _with_default(evidence: Evidence, step: Step, call: ast.Call, other: object) -> Iterator[Diagnosis]:
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr != "get" or not isinstance(step.value(func.value), dict):
        return
    empty = {int: "0", float: "0", str: '""', list: "[]", tuple: "()", set: "set()"}.get(type(other))
    if empty is None:
        return
    around = step.parents.get(step.parents.get(call, call))
    targets = around.targets if isinstance(around, ast.Assign) else []
    own = any(
        isinstance(target, ast.Subscript)
        and ast.unparse(target.value) == ast.unparse(func.value)
        and ast.unparse(target.slice) == ast.unparse(call.args[0])
        for target in targets
    )
    key = evidence.source(step, call.args[0])
    text = f"{evidence.source(step, func)}({key}, {empty})"
    yield diagnosis(
        "get-is-none",
        (f"`{evidence.source(step, call)}` is None: there is no such key.",
         f"`{evidence.source(step, call)}` 是 None：没有这个键。"),
        (f"Give a value for that case: `{text}`.", f"给出没有时的值：`{text}`。"),
        [evidence.replaced(step, call, text)],
        certain=own,
    )  # fmt: skip


def returns_nothing(evidence: Evidence) -> Iterator[Diagnosis]:
    """A function of an earlier cell that shows its result, or keeps it, and returns None."""
    step = evidence.last
    if step is None or step.node is None or _SAID not in evidence.message:
        return
    for node in ast.walk(step.node):
        call: ast.AST | None = node
        if isinstance(node, ast.Name) and step.value(node) is None:
            made = binding(step, node)
            call = made.value if isinstance(made, ast.Assign) else None
        function = written(step.value(call.func)) if isinstance(call, ast.Call) else None
        if function is None or any(found.value is not None for found in own_returns(function)):
            continue
        results = list(_results(function))
        yield diagnosis(
            "missing-return",
            (f"`{function.name}` has no `return`, so its result is None.",
             f"函数 `{function.name}` 没有 `return`，结果是 None。"),
            (f"Define `{function.name}` again with `return {results[0] if results else '...'}` at its end.",
             f"重新定义 `{function.name}`，在末尾写 `return {results[0] if results else '...'}`。"),
            [with_lines_on_top(evidence.cell, _ending(function, result)) for result in results],
        )  # fmt: skip
        return


def _results(function: Function) -> Iterator[str]:
    """What the function may be there for: its last name, or what it prints."""
    names = [
        target.id
        for statement in function.body
        if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign))
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    ]
    last = function.body[-1]
    call = last.value if isinstance(last, ast.Expr) else None
    printed = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"
    if isinstance(call, ast.Call) and printed and len(call.args) == 1 and not isinstance(call.args[0], ast.JoinedStr):
        yield ast.unparse(call.args[0])
    yield from dict.fromkeys(names[::-1][:2])


def _ending(function: Function, result: str) -> str:
    copied = ast.parse(ast.unparse(function)).body[0]
    return f"{ast.unparse(copied)}\n    return {result}\n"


def decorated_with_nothing(evidence: Evidence) -> Iterator[Diagnosis]:
    """A decorator that makes a function inside and does not return it."""
    step = evidence.last
    if step is None or "'NoneType' object is not callable" not in evidence.message:
        return
    for call in (node for node in suspects(evidence, step) if isinstance(node, ast.Call)):
        function = _decorated(step, call.func)
        for decorator in function.decorator_list if function else []:
            factory = decorator.func if isinstance(decorator, ast.Call) else decorator
            made = definition(step, factory)
            inner = made.body[-1] if made else None
            if made is None or not isinstance(inner, Function) or own_returns(made):
                continue
            text, last = f"return {inner.name}", inner.body[-1]
            here = made in ast.walk(step.tree)
            below = f"{evidence.source(step, last)}\n\n{' ' * inner.col_offset}{text}"
            cell = evidence.replaced(step, last, below) if here else None
            yield diagnosis(
                "missing-return",
                (f"The decorator `{made.name}` returns nothing, so `{evidence.source(step, call.func)}` is None.",
                 f"装饰器 `{made.name}` 没有返回值，所以 `{evidence.source(step, call.func)}` 是 None。"),
                (f"End `{made.name}` with `{text}`.", f"在 `{made.name}` 的末尾写 `{text}`。"),
                [cell],
                certain=step.value(call.func) in (None, MISSING),
            )  # fmt: skip
            return


def _decorated(step: Step, called: ast.expr) -> Function | None:
    found = in_text(step, called.id) if isinstance(called, ast.Name) else None
    return found if found and found.decorator_list else None
