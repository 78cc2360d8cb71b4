"""Functions and properties that call themselves for ever."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.cells import changed
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis


def endless_recursion(evidence: Evidence) -> Iterator[Diagnosis]:
    """A missing base case, an argument that does not get smaller, an attribute that is its own property."""
    if not isinstance(evidence.error, RecursionError) or not evidence.steps:
        return
    for step in reversed(evidence.steps[-4:]):
        function = next(step.around(step.node, ast.FunctionDef), None) if step.node else None
        if function is None:
            continue
        if any(step.around(function, ast.ClassDef)):
            found = list(_own_attribute(evidence, step, function))
            if found:
                yield from found
                return
        calls = [node for node in ast.walk(function) if is_call_of(node, function.name)]
        if calls:
            yield _without_end(evidence, step, function, [call for call in calls if isinstance(call, ast.Call)])
            return


def _own_attribute(evidence: Evidence, step: Step, function: ast.FunctionDef) -> Iterator[Diagnosis]:
    name = function.name
    if not function.decorator_list or not function.args.args:
        return
    me = function.args.args[0].arg
    uses = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id == me
    ]
    if not uses:
        return
    around = next(step.around(function, ast.ClassDef), function)
    hidden = [
        node
        for method in ast.walk(around)
        if isinstance(method, ast.FunctionDef) and method.name == name
        for node in ast.walk(method)
        if isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id == me
    ]
    yield diagnosis(
        "own-attribute",
        (
            f"`{me}.{name}` inside the property `{name}` calls the property again.",
            f"属性 `{name}` 里的 `{me}.{name}` 又调用了它自己。",
        ),
        (f"Keep the value in `{me}._{name}`.", f"把值存放在 `{me}._{name}` 中。"),
        [changed(evidence, step, [(node, f"{me}._{name}") for node in hidden])],
        certain=True,
    )


def _without_end(evidence: Evidence, step: Step, function: ast.FunctionDef, calls: list[ast.Call]) -> Diagnosis:
    tests = [node for node in ast.walk(function) if isinstance(node, (ast.If, ast.IfExp))]
    name = function.name
    parameter = function.args.args[0].arg if function.args.args else ""
    same = [call.args[0] for call in calls if call.args and _is(call.args[0], parameter)]
    cells: list[str | None]
    if letters := list(_letters(evidence, step, function, calls)):
        cells = list(letters)
        cause = (f"A text is made of texts: `{name}` goes into each letter again.",
                 f"文本由文本组成：`{name}` 会一直对每个字符再调用自己。")  # fmt: skip
        hint = (
            "Treat a text as one item: `not isinstance(..., str)`.",
            "把文本当作一个元素：`not isinstance(..., str)`。",
        )
        return diagnosis("endless-recursion", cause, hint, cells, certain=True)
    if same:
        cells = [evidence.replaced(step, same[0], f"{parameter}{less}") for less in (" - 1", "[1:]")]
        cause = (f"`{name}` calls itself with the same `{parameter}`, so it never ends.",
                 f"`{name}` 用相同的 `{parameter}` 调用自己，永远不会结束。")  # fmt: skip
        hint = (f"Call `{name}` with a smaller argument, such as `{parameter} - 1`.",
                f"用更小的参数调用 `{name}`，例如 `{parameter} - 1`。")  # fmt: skip
    elif not tests and parameter:
        cells = list(_with_end(evidence, step, function, calls, parameter))
        cause = (f"`{name}` calls itself always: it has no case in which it ends.",
                 f"`{name}` 总在调用自己，没有结束的条件。")  # fmt: skip
        hint = (f"Begin with `if {parameter} <= 1: return ...`.", f"先写 `if {parameter} <= 1: return ...`。")
    else:
        cells = list(_looser(evidence, step, tests))
        cause = (f"`{name}` calls itself without reaching the case in which it ends.",
                 f"`{name}` 一直调用自己，没有到达结束条件。")  # fmt: skip
        hint = (f"Make the argument of `{name}` come nearer to its end with every call.",
                f"让 `{name}` 的参数每次都更接近结束条件。")  # fmt: skip
    return diagnosis("endless-recursion", cause, hint, cells)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _letters(evidence: Evidence, step: Step, function: ast.FunctionDef, calls: list[ast.Call]) -> Iterator[str | None]:
    """A test for `__iter__` and the like that texts, which hold texts, pass for ever."""
    if not any(type(value) is str for name, value in step.names.items() if name in _arguments(function)):
        return
    for call in calls:
        for node in step.around(call):
            test = node.test if isinstance(node, (ast.If, ast.IfExp)) else None
            if test is None or not call.args or not isinstance(call.args[0], ast.Name):
                continue
            item, text = call.args[0].id, evidence.source(step, test)
            if re.search(r"__iter__|__len__|Iterable|Sequence|__getitem__", text) and "str" not in text:
                yield evidence.replaced(step, test, f"{text} and not isinstance({item}, str)")
                return


def _arguments(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in function.args.args]


def _with_end(
    evidence: Evidence, step: Step, function: ast.FunctionDef, calls: list[ast.Call], parameter: str
) -> Iterator[str | None]:
    """The function with a first case that ends it: what it returns there is what its own operator leaves alone."""
    passed = [argument for call in calls for argument in call.args]
    shrinks = any(isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Sub) for argument in passed)
    sliced = any(isinstance(argument, ast.Subscript) for argument in passed)
    neutral = _neutral(step, calls)
    if sliced:
        bases = [(f"not {parameter}", value) for value in (neutral, parameter, "0")]
    elif len(calls) > 1:
        bases = [(f"{parameter} <= 1", parameter)]
    elif neutral == "1":
        bases = [(f"{parameter} <= 1", "1"), (f"{parameter} == 0", "1")]
    else:
        bases = [(f"{parameter} <= 0", neutral), (f"{parameter} == 0", neutral)] if shrinks else []
    documented = isinstance(function.body[0], ast.Expr) and isinstance(function.body[0].value, ast.Constant)
    first = function.body[1 if documented and len(function.body) > 1 else 0]
    margin, text = " " * first.col_offset, evidence.source(step, first)
    for test, value in dict.fromkeys(bases):
        yield evidence.replaced(step, first, f"if {test}:\n{margin}    return {value}\n{margin}{text}")


def _neutral(step: Step, calls: list[ast.Call]) -> str:
    """What can be combined with a result without changing it."""
    for call in calls:
        around = step.parents.get(call)
        if isinstance(around, ast.BinOp):
            other = around.right if around.left is call else around.left
            if isinstance(around.op, ast.Mult):
                return "1"
            if isinstance(other, (ast.List, ast.ListComp)):
                return "[]"
            if isinstance(other, ast.JoinedStr) or type(step.value(other)) is str:
                return '""'
    return "0"


def _looser(evidence: Evidence, step: Step, tests: list[ast.If | ast.IfExp]) -> Iterator[str | None]:
    """`if n == 0` as `if n <= 0`: the argument may have jumped over it."""
    for test in (node.test for node in tests):
        if (
            isinstance(test, ast.Compare)
            and isinstance(test.ops[0], ast.Eq)
            and isinstance(test.comparators[0], ast.Constant)
        ):
            left, right = evidence.source(step, test.left), evidence.source(step, test.comparators[0])
            yield evidence.replaced(step, test, f"{left} <= {right}")
            if right != "1":
                yield evidence.replaced(step, test, f"{left} <= 1")
