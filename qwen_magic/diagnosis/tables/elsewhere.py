"""Functions of pandas called as methods, methods called as functions, and methods that only some of its things have."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_OF_COLUMN = frozenset({"unique", "tolist", "to_list", "str", "dt", "between", "map", "hist", "factorize"})


def method_or_function(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.get_dummies(columns=["c"])`, `df["d"].to_datetime()`, `pd.sort_values(df, "n")`, `df.unique("c")`."""
    step = evidence.last
    found = re.match(
        r"'(DataFrame|Series|DataFrameGroupBy|SeriesGroupBy)' object has no attribute '(\w+)'"
        r"|module '(pandas)' has no attribute '(\w+)'",
        evidence.message,
    )
    node = step.node if step is not None else None
    if (
        not isinstance(evidence.error, AttributeError)
        or not found
        or step is None
        or not isinstance(node, ast.Attribute)
    ):
        return
    name, drafts = found[2] or found[4], Drafts(evidence, step)
    call = step.parents.get(node)
    if node.attr != name or not isinstance(call, ast.Call) or call.func is not node:
        return
    if found[3]:
        texts = list(_as_method(drafts, call, name))
    elif found[1].endswith("GroupBy"):
        texts = list(_of_groups(drafts, call, node, name))
    else:
        texts = list(_as_function(evidence, drafts, call, node, name))
    for text in texts:
        drafts.edit((call, text), certain=len(texts) == 1 and "GroupBy" not in evidence.message)
    if texts:
        yield drafts.diagnosis(
            "method-or-function",
            (f"`{name}` is not called in this way.", f"`{name}` 不是这样调用的。"),
            (f"Write `{texts[0]}`.", f"请写 `{texts[0]}`。"),
        )


def _given(drafts: Drafts, call: ast.Call, skip: int = 0) -> list[str]:
    """The arguments as they were typed, without the first ones."""
    named = [f"{word.arg}={drafts.source(word.value)}" if word.arg else drafts.source(word) for word in call.keywords]
    return [*(drafts.source(part) for part in call.args[skip:]), *named]


def _as_function(evidence: Evidence, drafts: Drafts, call: ast.Call, node: ast.Attribute, name: str) -> Iterator[str]:
    pandas, base = vars(sys.modules["pandas"]), drafts.source(node.value)
    pd, given = columns.alias(evidence, "pandas", "pd"), _given(drafts, call)
    held: Any = columns.live(drafts.step, node.value)
    if name == "concat" and call.args:
        others = call.args[0].elts if isinstance(call.args[0], (ast.List, ast.Tuple)) else [call.args[0]]
        rest = [f"[{', '.join([base, *(drafts.source(other) for other in others)])}]", *given[1:]]
        yield f"{pd}.concat({', '.join(rest)})"
    elif name == "crosstab" and columns.kind(held) == "DataFrame":
        labels = [drafts.step.value(part) for part in call.args]
        if len(labels) > 1 and all(label in columns.names(held) for label in labels[:2]):
            parts = [f"{base}[{drafts.source(part)}]" for part in call.args[:2]]
            yield f"{pd}.crosstab({', '.join([*parts, *given[2:]])})"
    elif name in _OF_COLUMN and columns.kind(held) == "DataFrame" and call.args:
        label = drafts.step.value(call.args[0])
        if type(label) is str and label in columns.names(held):
            yield f"{base}[{drafts.source(call.args[0])}].{name}({', '.join(_given(drafts, call, 1))})"
    elif isinstance(pandas.get(name), FunctionType) and not name.startswith(("read_", "set_", "get_option")):
        yield f"{pd}.{name}({', '.join([base, *given])})"


def _as_method(drafts: Drafts, call: ast.Call, name: str) -> Iterator[str]:
    held = columns.live(drafts.step, call.args[0]) if call.args else None
    kind = columns.kind(held)
    if kind in ("DataFrame", "Series") and callable(getattr(type(held), name, None)) and not name.startswith("_"):
        yield f"{drafts.operand(call.args[0])}.{name}({', '.join(_given(drafts, call, 1))})"


def _of_groups(drafts: Drafts, call: ast.Call, node: ast.Attribute, name: str) -> Iterator[str]:
    """What is done to each group: `df.groupby("g").sort_values("n")`."""
    whole = vars(sys.modules["pandas"])["DataFrame"]
    part = "part" if "part" not in drafts.step.names else "group"
    if name in ("sort_values", "nlargest", "nsmallest", "drop_duplicates", "interpolate", "dropna") and hasattr(
        whole, name
    ):
        yield f"{drafts.source(node.value)}.apply(lambda {part}: {part}.{name}({', '.join(_given(drafts, call))}))"


def loose_names(evidence: Evidence) -> Iterator[Diagnosis]:
    """`pd.crosstab("g", "n")`: names of columns without their frame."""
    step = evidence.last
    if not isinstance(evidence.error, ValueError) or step is None or "using all scalar values" not in evidence.message:
        return
    for call in running_nodes(evidence, step):
        if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith(".crosstab") or len(call.args) < 2:
            continue
        labels, drafts = [step.value(part) for part in call.args[:2]], Drafts(evidence, step)
        frames = list(_frames_with(step, labels))
        for frame in frames:
            drafts.edit(
                *((part, f"{frame}[{drafts.source(part)}]") for part in call.args[:2]), certain=len(frames) == 1
            )
        if frames:
            yield drafts.diagnosis(
                "loose-names",
                ("`crosstab` takes columns, not their names.", "`crosstab` 要的是列，不是列名。"),
                (f"Write `{frames[0]}[...]`.", f"请写 `{frames[0]}[...]`。"),
            )


def _frames_with(step: Step, labels: list[Any]) -> Iterator[str]:
    for name, value in step.names.items():
        frame = columns.kind(value) == "DataFrame" and not name.startswith("_")
        if frame and all(label in columns.names(value) for label in labels):
            yield name


def text_for_list(evidence: Evidence) -> Iterator[Diagnosis]:
    """`pd.get_dummies(df, columns="c")`, `df.rename("a", "b")`, `df.rename(columns=["a", "b"])`, `pd.merge([a, b])`."""
    step = evidence.last
    call = step.node if step is not None else None
    if not isinstance(evidence.error, TypeError) or step is None or not isinstance(call, ast.Call):
        return
    drafts, function = Drafts(evidence, step), ast.unparse(call.func).rpartition(".")[2]
    keywords = {word.arg: word.value for word in call.keywords}
    said = evidence.message
    if "must be a list-like for parameter" in said and "columns" in keywords:
        drafts.edit((keywords["columns"], f"[{drafts.source(keywords['columns'])}]"), certain=True)
    elif function == "rename" and len(call.args) == 2 and all(type(step.value(a)) is str for a in call.args):
        old, new = (drafts.source(part) for part in call.args)
        text = f"{drafts.source(call.func)}(columns={{{old}: {new}}})"
        drafts.edit((call, text), certain=not call.keywords)
    elif function == "rename" and isinstance(keywords.get("columns"), ast.List) and "not callable" in said:
        drafts.edit((call, f"{ast.unparse(call.func)[:-7]}.set_axis({drafts.source(keywords['columns'])}, axis=1)"))
    elif function == "merge" and len(call.args) == 1 and isinstance(call.args[0], ast.List) and "right" in said:
        pair = call.args[0].elts
        drafts.edit((call.args[0], ", ".join(drafts.source(part) for part in pair)), certain=len(pair) == 2)
    elif function == "assign" and len(call.args) == 2 and type(step.value(call.args[0])) is str:
        label = step.value(call.args[0])
        name = f"{label}=" if label.isidentifier() else f"**{{{label!r}: "
        text = f"{name}{drafts.source(call.args[1])}{'' if label.isidentifier() else '}'}"
        drafts.edit((call, f"{drafts.source(call.func)}({text})"), certain=True)
    if drafts.rewrites:
        yield drafts.diagnosis(
            "other-shape",
            (f"`{function}` takes these arguments in another shape.", f"`{function}` 的参数要用另一种形式。"),
            ("Write them as in the suggestion.", "请照建议改写。"),
        )
