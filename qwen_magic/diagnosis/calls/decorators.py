"""Decorators whose inner function does not take what the decorated one does, and generators used in `with`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.cells import changed, importing, with_line_above
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Function, Step
from qwen_magic.snapshot import Diagnosis


def narrow_wrapper(evidence: Evidence) -> Iterator[Diagnosis]:
    """`def wrapper():` or `def wrapper(*args):` around a function that is called with more."""
    said = re.search(
        r"(\w+)\(\) (?:takes \d+ positional|got an unexpected keyword|missing \d+ required)", evidence.message
    )
    step = evidence.in_cell
    if step is None or said is None or not isinstance(evidence.error, TypeError):
        return
    for outer in ast.walk(step.tree):
        if not isinstance(outer, Function):
            continue
        named = {said[1]} if "<locals>" in evidence.message else _wrappers(step, said[1], outer.name)
        inner = next((node for node in outer.body if isinstance(node, Function) and node.name in named), None)
        given = {argument.arg for argument in outer.args.args}
        calls = _calls(inner, given) if inner else []
        if inner is None or not calls or not _returns(outer, inner.name):
            continue
        kept = [argument.arg for argument in inner.args.args if _used_otherwise(inner, argument.arg, calls)]
        if kept:
            continue
        text = _signature(evidence, step, inner)
        calls_changed = [(call, f"{ast.unparse(call.func)}(*args, **kwargs)") for call in calls]
        cell = changed(evidence, step, calls_changed)
        if text is None or cell is None:
            return
        lines = cell.split("\n")
        lines[inner.lineno + step.shift - 1] = text
        yield diagnosis(
            "narrow-wrapper",
            (f"`{inner.name}` does not take all that the decorated function is called with.",
             f"`{inner.name}` 没有接收被装饰函数的全部参数。"),
            (f"Write `def {inner.name}(*args, **kwargs):` and hand both on.",
             f"写成 `def {inner.name}(*args, **kwargs):`，并把两者传下去。"),
            ["\n".join(lines)],
            certain=True,
        )  # fmt: skip
        return


def _wrappers(step: Step, name: str, decorator: str) -> set[str]:
    """What a decorator returns, if it decorates a function: with `functools.wraps` it goes by that one's name."""
    for node in ast.walk(step.tree):
        decorators = node.decorator_list if isinstance(node, Function) and node.name == name else []
        if any(ast.unparse(each).partition("(")[0] == decorator for each in decorators):
            names = {inner.name for inner in ast.walk(step.tree) if isinstance(inner, Function)}
            return names - {name, decorator}
    return set()


def _calls(function: Function, names: set[str]) -> list[ast.Call]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in names]


def _returns(outer: Function, name: str) -> bool:
    returned = [node.value for node in outer.body if isinstance(node, ast.Return)]
    return any(isinstance(value, ast.Name) and value.id == name for value in returned)


def _used_otherwise(inner: Function, name: str, calls: list[ast.Call]) -> bool:
    """Whether the wrapper looks at an argument itself: then it cannot be one of many."""
    handed = {id(part) for call in calls for part in [*call.args, *(word.value for word in call.keywords)]}
    read = (node for node in ast.walk(inner) if isinstance(node, ast.Name) and node.id == name)
    return any(id(node) not in handed for node in read)


def _signature(evidence: Evidence, step: Step, inner: Function) -> str | None:
    line = evidence.cell.split("\n")[inner.lineno + step.shift - 1]
    written, count = re.subn(rf"(def {inner.name}\s*)\(.*?\)(\s*(?:->.*)?:)", r"\1(*args, **kwargs)\2", line, count=1)
    return written if count else None


def not_a_context(evidence: Evidence) -> Iterator[Diagnosis]:
    """`with timer():` of a generator function that lacks `@contextmanager`."""
    step = evidence.in_cell
    if step is None or "'generator' object does not support the context manager protocol" not in evidence.message:
        return
    node = step.node
    calls = [item.context_expr for item in node.items] if isinstance(node, ast.With) else [node]
    for call in calls:
        name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
        for function in ast.walk(step.tree):
            if not isinstance(function, Function) or function.name != name:
                continue
            cell = with_line_above(evidence, step, function, "@contextmanager")
            cell = importing(evidence, cell, "from contextlib import contextmanager")
            yield diagnosis(
                "not-a-context",
                (f"`{name}` is a generator; `with` wants a context manager.",
                 f"`{name}` 是生成器，而 `with` 需要上下文管理器。"),
                (f"Write `@contextmanager` above `def {name}`.", f"在 `def {name}` 上方写 `@contextmanager`。"),
                [cell],
                certain=True,
            )  # fmt: skip
            return
