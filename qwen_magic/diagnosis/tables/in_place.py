"""`inplace=True`: a method that changes its frame gives nothing back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic import edits
from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.snapshot import Diagnosis

# Since pandas 3 the others give back what they have changed.
_METHODS = frozenset({
    "drop", "drop_duplicates", "dropna", "eval", "query", "rename", "rename_axis", "reset_index", "set_index",
    "sort_index", "sort_values",
})  # fmt: skip


def result_of_in_place(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df = df.dropna(inplace=True)`, `df.sort_values("n", inplace=True).head()`, `return df.drop(inplace=True)`."""
    step = evidence.in_cell
    if "None" not in evidence.message or not isinstance(evidence.error, (TypeError, AttributeError)) or step is None:
        return
    calls = [node for node in ast.walk(step.tree) if isinstance(node, ast.Call) and _in_place(node)]
    used = [call for call in calls if not isinstance(step.parents.get(call), ast.Expr)]
    if not used:
        return
    drafts = Drafts(evidence, step)
    # One within the other cannot be edited at once: the outer text holds the inner.
    outer = [call for call in used if not any(call in ast.walk(other) for other in used if other is not call)]
    drafts.edit(*((call, _without(drafts, call)) for call in outer), certain=len(outer) == len(used))
    method = ast.unparse(used[0].func).rpartition(".")[2]
    yield drafts.diagnosis(
        "in-place-result",
        (
            f"`{method}(inplace=True)` changes the frame itself and gives back None.",
            f"`{method}(inplace=True)` 直接修改原表，返回值是 None。",
        ),
        ("Leave out `inplace=True` where the result is used.", "要用返回值，就去掉 `inplace=True`。"),
    )


def _in_place(call: ast.Call) -> bool:
    return _says_so(call) and isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS


def _says_so(call: ast.Call) -> bool:
    given = {word.arg: word.value for word in call.keywords}.get("inplace")
    return isinstance(given, ast.Constant) and given.value is True


def _without(drafts: Drafts, call: ast.Call) -> str:
    """The call without `inplace=True`, and so the calls that it is chained to."""
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call) and _in_place(call.func.value):
        return drafts.called(call, drop=("inplace",), function=f"{_without(drafts, call.func.value)}.{call.func.attr}")
    return drafts.called(call, drop=("inplace",))


def with_columns_assigned(code: str) -> str:
    """The code with `df["a"] = df["a"].fillna(0)` for `df["a"].fillna(0, inplace=True)`.

    What pandas 3 changes there is a copy: it says so in a warning, and nothing happens. No error, so no diagnosis.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return code
    lines = code.split("\n")
    assigned = []
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Subscript() as column)) as call) if _says_so(
                call
            ):
                call.keywords = [word for word in call.keywords if word.arg != "inplace"]
                target = edits.text_at(code, edits.span_of(column, lines))
                assigned.append((edits.span_of(node, lines), f"{target} = {ast.unparse(call)}"))
    return edits.replace_all(code, assigned)
