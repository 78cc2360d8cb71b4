"""As many values as there are rows or names, and functions that take only one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.tables import columns
from qwen_magic.diagnosis.tables.origins import cuts
from qwen_magic.snapshot import Diagnosis


def new_column(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df["x"] = values` of another length, and `df.columns = [...]` of another number."""
    step = evidence.last
    if not isinstance(evidence.error, ValueError) or step is None:
        return
    drafts, statement = Drafts(evidence, step), step.statement
    value = statement.value if isinstance(statement, ast.Assign) else None
    if found := re.match(r"Length of values \((\d+)\) does not match length of index \((\d+)\)", evidence.message):
        if value is not None:
            _fitted(drafts, value, int(found[1]), int(found[2]))
        yield drafts.diagnosis(
            "column-length",
            (
                f"The new column has {found[1]} values, but the frame has {found[2]} rows.",
                f"新列有 {found[1]} 个值，而表有 {found[2]} 行。",
            ),
            (f"Give it {found[2]} values.", f"请给出 {found[2]} 个值。"),
        )
    elif found := re.match(
        r"Length mismatch: Expected axis has (\d+) elements, new values have (\d+)", evidence.message
    ):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        frame = columns.live(step, target.value) if isinstance(target, ast.Attribute) else None
        hint = ""
        named = isinstance(target, ast.Attribute) and target.attr == "columns"
        if columns.kind(frame) == "DataFrame" and value is not None and isinstance(target, ast.Attribute) and named:
            base, shown = drafts.source(target.value), columns.names(frame)
            rest = shown[int(found[2]) :]
            hint = f"{base}.columns = {drafts.operand(value)} + {rest!r}" if len(rest) <= 8 else ""
            if rest and hint:
                drafts.edit((value, f"{drafts.operand(value)} + {rest!r}"))
            elif not rest:
                drafts.edit((value, f"{drafts.operand(value)}[:{found[1]}]"))
        what = ("columns", "列") if named else ("rows", "行")
        yield drafts.diagnosis(
            "number-of-names",
            (
                f"There are {found[1]} {what[0]}, but {found[2]} names.",
                f"有 {found[1]} {what[1]}，却给了 {found[2]} 个名字。",
            ),
            (f"Give {found[1]} names.", f"请给出 {found[1]} 个名字。"),
        )


def _fitted(drafts: Drafts, value: ast.expr, given: int, rows: int) -> None:
    """Make as many values as there are rows."""
    if given > rows:
        drafts.edit((value, f"{drafts.operand(value)}[:{rows}]"))
    elif given == 1 and isinstance(value, ast.List):
        drafts.edit((value, drafts.source(value.elts[0])), certain=True)
    if not any(cuts(drafts.step, value, rows - given)):
        pd = columns.alias(drafts.evidence, "pandas", "pd")
        drafts.edit((value, f"{pd}.Series({drafts.source(value)})"))


def scalars_wanted(evidence: Evidence) -> Iterator[Diagnosis]:
    """`math.sqrt(array)`, `int(df["a"])`, `round` of many: functions for one number."""
    step = evidence.last
    said = evidence.message
    wanted = re.search(
        r"can be converted to Python scalars|must be real number, not Series|argument must be.*not 'Series'|"
        r"cannot convert the series to",
        said,
    )
    if not isinstance(evidence.error, TypeError) or step is None or not wanted or not isinstance(step.node, ast.Call):
        return
    call, drafts = step.node, Drafts(evidence, step)
    name = ast.unparse(call.func).rsplit(".", 1)[-1]
    if not call.args:
        return
    if ast.unparse(call.func).startswith("math."):
        np = columns.alias(evidence, "numpy", "np")
        renames = {"pow": "power", "ceil": "ceil", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "fabs": "abs"}
        text = drafts.called(call, function=f"{np}.{renames.get(name, name)}")
        drafts.edit((call, text), certain=True, imports=columns.import_for(evidence, "numpy", "np"))
    elif name in ("int", "float"):
        first, value = drafts.operand(call.args[0]), columns.live(step, call.args[0])
        ways = [f"{first}.astype({name})", f"{name}({first}.iloc[0])"]
        # What a filter leaves is often meant to be one value.
        if any(isinstance(n, ast.Compare) for n in ast.walk(call.args[0])):
            ways.reverse()
        one = columns.kind(value) == "Series" and len(value) == 1
        text = f"{name}({first}.item())" if one else ways[0]
        # A new column is made of all values.
        target = statement.targets[0] if isinstance(statement := step.statement, ast.Assign) else None
        whole = isinstance(target, ast.Subscript) and isinstance(statement, ast.Assign) and statement.value is call
        whole = whole and columns.kind(value) == "Series" and ways[0].endswith(f"({name})")
        for way in [text] if one else ways:
            drafts.edit((call, way), certain=one or (whole and way == ways[0]))
    else:
        return
    yield drafts.diagnosis(
        "one-number-wanted",
        (f"`{name}` takes one number, not many.", f"`{name}` 只接受单个数，不能接受整列。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )
