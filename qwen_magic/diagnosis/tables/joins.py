"""Frames that are merged, grouped, built and given new columns."""

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


def _call(evidence: Evidence, step: Step, *names: str) -> tuple[ast.Call, str] | None:
    for node in running_nodes(evidence, step):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rsplit(".", 1)[-1]
            if name in names:
                return node, name
    return None


def _sides(step: Step, call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    method = isinstance(call.func, ast.Attribute) and columns.kind(step.value(call.func.value)) == "DataFrame"
    if method and isinstance(call.func, ast.Attribute) and call.args:
        return call.func.value, call.args[0]
    return (call.args[0], call.args[1]) if len(call.args) > 1 else None


def _word(step: Step, call: ast.Call, name: str) -> Any:
    return next((step.value(word.value) for word in call.keywords if word.arg == name), None)


def merging(evidence: Evidence) -> Iterator[Diagnosis]:
    """Keys of other types, other names, or none in common."""
    step = evidence.last
    if not isinstance(evidence.error, (ValueError, KeyError)) or step is None:
        return
    found = _call(evidence, step, "merge", "join")
    sides = _sides(step, found[0]) if found else None
    if found is None or sides is None:
        return
    call, drafts = found[0], Drafts(evidence, step)
    left, right = (columns.live(step, side) for side in sides)
    if columns.kind(left) != "DataFrame" or columns.kind(right) != "DataFrame":
        return
    if "You are trying to merge on" in evidence.message:
        yield from _key_types(evidence, drafts, call, sides)
    elif "No common columns to perform merge on" in evidence.message or isinstance(evidence.error, KeyError):
        yield from _key_names(evidence, drafts, call, (left, right))
    elif "columns overlap but no suffix" in evidence.message:
        text = drafts.called(call, add='rsuffix="_2"')
        key = next((word.value for word in call.keywords if word.arg == "on"), None)
        if key is not None and type(step.value(key)) is str and step.value(key) in columns.names(right):
            # `join` looks the key up among the labels of the other rows.
            text = drafts.called(call, function=f"{drafts.operand(sides[0])}.merge")
        drafts.edit((call, text))
        cause = ("Both frames have a column of the same name.", "两个表有同名的列。")
        yield drafts.diagnosis("merge", cause, (f"Write `{text}`.", f"请写 `{text}`。"))


def _key_types(
    evidence: Evidence, drafts: Drafts, call: ast.Call, sides: tuple[ast.expr, ast.expr]
) -> Iterator[Diagnosis]:
    key = re.search(r"for key '(.*?)'", evidence.message)
    on = _word(drafts.step, call, "on") or (key[1] if key else None)
    labels = [_word(drafts.step, call, "left_on") or on, _word(drafts.step, call, "right_on") or on]
    if not all(type(label) is str for label in labels):
        return
    pairs = [
        (side, label, columns.column(columns.live(drafts.step, side), label))
        for side, label in zip(sides, labels, strict=True)
    ]
    texts = [columns.is_text(values) for _, _, values in pairs]
    if texts.count(True) != 1:
        return
    text, number = pairs[texts.index(True)], pairs[texts.index(False)]
    ways = []
    values = columns.samples(text[2])
    # Where texts have zeros in front, numbers made of them match, and texts made of numbers never do.
    whole = all(re.fullmatch(r"\d+", value) for value in values)
    exact = whole and not any(value.startswith("0") and len(value) > 1 for value in values)
    for (side, label, _), into in ((text, "int"), (number, "str")) if whole else ((number, "str"), (text, "int")):
        ways.append(f"{drafts.operand(side)}.assign(**{{{label!r}: {drafts.operand(side)}[{label!r}].astype({into})}})")
        if str(label).isidentifier():
            ways[-1] = f"{drafts.operand(side)}.assign({label}={drafts.operand(side)}[{label!r}].astype({into}))"
        line = f"{drafts.operand(side)}[{label!r}] = {drafts.operand(side)}[{label!r}].astype({into})"
        drafts.edit((side, ways[-1]), certain=exact and into == "int" and columns.dtype(number[2]).startswith("int"))
        drafts.edit(line_above=line)
    side, label, _ = text if whole else number
    target = f"{drafts.source(side)}[{label!r}]"
    hint = f"{target} = {target}.astype({'int' if whole else 'str'})"
    yield drafts.diagnosis(
        "merge-key-types",
        (
            f"The keys are text in `{drafts.source(text[0])}` and numbers in `{drafts.source(number[0])}`.",
            f"键在 `{drafts.source(text[0])}` 中是文字，在 `{drafts.source(number[0])}` 中是数字。",
        ),
        (f"First write `{hint}`.", f"先写 `{hint}`。"),
    )


def _key_names(evidence: Evidence, drafts: Drafts, call: ast.Call, frames: tuple[Any, Any]) -> Iterator[Diagnosis]:
    names = [[n for n in columns.names(frame) if type(n) is str] for frame in frames]
    on = _word(drafts.step, call, "on")
    pairs = [(a, b) for a in names[0][:8] for b in names[1][:8] if _alike(frames, a, b)]
    if type(on) is str:
        pairs = [pair for pair in pairs if on in pair]
    pairs.sort(key=lambda pair: -(pair[0] in pair[1] or pair[1] in pair[0]))
    common = [n for n in names[0] if n in names[1]]
    for name in common[:2]:
        drafts.edit((call, drafts.called(call, drop=("on",), add=f"on={name!r}")))
    for a, b in pairs[:4]:
        text = drafts.called(call, drop=("on", "left_on", "right_on"), add=f"left_on={a!r}, right_on={b!r}")
        # Small numbers are often the same by chance.
        texts = all(columns.is_text(columns.column(frame, n)) for frame, n in zip(frames, (a, b), strict=True))
        alike = texts or a.lower() in b.lower() or b.lower() in a.lower()
        drafts.edit((call, text), certain=len(pairs) == 1 and not common and alike)
    if not drafts.rewrites:
        return
    best = common[0] if common else ""
    hint = f"on={best!r}" if best else f"left_on={pairs[0][0]!r}, right_on={pairs[0][1]!r}"
    yield drafts.diagnosis(
        "merge-key-names",
        ("The key column does not have the same name in both frames.", "两个表里键列的名字不一样。"),
        (f"Pass `{hint}`.", f"请传入 `{hint}`。"),
    )


def _alike(frames: tuple[Any, Any], a: str, b: str) -> bool:
    """Whether two columns have values in common."""
    left, right = (columns.samples(columns.column(frame, name)) for frame, name in zip(frames, (a, b), strict=True))
    return len(set(left) & set(right)) * 2 >= min(len(set(left)), len(set(right))) > 0


def building(evidence: Evidence) -> Iterator[Diagnosis]:
    """`pd.DataFrame` of scalars, of columns of several lengths, `pd.concat` of loose frames."""
    step = evidence.last
    if not isinstance(evidence.error, (ValueError, TypeError)) or step is None:
        return
    drafts, said = Drafts(evidence, step), evidence.message
    found = _call(evidence, step, "DataFrame", "concat")
    if found is None or not found[0].args:
        return
    call, first = found[0], found[0].args[0]
    source = drafts.source(first)
    if "all scalar values, you must pass an index" in said:
        drafts.edit((first, f"[{source}]"), certain=isinstance(first, ast.Dict))
        drafts.edit((call, drafts.called(call, add="index=[0]")))
        drafts.edit((first, f"list({drafts.operand(first)}.items())"))
        said_words = ("Single values make no column.", "单个值不能成为一列。"), f"pd.DataFrame([{source}])"
    elif "arrays must be of the same length" in said:
        data = step.value(first)
        items = data.items() if type(data) is dict else ()
        lengths = ", ".join(f"{key!r}: {len(v)}" for key, v in items if type(v) in (list, tuple, range))
        pd = columns.alias(evidence, "pandas", "pd")
        drafts.edit((first, f"{{k: {pd}.Series(v) for k, v in {drafts.operand(first)}.items()}}"))
        drafts.edit((call, f'{pd}.DataFrame.from_dict({source}, orient="index").T'))
        cause = (f"The columns have different lengths ({lengths}).", f"各列的长度不同（{lengths}）。")
        said_words = cause, f"{{k: {pd}.Series(v) for k, v in {drafts.operand(first)}.items()}}"
    elif found[1] == "concat" and ("first argument must be an iterable" in said or "takes 1 positional" in said):
        loose = [drafts.source(arg) for arg in call.args]
        rest = drafts.called(ast.Call(func=call.func, args=[], keywords=call.keywords), function="_")[2:-1]
        text = f"{drafts.operand(call.func)}([{', '.join(loose)}]{', ' + rest if rest else ''})"
        drafts.edit((call, text), certain=True)
        said_words = ("`concat` takes one list of frames.", "`concat` 要一个由表组成的列表。"), text
    else:
        return
    yield drafts.diagnosis(
        "building-a-frame", said_words[0], (f"Write `{said_words[1]}`.", f"请写 `{said_words[1]}`。")
    )


def selecting(evidence: Evidence) -> Iterator[Diagnosis]:
    """`isin("x")`, `drop("column")`, `sort_values()`, `groupby("g").sum("v")`, pivots with duplicates."""
    step = evidence.last
    if not isinstance(evidence.error, (ValueError, TypeError, KeyError)) or step is None:
        return
    drafts, said = Drafts(evidence, step), evidence.message
    found = _call(evidence, step, "isin", "drop", "pivot", "sum", "mean", "sort_values", "reset_index", "rename")
    call, name = found if found else (None, "")
    if call is None or not isinstance(call.func, ast.Attribute):
        return
    base = call.func.value
    frame = columns.live(step, base)
    if name == "isin" and "only list-like" in said and call.args:
        text, cause = f"[{drafts.source(call.args[0])}]", ("`isin` takes a list.", "`isin` 要一个列表。")
        drafts.edit((call.args[0], text), certain=True)
    elif name == "drop" and "not found in axis" in said and columns.kind(frame) == "DataFrame" and call.args:
        wanted = step.value(call.args[0])
        labels = wanted if type(wanted) is list else [wanted]
        if not all(type(label) is str and label in columns.names(frame) for label in labels):
            return
        text = f"columns={drafts.source(call.args[0])}"
        drafts.edit((call.args[0], text), certain=not any(word.arg == "axis" for word in call.keywords))
        cause = ("`drop` looks for rows unless told otherwise.", "`drop` 默认按行查找。")
    elif name == "pivot" and "duplicate entries" in said:
        text = drafts.called(call, function=f"{drafts.operand(base)}.pivot_table")
        for function in ("sum", "mean", "first"):
            drafts.edit((call, f'{text[:-1]}, aggfunc="{function}")'))
        cause = ("Several rows fall into one cell of the pivot.", "有多行落入透视表的同一格。")
    elif "numeric_only accepts only Boolean" in said and call.args and not isinstance(base, ast.Subscript):
        rest = ast.Call(func=call.func, args=[], keywords=[])
        text = f"{drafts.operand(base)}[{drafts.source(call.args[0])}].{drafts.called(rest, function=name)}"
        drafts.edit((call, text), certain=True)
        cause = ("The column is picked before it is summed.", "先选列，再汇总。")
    elif name == "reset_index" and "already exists" in said:
        text = drafts.called(call, add="drop=True")
        drafts.edit((call, text))
        cause = ("The index has the name of a column.", "索引与某一列同名。")
    else:
        return
    yield drafts.diagnosis("selecting", cause, (f"Write `{text}`.", f"请写 `{text}`。"))
