"""Rows, columns and cells of frames taken in a way that pandas does not mean."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.running import running_nodes, running_statement
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_STR_METHODS = (
    "upper lower strip lstrip rstrip split rsplit title capitalize startswith endswith contains zfill cat extract "
    "removeprefix removesuffix findall swapcase center ljust rjust isdigit isnumeric isalpha slice"
)
_DATE_PARTS = (
    "year month day hour minute second days weekday dayofweek day_name month_name date time strftime quarter "
    "dayofyear isocalendar total_seconds normalize seconds to_period is_month_end is_leap_year"
)


def accessor(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df["name"].upper()`, `df["day"].year`: they are behind `.str` and `.dt`."""
    step = evidence.last
    found = re.match(r"'Series' object has no attribute '(\w+)'", evidence.message)
    if not isinstance(evidence.error, AttributeError) or not found or step is None:
        return
    name, values = found[1], evidence.error.obj
    if columns.kind(values) != "Series":
        return
    node = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Attribute) and n.attr == name), None)
    if node is None:
        return
    drafts = Drafts(evidence, step)
    dated = columns.is_datetime(values) or columns.dtype(values).startswith("timedelta64")
    text, ways = drafts.operand(node.value), list[tuple[str, bool]]()
    if name in _STR_METHODS.split() and (columns.is_text(values) or "str" in columns.dtype(values)):
        new = f"{text}.str.{name}"
    elif name in _DATE_PARTS.split() and dated:
        new = f"{text}.dt.{name}"
    elif name in _DATE_PARTS.split() and columns.is_dates(values):
        pd = columns.alias(evidence, "pandas", "pd")
        ways = [
            (f"{made}.dt.{name}", sure) for made, sure in columns.to_datetime(pd, drafts.source(node.value), values)
        ]
        new = ways[0][0]
    else:
        return
    for way, sure in ways or [(new, True)]:
        drafts.edit((node, way), certain=sure)
    behind = ".str" if ".str." in new else ".dt"
    yield drafts.diagnosis(
        "accessor",
        (f"A column has no `.{name}`; it is behind `{behind}`.", f"列没有 `.{name}`，要通过 `{behind}` 来用。"),
        (f"Write `{new}`.", f"请写 `{new}`。"),
    )


def wrong_accessor(evidence: Evidence) -> Iterator[Diagnosis]:
    """`.dt` on text, `.str` on numbers."""
    step = evidence.last
    found = re.match(r"Can only use \.(str|dt) accessor with", evidence.message)
    if not isinstance(evidence.error, AttributeError) or not found or step is None:
        return
    drafts = Drafts(evidence, step)
    for node in running_nodes(evidence, step):
        if not isinstance(node, ast.Attribute) or node.attr != found[1]:
            continue
        source, values = drafts.source(node.value), columns.live(step, node.value)
        pd = columns.alias(evidence, "pandas", "pd")
        if found[1] == "dt":
            made = columns.to_datetime(pd, source, values)
            new = made[0][0]
            for way, sure in made:
                drafts.edit((node, f"{way}.dt"), certain=sure and columns.is_dates(values))
            holds = ("text", "文字") if columns.is_text(values) else ("no dates", "非日期")
        else:
            new = f"{drafts.operand(node.value)}.astype(str)"
            method = step.parents.get(node, node)
            outer = step.parents.get(method, node)
            cleans = isinstance(method, ast.Attribute) and method.attr in ("replace", "strip", "lstrip", "rstrip")
            # Numbers need no cleaning: what was meant to make them from text has been done before.
            if isinstance(outer, ast.Call) and columns.is_number(values) and cleans:
                drafts.edit((outer, source))
            whole = columns.dtype(values).lower().startswith(("int", "uint"))
            drafts.edit((node, f"{new}.str"), certain=whole and not cleans)
            if isinstance(outer, ast.Call) and columns.is_number(values):
                drafts.edit((outer, source))
            holds = ("numbers", "数字") if columns.is_number(values) else ("no text", "非文字")
        drafts.edit(line_above=f"{source} = {new}")
        yield drafts.diagnosis(
            "wrong-accessor",
            (
                f"`{source}` holds {holds[0]}, so it has no `.{found[1]}`.",
                f"`{source}` 里是{holds[1]}，没有 `.{found[1]}`。",
            ),
            (f"Write `{new}.{found[1]}`.", f"请写 `{new}.{found[1]}`。"),
        )
        return


def row_function(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.apply(lambda row: row["a"] ...)` without `axis=1`."""
    if not isinstance(evidence.error, (KeyError, AttributeError)):
        return
    missing = evidence.error.args[0] if isinstance(evidence.error, KeyError) and evidence.error.args else None
    if isinstance(evidence.error, AttributeError):
        if columns.kind(evidence.error.obj) != "Series":
            return
        missing = evidence.error.name
    for step in reversed(evidence.steps):
        for call in running_nodes(evidence, step):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "apply":
                continue
            frame = columns.live(step, call.func.value)
            if isinstance(call.func.value, ast.Subscript) and frame is MISSING:
                frame = columns.live(step, call.func.value.value)
            if columns.kind(frame) != "DataFrame" or missing not in columns.names(frame):
                continue
            if any(word.arg == "axis" for word in call.keywords) or len(call.args) > 1:
                continue
            drafts = Drafts(evidence, step)
            drafts.edit((call, drafts.called(call, add="axis=1")), certain=True)
            yield drafts.diagnosis(
                "apply-needs-axis",
                (
                    f"`apply` hands over columns, which have no {missing!r}.",
                    f"`apply` 默认传入列，列里没有 {missing!r}。",
                ),
                ("Add `axis=1` to `apply` to get rows.", "给 `apply` 加上 `axis=1`，传入的就是行。"),
            )
            return


def iterating(evidence: Evidence) -> Iterator[Diagnosis]:
    """`for i, row in df:`, `for row in df: row["a"]`, `for row in df.iterrows(): row["a"]`."""
    step = evidence.last
    if not isinstance(evidence.error, (TypeError, ValueError)) or step is None:
        return
    statement = running_statement(evidence, step)
    loop = statement if isinstance(statement, ast.For) else next(step.around(statement, ast.For), None)
    if loop is None:
        return
    drafts = Drafts(evidence, step)
    source = drafts.source(loop.iter)
    value = columns.live(step, loop.iter)
    pairs = isinstance(loop.target, ast.Tuple)
    method = (
        loop.iter.func.attr if isinstance(loop.iter, ast.Call) and isinstance(loop.iter.func, ast.Attribute) else ""
    )
    if columns.kind(value) == "DataFrame" and pairs and "unpack" in evidence.message:
        drafts.edit((loop.iter, f"{source}.iterrows()"), certain=_uses_row(loop, value))
        drafts.edit((loop.iter, f"{source}.items()"))
        cause = (f"Iterating over `{source}` gives column names.", f"遍历 `{source}` 得到的是列名。")
    elif columns.kind(value) == "DataFrame" and "indices" in evidence.message:
        # A column name of two letters could be unpacked.
        target = drafts.source(loop.target) if pairs else f"_, {drafts.source(loop.target)}"
        drafts.edit((loop.target, target), (loop.iter, f"{source}.iterrows()"), certain=True)
        cause = (f"Iterating over `{source}` gives column names, not rows.", f"遍历 `{source}` 得到的是列名，不是行。")
    elif method == "iterrows" and not pairs and "indices" in evidence.message:
        drafts.edit((loop.target, f"_, {drafts.source(loop.target)}"), certain=True)
        cause = ("`iterrows` gives pairs of index and row.", "`iterrows` 给出的是 (索引, 行)。")
    elif method == "itertuples" and "indices" in evidence.message:
        _tuples(drafts, loop)
        cause = ("`itertuples` gives rows whose columns are attributes.", "`itertuples` 的每一行要用属性取列。")
    elif "'method' object is not iterable" in evidence.message and isinstance(loop.iter, ast.Attribute):
        drafts.edit((loop.iter, f"{source}()"), certain=True)
        cause = (f"`{source}` is a method that was not called.", f"`{source}` 是方法，还没有调用。")
    else:
        return
    target = drafts.source(loop.target)
    base = ast.unparse(loop.iter).split(".iter")[0]
    hint = f"for {target if pairs else '_, ' + target} in {base}.iterrows():"
    yield drafts.diagnosis("iterating-a-frame", cause, (f"Write `{hint}`.", f"请写 `{hint}`。"))


def _uses_row(loop: ast.For, frame: object) -> bool:
    used = {n.value for n in ast.walk(loop) if isinstance(n, ast.Constant)}
    return bool(used & set(columns.names(frame)))


def _tuples(drafts: Drafts, loop: ast.For) -> None:
    name = ast.unparse(loop.target)
    changes = [
        (n, f"{name}.{n.slice.value}")
        for n in ast.walk(loop)
        if isinstance(n, ast.Subscript) and ast.unparse(n.value) == name and isinstance(n.slice, ast.Constant)
        if type(n.slice.value) is str and n.slice.value.isidentifier()
    ]
    drafts.edit(*changes, certain=bool(changes))
    source = drafts.source(loop.iter)
    drafts.edit((loop.target, f"_, {name}"), (loop.iter, source.replace("itertuples", "iterrows")))


def positions_and_labels(evidence: Evidence) -> Iterator[Diagnosis]:
    """`df.iloc["name"]`, `df.loc[0, 2]`, `df["a", "b"]`, `.groupby("g")["a", "b"]`."""
    step = evidence.last
    if step is None or not isinstance(node := step.node, ast.Subscript):
        return
    drafts = Drafts(evidence, step)
    said = evidence.message
    listed = isinstance(node.slice, ast.Tuple) and all(type(step.value(p)) is str for p in node.slice.elts)
    if listed and isinstance(node.slice, ast.Tuple):
        inside = f"[{', '.join(drafts.source(part) for part in node.slice.elts)}]"
        frame = columns.live(step, node.value)
        parts = {step.value(part) for part in node.slice.elts}
        known = columns.kind(frame) == "DataFrame" and parts <= set(columns.names(frame))
        if "Cannot subset columns with a tuple" in said or (known and isinstance(evidence.error, KeyError)):
            drafts.edit((node.slice, inside), certain=True)
            yield _picked(drafts, "Several columns are picked with a list.", "选取多列要用列表。", f"[{inside}]")
        return
    if not isinstance(node.value, ast.Attribute) or node.value.attr not in ("iloc", "loc", "iat", "at"):
        return
    other = {"iloc": "loc", "loc": "iloc", "iat": "at", "at": "iat"}[node.value.attr]
    frame = columns.live(step, node.value.value)
    new = drafts.renamed(node.value, other)
    if node.value.attr in ("iloc", "iat") and ("ocation" in said or "integer" in said or "positional" in said):
        if "out-of-bounds" in said or (columns.kind(frame) == "DataFrame" and _labels(step, node.slice, frame)):
            return
        drafts.edit((node.value, new))
        yield _picked(drafts, "`.iloc` takes positions, not labels.", "`.iloc` 要位置，不要标签。", f"{new}[...]")
    elif isinstance(evidence.error, KeyError) and columns.kind(frame) == "DataFrame":
        parts_ = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        last = step.value(parts_[-1])
        if len(parts_) == 2 and type(last) is int and 0 <= last < len(frame.columns):
            drafts.edit((node.value, new))
            drafts.edit((parts_[1], repr(columns.names(frame)[last])))
            yield _picked(drafts, "`.loc` takes labels, not positions.", "`.loc` 要标签，不要位置。", f"{new}[...]")


def _labels(step: Step, index: ast.expr, frame: object) -> bool:
    last = index.elts[-1] if isinstance(index, ast.Tuple) else None
    rows = index.elts[0] if isinstance(index, ast.Tuple) else None
    texts = [n for n in ast.walk(rows) if isinstance(n, ast.Constant) and type(n.value) is str] if rows else []
    return last is not None and step.value(last) in columns.names(frame) and not texts


def _picked(drafts: Drafts, en: str, zh: str, write: str) -> Diagnosis:
    return drafts.diagnosis("position-or-label", (en, zh), (f"Write `{write}`.", f"请写 `{write}`。"))
