"""Where an unexpected None came from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from qwen_magic import edits
from qwen_magic.diagnosis.bindings import binding
from qwen_magic.diagnosis.calls.earlier import in_text, own_returns
from qwen_magic.diagnosis.cells import above, edited, with_line_below
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Function, Step
from qwen_magic.diagnosis.expressions import is_call_of, name_of
from qwen_magic.snapshot import Diagnosis

_IN_PLACE: Final = {
    "sort": "sorted({0})", "reverse": "{0}[::-1]", "append": "{0} + [{1}]", "extend": "{0} + {1}",
    "update": "{0} | {1}", "add": "{0} | {{{1}}}", "shuffle": "",
}  # fmt: skip
_OTHERS: Final = ("insert", "remove", "clear", "discard", "shuffle", *_IN_PLACE)


def unexpected_none(evidence: Evidence) -> Iterator[Diagnosis]:
    """Something is None: a function without `return`, a method that changes its object, `print`."""
    step = evidence.last
    nothing = re.search(r"NoneType|not None|None$", evidence.message)
    if step is None or not nothing or not isinstance(evidence.error, (TypeError, AttributeError)):
        return
    roots = [step.node, step.statement] if not isinstance(step.node, ast.stmt) else [step.node]
    for root in (root for root in roots if root is not None):
        for node in ast.walk(_head(root)):
            if isinstance(node, ast.expr):
                found = list(_origin(evidence, step, node))
                if found:
                    yield from found
                    return


def _head(node: ast.AST) -> ast.AST:
    """A loop without its body: what failed is its head."""
    if isinstance(node, ast.For):
        return node.iter
    return node.test if isinstance(node, (ast.If, ast.While)) else node


def _origin(evidence: Evidence, step: Step, node: ast.expr) -> Iterator[Diagnosis]:
    if isinstance(node, ast.Call):
        if not _used(step, node):
            return
        yield from _of_call(evidence, step, node, evidence.source(step, node))
    elif isinstance(node, ast.Name) and step.value(node) is None:
        made = binding(step, node)
        if isinstance(made, ast.Assign) and isinstance(made.value, ast.Call):
            yield from _of_call(evidence, step, made.value, node.id, made)


def _used(step: Step, call: ast.Call) -> bool:
    return not isinstance(step.parents.get(call), ast.Expr)


def _of_call(
    evidence: Evidence, step: Step, call: ast.Call, name: str, made: ast.Assign | None = None
) -> Iterator[Diagnosis]:
    function = in_text(step, name_of(call.func))
    if function is not None and isinstance(call.func, ast.Name):
        yield from _without_return(evidence, step, function, name)
    elif is_call_of(call, "print"):
        yield from _printed(evidence, step, call, name)
    elif isinstance(call.func, ast.Attribute) and is_call_of(call, *_OTHERS) and function is None:
        yield from _in_place(evidence, step, call, name, made)


def _without_return(evidence: Evidence, step: Step, function: Function, name: str) -> Iterator[Diagnosis]:
    own = own_returns(function)
    if any(n.value is not None for n in own):
        yield diagnosis(
            "missing-return",
            (f"`{name}` is None: `{function.name}` reached its end without a `return`.",
             f"`{name}` 是 None：`{function.name}` 没有执行到 `return` 就结束了。"),
            (f"Return a value on every path through `{function.name}`.", f"让 `{function.name}` 的每条路径都返回值。"),
            list(_return_of_last(evidence, step, function, own)),
        )  # fmt: skip
        return
    texts = list(_results(evidence, step, function))
    what = f"`return {texts[0][2]}`" if texts else "`return`"
    yield diagnosis(
        "missing-return",
        (f"`{name}` is None because `{function.name}` returns nothing.",
         f"`{name}` 是 None，因为 `{function.name}` 没有返回值。"),
        (f"End `{function.name}` with {what}.", f"在 `{function.name}` 的末尾写 {what}。"),
        [cell for cell, _, _ in texts],
        certain=len(texts) == 1 and texts[0][1],
    )  # fmt: skip


def _results(evidence: Evidence, step: Step, function: Function) -> Iterator[tuple[str | None, bool, str]]:
    """Cells in which the function returns something, whether that is the only way, and what."""
    last = function.body[-1]
    span = evidence.span(step, last)
    if span is None:
        return
    text = edits.text_at(evidence.cell, span)
    if isinstance(last, ast.Expr) and is_call_of(last.value, "print"):
        if len(last.value.args) == 1 and not last.value.keywords:
            shown = evidence.source(step, last.value.args[0])
            yield edits.replace(evidence.cell, span, f"return {shown}"), False, shown
            yield with_line_below(evidence, step, last, f"return {shown}"), False, shown
    elif isinstance(last, ast.Expr) and not is_call_of(last.value, *_OTHERS):
        yield edits.replace(evidence.cell, span, f"return {text}"), not isinstance(last.value, ast.Call), text
    elif isinstance(last, ast.If):
        for branch in (*last.body[-1:], *last.orelse[-1:]):
            if isinstance(branch, ast.Expr) and (where := evidence.span(step, branch)):
                value = evidence.source(step, branch.value)
                yield edits.replace(evidence.cell, where, f"return {value}"), False, value
    names = list(dict.fromkeys(_made_names(function)))
    for name in names[::-1][:4]:
        sole = len(names) == 1 and isinstance(last, (ast.Assign, ast.AugAssign, ast.For))
        yield with_line_below(evidence, step, last, f"return {name}"), sole, name


def _made_names(function: Function) -> Iterator[str]:
    for statement in function.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
            targets = [statement.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def _return_of_last(evidence: Evidence, step: Step, function: Function, own: list[ast.Return]) -> Iterator[str | None]:
    """A recursive call whose result is dropped; else the last `return` also at the end of the function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Expr) and is_call_of(node.value, function.name):
            yield evidence.replaced(step, node, f"return {evidence.source(step, node)}")
    span = evidence.span(step, function.body[-1])
    value = own[-1].value
    if span is not None and isinstance(value, (ast.Name, ast.Constant)):
        yield with_line_below(evidence, step, function.body[-1], f"return {ast.unparse(value)}")


def _printed(evidence: Evidence, step: Step, call: ast.Call, name: str) -> Iterator[Diagnosis]:
    around = step.parents.get(call)
    cells: list[str | None] = []
    if isinstance(around, ast.BinOp) and around.left is call and len(call.args) == 1 and not call.keywords:
        symbol_text = evidence.source(step, around)[len(evidence.source(step, call)) :]
        inner = evidence.source(step, call.args[0])
        cells.append(evidence.replaced(step, around, f"print({inner}{symbol_text})"))
    elif len(call.args) == 1:
        cells.append(evidence.replaced(step, call, evidence.source(step, call.args[0])))
    yield diagnosis(
        "print-is-none",
        (
            f"`{name}` is None: `print` shows a value and returns None.",
            f"`{name}` 是 None：`print` 只显示内容，返回 None。",
        ),
        (
            "Put the whole expression inside the parentheses of `print(...)`.",
            "把整个表达式写进 `print(...)` 的括号里。",
        ),
        cells,
        certain=isinstance(around, ast.BinOp) and bool(cells),
    )


def _in_place(
    evidence: Evidence, step: Step, call: ast.Call, name: str, made: ast.Assign | None
) -> Iterator[Diagnosis]:
    assert isinstance(call.func, ast.Attribute)  # noqa: S101  # its caller has looked
    method = call.func.attr
    target = evidence.source(step, call.args[0] if method == "shuffle" and call.args else call.func.value)
    arguments = [evidence.source(step, argument) for argument in call.args]
    pattern = _IN_PLACE.get(method, "")
    text = pattern.format(target, *arguments) if pattern and (arguments or "{1}" not in pattern) else ""
    if method == "sort" and call.keywords:
        text = f"sorted({target}, {', '.join(ast.unparse(keyword) for keyword in call.keywords)})"
    whole = evidence.source(step, call)
    cells = []
    if made is not None:
        cells.append(evidence.replaced(step, made, whole if name == target else f"{whole}\n{name} = {target}"))
    elif method == "shuffle" and (statement := step.statement) is not None:
        first = above(evidence, step, statement, whole)
        cells.append(edited(evidence, [first, (evidence.span(step, call), target)]))
    if text:
        cells.append(evidence.replaced(step, call, text))
    known = step.value(call.func.value)
    yield diagnosis(
        "in-place-method",
        (f"`{name}` is None: `.{method}()` changes `{target}` itself and returns None.",
         f"`{name}` 是 None：`.{method}()` 直接修改 `{target}`，返回 None。"),
        (f"Call `{whole}` on a line of its own, then use `{target}`.", f"单独一行写 `{whole}`，然后使用 `{target}`。"),
        cells,
        certain=made is not None and name == target and known is not MISSING,
    )  # fmt: skip
