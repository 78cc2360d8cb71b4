"""Values that are called and cannot be, and functions that are not called and should be."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from typing import Any, Final

from qwen_magic.diagnosis.cells import changed, importing, with_lines_on_top
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.expressions import operand
from qwen_magic.diagnosis.wording import described
from qwen_magic.snapshot import Diagnosis

_NUMBERS: Final = (int, float, complex)
_INDEXED: Final = (list, tuple, dict, str, range)


def not_callable(evidence: Evidence) -> Iterator[Diagnosis]:
    """`data(0)` for `data[0]`, `2(x + 1)` for `2 * (x + 1)`, `list(...)` where `list` is a variable."""
    step = evidence.last
    if step is None or type(evidence.error) is not TypeError or "object is not callable" not in evidence.message:
        return
    calls = [step.node] if isinstance(step.node, ast.Call) else list(ast.walk(step.statement or ast.Pass()))
    for call in calls:
        if not isinstance(call, ast.Call):
            continue
        value = step.value(call.func)
        said = re.search(r"'([\w.]+)' object is not callable", evidence.message)
        if value is MISSING:
            if said and len(calls) == 1:
                yield from _of_unknown(evidence, step, call, said[1])
        elif said and type(value).__name__ == said[1].rpartition(".")[2] and not callable(value):
            yield from _of_value(evidence, step, call, value)
            return


def _of_value(evidence: Evidence, step: Step, call: ast.Call, value: Any) -> Iterator[Diagnosis]:
    text = evidence.source(step, call.func)
    hidden = isinstance(call.func, ast.Name) and hasattr(builtins, call.func.id)
    if isinstance(call.func, ast.Name) and hidden and call.func.id in (*evidence.namespace, *step.names):
        yield from _shadowed(evidence, step, call, call.func.id, value)
        return
    given = ", ".join(evidence.source(step, argument) for argument in call.args)
    what = described(value)
    cause = f"`{text}` is {what[0]} and cannot be called.", f"`{text}` 是 {what[1]}，不能像函数那样调用。"
    cells: list[str | None] = []
    fits = False
    if type(value) in _INDEXED and len(call.args) == 1 and not call.keywords:
        index = step.value(call.args[0])
        known = type(index) in (int, str)
        fits = known and (
            index in value if type(value) is dict else type(index) is int and -len(value) <= index < len(value)
        )
        cells.append(evidence.replaced(step, call, f"{text}[{given}]"))
        hint = f"Take an item with brackets: `{text}[{given}]`.", f"取元素要用方括号：`{text}[{given}]`。"
    elif type(value) in _NUMBERS and call.args and not call.keywords:
        product = f"{text} * ({given})"
        cells.append(evidence.replaced(step, call, product))
        fits = isinstance(call.func, ast.Constant) and len(call.args) == 1
        hint = f"A product needs `*`: `{product}`.", f"乘法要写 `*`：`{product}`。"
    else:
        hint = f"Write `{text}` without parentheses.", f"去掉括号，直接写 `{text}`。"
    if isinstance(call.func, (ast.Tuple, ast.List, ast.Dict, ast.Constant)) and (inner := _comma(evidence, step, call)):
        listed = any(step.around(call, ast.List, ast.Tuple, ast.Set, ast.Dict))
        cells.insert(0 if listed else len(cells), inner)
        fits = type(value) in (tuple, list, dict) if listed else fits
        hint = ("Put a comma between the items.", "在两个元素之间加逗号。") if listed else hint
    if not call.args and not call.keywords:
        cells.append(evidence.replaced(step, call, text))
        fits = type(value) not in (type(None),)
    if not given or type(value) not in _INDEXED:
        cells.append(evidence.replaced(step, call, text) if not given else None)
    if value is not None or cells:
        yield diagnosis("not-callable", cause, hint, cells, certain=fits)


def _comma(evidence: Evidence, step: Step, call: ast.Call) -> str | None:
    text, head = evidence.source(step, call), evidence.source(step, call.func)
    rest = text[len(head) :].lstrip()
    return evidence.replaced(step, call, f"{head}, {rest}") if text.startswith(head) and rest.startswith("(") else None


def _shadowed(evidence: Evidence, step: Step, call: ast.Call, name: str, value: Any) -> Iterator[Diagnosis]:
    what = described(value)
    cells: list[str | None] = []
    assigned = [
        node
        for node in ast.walk(step.tree)
        if (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == name)
    ]
    if assigned and step.in_cell:
        cells += [_renamed(evidence, step, name, f"{name}_")]
    else:
        cells.append(with_lines_on_top(evidence.cell, f"del {name}"))
    cells.append(importing(evidence, evidence.replaced(step, call.func, f"builtins.{name}"), "import builtins"))
    if type(value) in _INDEXED and len(call.args) == 1:
        cells.append(evidence.replaced(step, call, f"{name}[{evidence.source(step, call.args[0])}]"))
    yield diagnosis(
        "shadowed-builtin",
        (f"`{name}` is {what[0]} here: a variable of that name hides Python's function.",
         f"这里的 `{name}` 是 {what[1]}：同名变量遮住了 Python 的函数。"),
        (f"Rename the variable `{name}`, or write `del {name}` to get the function back.",
         f"给变量 `{name}` 换个名字，或用 `del {name}` 恢复函数。"),
        cells,
    )  # fmt: skip


def _renamed(evidence: Evidence, step: Step, name: str, new: str) -> str | None:
    """The cell with the variable renamed everywhere but where it is called."""
    called = {id(node.func) for node in ast.walk(step.tree) if isinstance(node, ast.Call)}
    uses = [
        node
        for node in ast.walk(step.tree)
        if (isinstance(node, ast.Name) and node.id == name and id(node) not in called)
        or (isinstance(node, ast.arg) and node.arg == name)
    ]
    # A parameter is a name, and perhaps a type behind it.
    return changed(evidence, step, [(node, new + evidence.source(step, node)[len(name) :]) for node in uses])


def _of_unknown(evidence: Evidence, step: Step, call: ast.Call, kind: str) -> Iterator[Diagnosis]:
    """The value of what was called is not known, its type is: `xs.pop()(0)`, `f(x)(y)`, `df.shape()`."""
    text = evidence.source(step, call.func)
    if kind in ("NoneType", "module"):
        return
    given = ", ".join(evidence.source(step, argument) for argument in call.args)
    cause = f"`{text}` is a {kind} and cannot be called.", f"`{text}` 是 {kind}，不能像函数那样调用。"
    if not given:
        hint = f"Write `{text}` without parentheses.", f"去掉括号，直接写 `{text}`。"
        yield diagnosis("not-callable", cause, hint, [evidence.replaced(step, call, text)], certain=not call.keywords)
    elif kind in ("list", "tuple", "dict", "str"):
        hint = f"Take an item with brackets: `{text}[{given}]`.", f"取元素要用方括号：`{text}[{given}]`。"
        yield diagnosis("not-callable", cause, hint, [evidence.replaced(step, call, f"{text}[{given}]")])
    elif kind in ("int", "float"):
        hint = f"A product needs `*`: `{text} * ({given})`.", f"乘法要写 `*`：`{text} * ({given})`。"
        yield diagnosis("not-callable", cause, hint, [evidence.replaced(step, call, f"{text} * ({given})")])


def not_called(evidence: Evidence) -> Iterator[Diagnosis]:
    """`for x in items:` over a function, `len(f)`, `f[0]`, `x.split[0]`: the call was forgotten."""
    step = evidence.last
    kind = re.search(r"'?(builtin_function_or_method|function|method|method_descriptor|type)'?", evidence.message)
    if step is None or kind is None or not isinstance(evidence.error, (TypeError, AttributeError)):
        return
    if re.search(r"not supported between|unsupported operand|can only concatenate", evidence.message):
        return
    statement = step.node if not isinstance(step.node, ast.stmt) else step.statement
    roots: list[ast.AST] = [statement.iter] if isinstance(statement, ast.For) else [statement or ast.Pass()]
    for node in (node for root in roots for node in ast.walk(root)):
        if not isinstance(node, (ast.Name, ast.Attribute)) or _is_called(step, node):
            continue
        value = step.value(node)
        if isinstance(value, type) or value is MISSING or type(value).__name__ != kind[1]:
            continue
        text = evidence.source(step, node)
        around = step.parents.get(node)
        cells = [evidence.replaced(step, node, f"{text}()")]
        hint = f"Call it: `{text}()`.", f"调用它：`{text}()`。"
        if isinstance(around, ast.Subscript) and around.value is node:
            inner = evidence.source(step, around.slice)
            called = f"{text}({inner})"
            # `x.split[0]` takes the first of what it returns; `print["a"]` is a call in the wrong brackets.
            cells.insert(0 if kind[1] != "builtin_function_or_method" or isinstance(node, ast.Name) else 1,
                         evidence.replaced(step, around, called))  # fmt: skip
            hint = (f"Call it: `{text}()` or `{called}`.", f"调用它：`{text}()` 或 `{called}`。")
        yield diagnosis(
            "not-called",
            (f"`{text}` is a function that was not called.", f"`{text}` 是函数，但没有被调用。"),
            hint,
            cells,
            # A function may also have hidden the module of its name.
            certain=len(cells) == 1
            and kind[1] == "builtin_function_or_method"
            and not (isinstance(evidence.error, AttributeError) and isinstance(node, ast.Name)),
        )
        return


def _is_called(step: Step, node: ast.AST) -> bool:
    around = step.parents.get(node)
    inside = isinstance(around, ast.Call) and around.func is node
    return inside or (isinstance(around, ast.Attribute) and not isinstance(around.ctx, ast.Load))


def wrong_brackets(evidence: Evidence) -> Iterator[Diagnosis]:
    """`range[10]`, `len[x]`: a type or function with brackets."""
    step = evidence.last
    node = step.node if step else None
    if step is None or not isinstance(node, ast.Subscript) or type(evidence.error) is not TypeError:
        return
    value = step.value(node.value)
    if isinstance(value, type) and "not subscriptable" in evidence.message:
        text = f"{operand(evidence.source(step, node.value))}({evidence.source(step, node.slice)})"
        yield diagnosis(
            "wrong-brackets",
            (f"`{evidence.source(step, node.value)}` is called with parentheses, not brackets.",
             f"调用 `{evidence.source(step, node.value)}` 要用圆括号，不用方括号。"),
            (f"Write `{text}`.", f"请写成 `{text}`。"),
            [evidence.replaced(step, node, text)],
            certain=True,
        )  # fmt: skip
