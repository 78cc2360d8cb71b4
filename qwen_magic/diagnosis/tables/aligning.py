"""Labels that do not line up: duplicated, unsorted, or the same ones in another order."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_SORTED = re.compile(r"No axis named .* for object type Series|Series\.sort_values\(\) (?:takes 1 pos|got .* 'by')")


def identical_labels(evidence: Evidence) -> Iterator[Diagnosis]:
    """`new["price"] != old["price"]` where the rows stand in another order, or are not the same."""
    step = evidence.last
    if step is None or "Can only compare identically-labeled" not in evidence.message:
        return
    compare = next((node for node in running_nodes(evidence, step) if isinstance(node, ast.Compare)), None)
    if compare is None or len(compare.comparators) != 1:
        return
    sides = compare.left, compare.comparators[0]
    left, right = (columns.live(step, side) for side in sides)
    drafts = Drafts(evidence, step)
    first, second = (drafts.operand(side) for side in sides)
    text = f"{second}.reindex({first}.index)"
    same = columns.kind(left) == columns.kind(right) == "Series" and _same_labels(left.index, right.index)
    drafts.edit((sides[1], text), certain=same)
    drafts.edit((sides[0], f"{first}.reset_index(drop=True)"), (sides[1], f"{second}.reset_index(drop=True)"))
    yield drafts.diagnosis(
        "identical-labels",
        (
            f"The rows of `{first}` and `{second}` have different labels or another order.",
            f"`{first}` 和 `{second}` 的行标签不同，或者顺序不同。",
        ),
        (f"Put them in one order: `{text}`.", f"先对齐：`{text}`。"),
    )


def _same_labels(left: object, right: object) -> bool:
    a, b = list(left), list(right)  # type: ignore[call-overload]
    return len(set(a)) == len(a) == len(b) and set(a) == set(b)


def duplicate_labels(evidence: Evidence) -> Iterator[Diagnosis]:
    """`reindex` and its kind of rows whose labels come twice: one row of each label is left."""
    step = evidence.last
    if step is None or "cannot reindex on an axis with duplicate labels" not in evidence.message:
        return
    call = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and _method(n) == "reindex"), None)
    if call is None or not isinstance(call.func, ast.Attribute):
        return
    drafts, base = Drafts(evidence, step), call.func.value
    text = drafts.operand(base)
    kept = f"{text}.groupby(level=0).first().reindex"
    drafts.edit((call.func, kept))
    if isinstance(base, ast.Name):
        drafts.edit((base, f"{text}[~{text}.index.duplicated()]"))
    yield drafts.diagnosis(
        "duplicate-labels",
        (f"Some labels of `{text}` come twice.", f"`{text}` 中有重复的标签。"),
        ("Keep one row of each label first.", "先让每个标签只保留一行。"),
    )


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def unsorted_keys(evidence: Evidence) -> Iterator[Diagnosis]:
    """`merge_asof` of frames that are not sorted by their keys."""
    step = evidence.last
    said = re.match(r"(left|right) keys must be sorted", evidence.message)
    call = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Call)), None) if step else None
    if step is None or said is None or call is None:
        return
    words = {word.arg: word.value for word in call.keywords if word.arg}
    frames = dict(zip(("left", "right"), call.args, strict=False)) | words
    pairs = {
        side: (frames[side], words.get("on") or words.get(f"{side}_on")) for side in ("left", "right") if side in frames
    }
    drafts, texts = Drafts(evidence, step), {}
    for side, (frame, key) in pairs.items():
        if key is None:
            return
        texts[side] = f"{drafts.operand(frame)}.sort_values({drafts.source(key)})"
    if said[1] not in texts:
        return
    frame, text = pairs[said[1]][0], texts[said[1]]
    drafts.edit((frame, text))
    drafts.edit(*[(pairs[side][0], both) for side, both in texts.items()])
    yield drafts.diagnosis(
        "unsorted-keys",
        (f"`{drafts.source(frame)}` is not sorted by its key.", f"`{drafts.source(frame)}` 没有按键排序。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )


def sorted_by_itself(evidence: Evidence) -> Iterator[Diagnosis]:
    """`series.sort_values("n")`: a series has nothing but its values to sort by."""
    step = evidence.last
    if step is None or not _SORTED.match(evidence.message):
        return
    call = next(
        (n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and _method(n) == "sort_values"), None
    )
    if call is None:
        return
    drafts = Drafts(evidence, step)
    bare = ast.Call(func=call.func, args=[], keywords=[word for word in call.keywords if word.arg != "by"])
    text = drafts.called(bare, function=drafts.source(call.func))
    drafts.edit((call, text), certain=True)
    yield drafts.diagnosis(
        "sorted-by-itself",
        ("A series has one column, and is sorted by that.", "Series 只有一列，直接按它的值排序。"),
        (f"Write `{text}`.", f"请写 `{text}`。"),
    )
