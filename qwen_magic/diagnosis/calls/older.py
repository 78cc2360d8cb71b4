"""Calls that were right in Python 2 or in other languages: comparing functions, `super` without parentheses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic import edits
from qwen_magic.diagnosis.cells import changed, importing
from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis

_FLAGS = frozenset({"reverse", "inplace", "ignore_index", "keepdims", "sharex", "sharey", "dropna"})


def compared_by_function(evidence: Evidence) -> Iterator[Diagnosis]:
    """`sort(cmp=by_age)`, `sorted(xs, cmp=...)`, `xs.sort(lambda a, b: ...)`."""
    step = evidence.last
    call = step.node if step else None
    told = "'cmp' is an invalid keyword" in evidence.message or "takes no positional arguments" in evidence.message
    if step is None or not told or not is_call_of(call, "sort", "sorted"):
        return
    word = next((word for word in call.keywords if word.arg == "cmp"), None)
    given = word.value if word else call.args[0] if is_call_of(call, "sort") and call.args else None
    if given is None:
        return
    source = evidence.source(step, given)
    two = not isinstance(given, ast.Lambda) or len(given.args.args) == 2
    text = f"key=cmp_to_key({source})" if two else f"key={source}"
    cell = evidence.replaced(step, word or given, text)
    cell = importing(evidence, cell, "from functools import cmp_to_key") if two else cell
    yield diagnosis(
        "compared-by-function",
        ("Sorting takes a key for each item, not a function that compares two.",
         "排序需要给每个元素一个 key，而不是比较两个元素的函数。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
        [cell],
        certain=True,
    )  # fmt: skip


def super_not_called(evidence: Evidence) -> Iterator[Diagnosis]:
    """`super.__init__(name)`: `super` is called before anything is taken from it."""
    step = evidence.last
    if step is None or "requires a 'super' object" not in evidence.message:
        return
    found = [
        node
        for node in ast.walk(step.node or ast.Pass())
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "super"
    ]
    if not found:
        return
    yield diagnosis(
        "super-not-called",
        ("`super` is used without parentheses.", "`super` 后面缺少括号。"),
        (f"Write `super().{found[0].attr}`.", f"请写 `super().{found[0].attr}`。"),
        [changed(evidence, step, [(node.value, "super()") for node in found])],
        certain=True,
    )


def several_separators(evidence: Evidence) -> Iterator[Diagnosis]:
    """`text.split(",", ";")`: `split` takes one separator, `re.split` takes several."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not is_call_of(call, "split"):
        return
    signs = [step.value(argument) for argument in call.args]
    if len(signs) < 2 or not all(type(sign) is str and len(sign) == 1 for sign in signs):
        return
    assert isinstance(call.func, ast.Attribute)  # noqa: S101  # a method of a text
    signs = [f"\\{sign}" if sign in r"\]^-" else str(sign) for sign in signs]
    text = f're.split(r"[{"".join(signs)}]", {evidence.source(step, call.func.value)})'
    cell = importing(evidence, evidence.replaced(step, call, text), "import re")
    yield diagnosis(
        "several-separators",
        ("`split` takes one separator only.", "`split` 只能用一个分隔符。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
        [cell],
        certain=True,
    )


def one_binding(evidence: Evidence) -> Iterator[Diagnosis]:
    """`db.execute("... where name = ?", (name))`: parentheses alone make no tuple."""
    step = evidence.last
    call = step.node if step else None
    if step is None or "number of bindings supplied" not in evidence.message or not isinstance(call, ast.Call):
        return
    if len(call.args) != 2 or type(step.value(call.args[1])) is not str or "uses 1," not in evidence.message:
        return
    source = evidence.source(step, call.args[1])
    cell = evidence.cell
    span = evidence.span(step, call.args[1])
    if span is None:
        return
    wrapped = edits.text_at(cell, span)
    bare = f"({wrapped})"
    new = cell.replace(bare, f"({wrapped},)") if cell.count(bare) == 1 else edits.replace(cell, span, f"({wrapped},)")
    yield diagnosis(
        "one-binding",
        (
            f"`{source}` is a text, and each of its letters counts as a value.",
            f"`{source}` 是文本，每个字符都被当成一个值。",
        ),
        (f"Write `({source},)`.", f"请写 `({source},)`。"),
        [new],
        certain=True,
    )  # fmt: skip


def flag_without_value(evidence: Evidence) -> Iterator[Diagnosis]:
    """`xs.sort(reverse)`: the name of an argument, and nothing given to it."""
    step, error = evidence.last, evidence.error
    node = step.node if step else None
    call = step.parents.get(node) if step and node is not None else None
    if step is None or not isinstance(error, NameError) or not isinstance(node, ast.Name):
        return
    if node.id not in _FLAGS or not isinstance(call, ast.Call) or node not in call.args:
        return
    yield diagnosis(
        "flag-without-value",
        (f"`{node.id}` is the name of an argument, and has no value.", f"`{node.id}` 是参数名，需要给它一个值。"),
        (f"Write `{node.id}=True`.", f"请写 `{node.id}=True`。"),
        [evidence.replaced(step, node, f"{node.id}=True")],
        # As certain as a name spelled nearly alike, such as `reversed`: so neither is, and this one comes first.
        certain=True,
    )
