"""Categories: values that a categorical column does not have among its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.snapshot import Diagnosis


def new_category(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df["stage"].fillna("unknown")`, `df.loc[0, "stage"] = "V"`: the category has to be there first."""
    step = evidence.last
    if step is None or "Cannot setitem on a Categorical with a new category" not in evidence.message:
        return
    drafts = Drafts(evidence, step)
    call = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and _replaces(n)), None)
    statement = step.statement
    if call is not None and isinstance(call.func, ast.Attribute):
        column = drafts.operand(call.func.value)
        value = drafts.source(call.args[0])
        added = f"{column}.cat.add_categories({value})"
        drafts.edit((call.func.value, added), certain=True)
        drafts.edit((call.func.value, f"{column}.astype(object)"))
    elif isinstance(statement, ast.Assign) and isinstance(target := statement.targets[0], ast.Subscript):
        name = _column(target)
        if name is None:
            return
        column, value = f"{drafts.operand(name[0])}[{drafts.source(name[1])}]", drafts.source(statement.value)
        added = f"{column}.cat.add_categories({value})"
        drafts.edit((statement, drafts.source(statement)), line_above=f"{column} = {added}", certain=True)
    else:
        return
    yield drafts.diagnosis(
        "new-category",
        (f"{value} is not among the categories of `{column}`.", f"{value} 不在 `{column}` 的类别中。"),
        (f"Add it first: `{added}`.", f"先添加类别：`{added}`。"),
    )


def _replaces(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("fillna", "where", "mask") and bool(call.args)


def _column(target: ast.Subscript) -> tuple[ast.expr, ast.expr] | None:
    """The frame and the column of `df.loc[rows, column]` and `df.at[row, column]`."""
    inner, index = target.value, target.slice
    if isinstance(inner, ast.Attribute) and inner.attr in ("loc", "at") and isinstance(index, ast.Tuple):
        return inner.value, index.elts[-1]
    return None
