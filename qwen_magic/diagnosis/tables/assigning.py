"""Values that a column, an array or a category does not take; files that are not what they seem."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.expressions import factor
from qwen_magic.diagnosis.running import running_nodes, running_statement
from qwen_magic.snapshot import Diagnosis


def wrong_dtype(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.loc[0, "n"] = "high"` into a column of numbers; a new category."""
    step = evidence.last
    invalid = re.match(r"Invalid value '(.*)' for dtype '(\w+)'", evidence.message, re.DOTALL)
    category = re.search(r"Cannot setitem on a Categorical with a new category \((.*?)\)", evidence.message)
    if not isinstance(evidence.error, TypeError) or step is None or not (invalid or category):
        return
    node, drafts = step.node, Drafts(evidence, step)
    if not isinstance(node, ast.Subscript) or not isinstance(step.statement, ast.Assign):
        return
    base = node.value.value if isinstance(node.value, ast.Attribute) else node.value
    index = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) else None
    column = f"{drafts.operand(base)}[{drafts.source(index)}]" if index is not None else drafts.source(base)
    value = drafts.source(step.statement.value)
    if category:
        new = f"{column} = {column}.cat.add_categories([{value}])"
        drafts.edit(line_above=new)
        drafts.edit(line_above=f"{column} = {column}.astype(object)")
        cause = (f"`{column}` has no category {category[1]}.", f"`{column}` 没有类别 {category[1]}。")
    else:
        kind = type(step.value(step.statement.value))
        into = "float" if kind is float else "object"
        if kind is str and re.fullmatch(r"-?\d+(\.\d+)?", step.value(step.statement.value)):
            drafts.edit((step.statement.value, step.value(step.statement.value)))
        new = f"{column} = {column}.astype({into})"
        drafts.edit(line_above=new, certain=into == "float")
        typed = invalid[2] if invalid else ""
        cause = (f"`{column}` holds {typed} and does not take {value}.", f"`{column}` 是 {typed}，存不了 {value}。")
    yield drafts.diagnosis("wrong-dtype", cause, (f"First write `{new}`.", f"先写 `{new}`。"))


def several_columns(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df[["a", "b"]] = df["name"].str.split(" ")`: the parts are still in one column."""
    step = evidence.last
    if not isinstance(evidence.error, ValueError) or evidence.message != "Columns must be same length as key":
        return
    statement = running_statement(evidence, step) if step is not None else None
    if step is None or not isinstance(statement, ast.Assign):
        return
    drafts = Drafts(evidence, step)
    for call in ast.walk(statement.value):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        expands = any(word.arg == "expand" for word in call.keywords)
        if call.func.attr in ("split", "rsplit"):
            target = statement.targets[0]
            count = (
                len(target.slice.elts)
                if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.List)
                else 0
            )
            limited = drafts.called(call, drop=("n", "expand"), add=f"n={max(count - 1, 1)}, expand=True")
            text = limited if expands else drafts.called(call, add="expand=True")
            drafts.edit((call, text), certain=not expands)
            drafts.edit((call, limited))
        elif call.func.attr == "apply":
            text = drafts.called(call, add='result_type="expand"')
            drafts.edit((call, text))
        else:
            continue
        yield drafts.diagnosis(
            "several-columns",
            ("The right side has another number of columns than the left.", "等号两边的列数不同。"),
            (f"Write `{text}`.", f"请写 `{text}`。"),
        )
        return


def in_place(evidence: Evidence) -> Iterator[Diagnosis]:
    """`x += 0.5` on an array of whole numbers."""
    step = evidence.last
    found = re.search(r"Cannot cast ufunc '\w+' output from dtype\('(\w+)'\) to dtype\('(\w+)'\)", evidence.message)
    if not isinstance(evidence.error, TypeError) or not found or step is None:
        return
    statement = running_statement(evidence, step)
    if not isinstance(statement, ast.AugAssign):
        return
    drafts, name = Drafts(evidence, step), ast.unparse(statement.target)
    symbol = ast.unparse(statement).removeprefix(name).split("=")[0].strip()
    target = drafts.source(statement.target)
    value = factor(drafts.source(statement.value))
    text = f"{target} = {target} {symbol} {value}"
    drafts.edit((statement, text), certain=isinstance(statement.target, ast.Name))
    drafts.edit(line_above=f"{name} = {name}.astype(float)")
    yield drafts.diagnosis(
        "in-place-cast",
        (
            f"`{name}` holds {found[2]} and cannot become {found[1]} in place.",
            f"`{name}` 是 {found[2]}，不能就地变成 {found[1]}。",
        ),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )


def text_as_file(evidence: Evidence) -> Iterator[Diagnosis]:
    """`pd.read_csv("a,b\\n1,2")`: text where a file name is wanted."""
    step = evidence.last
    if not isinstance(evidence.error, OSError) or step is None:
        return
    for call in running_nodes(evidence, step):
        if not isinstance(call, ast.Call) or not call.args or ".read_" not in ast.unparse(call.func):
            continue
        text = step.value(call.args[0])
        if type(text) is str and ("\n" in text or text.lstrip()[:1] in "[{") and text.strip():
            drafts = Drafts(evidence, step)
            module = "io." if evidence.namespace.get("StringIO") is None else ""
            new = f"{module}StringIO({drafts.source(call.args[0])})"
            drafts.edit(
                (call.args[0], new),
                certain=True,
                imports="import io" if module and "io" not in evidence.namespace else "",
            )
            yield drafts.diagnosis(
                "text-as-file",
                ("The text itself was taken for a file name.", "这段文字被当成了文件名。"),
                ("Wrap the text in `io.StringIO(...)`.", "用 `io.StringIO(...)` 包住这段文字。"),
            )
            return


def rename_rows(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.rename({"a": "b"})` renames rows; the error comes later, for the missing column."""
    step = evidence.last
    if not isinstance(evidence.error, KeyError) or step is None or not evidence.error.args:
        return
    missing = evidence.error.args[0]
    for call in ast.walk(step.tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "rename":
            continue
        if (
            not call.args
            or not isinstance(call.args[0], ast.Dict)
            or any(w.arg in ("axis", "columns") for w in call.keywords)
        ):
            continue
        if missing in [value.value for value in call.args[0].values if isinstance(value, ast.Constant)]:
            drafts = Drafts(evidence, step)
            new = f"columns={drafts.source(call.args[0])}"
            drafts.edit((call.args[0], new), certain=True)
            yield drafts.diagnosis(
                "rename-rows",
                ("`rename` renames rows unless told otherwise.", "`rename` 默认改行名。"),
                (f"Write `rename({new})`.", f"请写 `rename({new})`。"),
            )
            return
