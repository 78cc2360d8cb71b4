"""Arrays of text, of booleans or of anything, in functions that are for numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_SAID = (
    r"not supported for the input types|did not contain a loop with signature|'out' kwarg is necessary"
    r"|unsupported operand type\(s\)|has no callable \w+ method|resolved dtypes are not compatible"
)


def text_in_array(evidence: Evidence) -> Iterator[Diagnosis]:
    """`np.array(["1", "2"]) * 2`, `np.log(["1", "2"])`, `np.array([1, None, 3]).sum()`."""
    step = evidence.last
    if not isinstance(evidence.error, TypeError) or step is None or not re.search(_SAID, evidence.message):
        return
    drafts = Drafts(evidence, step)
    for node in _arrays(evidence, step):
        value: Any = step.value(node)
        items = value.ravel()[:200].tolist() if columns.kind(value) == "ndarray" else value[:200]
        listed = type(value) is list
        if listed and "unsupported operand" in evidence.message:
            continue  # `sum(xs)` and its kind are Python's own
        source = drafts.operand(node)
        if items and all(type(item) is str for item in items):
            whole = all(re.fullmatch(r"\s*[-+]?\d+\s*", item) for item in items)
            if not whole and not all(
                re.fullmatch(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", item) for item in items
            ):
                continue
            into = "int" if whole else "float"
            text = f"np.array({source}, dtype={into})" if listed else f"{source}.astype({into})"
            drafts.edit((node, text), certain=not listed)
        elif not listed and value.dtype == object and all(type(i) in (int, float, bool) or i is None for i in items):
            drafts.edit((node, f"{source}.astype(float)"), certain=any(item is None for item in items))
    if drafts.rewrites:
        yield drafts.diagnosis(
            "numbers-in-array",
            ("The array does not hold numbers, but text or None.", "数组里不是数字，而是文本或 None。"),
            ("Make numbers of it with `.astype(float)`.", "用 `.astype(float)` 转成数字。"),
        )


def _arrays(evidence: Evidence, step: Step) -> Iterator[ast.expr]:
    seen: set[str] = set()
    for node in running_nodes(evidence, step):
        if not isinstance(node, (ast.Name, ast.List)) or ast.unparse(node) in seen:
            continue
        value = step.value(node)
        if (columns.kind(value) == "ndarray" and value.size) or (type(value) is list and isinstance(node, ast.Name)):
            seen.add(ast.unparse(node))
            yield node


def missing_in_objects(evidence: Evidence) -> Iterator[Diagnosis]:
    """`np.isnan` of text or of a column of anything: `pd.isna` takes all."""
    step = evidence.last
    if (
        not isinstance(evidence.error, TypeError)
        or "ufunc 'isnan' not supported" not in evidence.message
        or step is None
    ):
        return
    for call in running_nodes(evidence, step):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("isnan"):
            drafts, pd = Drafts(evidence, step), columns.alias(evidence, "pandas", "pd")
            drafts.edit((call.func, f"{pd}.isna"), certain=True, imports=columns.import_for(evidence, "pandas", "pd"))
            yield drafts.diagnosis(
                "isnan-of-objects",
                ("`isnan` takes only floats.", "`isnan` 只接受浮点数。"),
                (f"Write `{pd}.isna(...)`.", f"请写 `{pd}.isna(...)`。"),
            )
            return


def arithmetic_of_booleans(evidence: Evidence) -> Iterator[Diagnosis]:
    """`-mask` and `a - b` of booleans, `~x` of floats: numpy has other signs for them."""
    step = evidence.last
    if not isinstance(evidence.error, TypeError) or step is None:
        return
    drafts = Drafts(evidence, step)
    minus = "numpy boolean subtract" in evidence.message
    for node in running_nodes(evidence, step):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and "boolean negative" in evidence.message:
            drafts.edit((node, f"~{drafts.operand(node.operand)}"), certain=True)
        elif minus and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            left, right = drafts.operand(node.left), drafts.operand(node.right)
            drafts.edit((node, f"{left} & ~{right}"))
            drafts.edit((node, f"{left} ^ {right}"))
            drafts.edit((node, f"{left}.astype(int) - {right}.astype(int)"))
    if drafts.rewrites:
        yield drafts.diagnosis(
            "minus-of-booleans",
            ("Booleans have no minus.", "布尔值没有减号。"),
            ("Write `~` for not, `&` for and, `^` for either.", "取反用 `~`，并且用 `&`，异或用 `^`。"),
        )
