"""`agg` and `pivot_table` with the names of the results, or with columns that are not there; `cut` into bins."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.expressions import text_of
from qwen_magic.diagnosis.names.similarity import close, only_slip
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis


def nested_renamer(evidence: Evidence) -> Iterator[Diagnosis]:
    """`.agg({"total": "sum"})` of one column, `.agg({"v": {"total": "sum"}})` of a frame: names are keywords now."""
    step = evidence.last
    if step is None or "nested renamer is not supported" not in evidence.message:
        return
    for call in running_nodes(evidence, step):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr not in ("agg", "aggregate") or len(call.args) != 1 or not isinstance(call.args[0], ast.Dict):
            continue
        drafts = Drafts(evidence, step)
        named = list(_named(drafts, call.args[0], column=isinstance(call.func.value, ast.Subscript)))
        if not named or len({name for name, _ in named}) != len(named) or not all(name for name, _ in named):
            return
        words = ", ".join(f"{name}={value}" for name, value in named)
        if not all(name.isidentifier() for name, _ in named):
            words = "**{" + ", ".join(f"{name!r}: {value}" for name, value in named) + "}"
        drafts.edit((call.args[0], words), certain=True)
        yield drafts.diagnosis(
            "nested-renamer",
            ("`agg` no longer takes new names in a dict.", "`agg` 不再接受用字典给出的新列名。"),
            (f"Name the results: `.agg({words})`.", f"用关键字命名结果：`.agg({words})`。"),
        )
        return


def _named(drafts: Drafts, given: ast.Dict, *, column: bool) -> Iterator[tuple[str, str]]:
    """The names of the results, and what to write for each; no name for what cannot be told."""
    for key, value in zip(given.keys, given.values, strict=True):
        if key is not None and isinstance(value, ast.Dict):
            for name, function in zip(value.keys, value.values, strict=True):
                yield text_of(name), f"({drafts.source(key)}, {drafts.source(function)})"
        else:
            yield text_of(key) if column else "", drafts.source(value)


def missing_in_agg(evidence: Evidence) -> Iterator[Diagnosis]:
    """`.agg({"pirce": "mean"})`, `.agg(m=("pirce", "mean"))`: a column that is called otherwise."""
    step = evidence.last
    if not isinstance(evidence.error, KeyError) or step is None or "do not exist" not in evidence.message:
        return
    inside = running_nodes(evidence, step)
    frame = columns.frame_among(step, inside)
    if frame is MISSING:
        return
    labels = [label for label in columns.names(frame) if type(label) is str]
    for node in inside:
        asked = text_of(node)
        if not asked or asked in labels or f"'{asked}'" not in evidence.message:
            continue
        sure = only_slip(asked, labels, plural=True)
        near = list(dict.fromkeys([*([sure] if sure else []), *close(asked, labels)]))
        drafts = Drafts(evidence, step)
        for label in near[:3]:
            drafts.edit((node, f'"{label}"'), certain=label == sure)
        there = f"but there is {sure!r}" if sure else f"but there are {', '.join(map(repr, labels[:8]))}"
        known = repr(sure) if sure else "、".join(map(repr, labels[:8]))
        yield drafts.diagnosis(
            "agg-column",
            (f"There is no column {asked!r}, {there}.", f"没有列 {asked!r}，现有：{known}。"),
            (f"Write {near[0]!r}." if near else "Use one that is there.", f"改用 {(near or labels)[0]!r}。"),
        )
        return


def bins_and_labels(evidence: Evidence) -> Iterator[Diagnosis]:
    """`pd.cut(x, bins=[18, 65], labels=["young", "old"])`: two labels need three edges."""
    step = evidence.last
    if not isinstance(evidence.error, ValueError) or step is None or "one fewer than" not in evidence.message:
        return
    call = next(
        (n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and ast.unparse(n.func)[-4:] == ".cut"),
        None,
    )
    if call is None or not call.args:
        return
    words = {word.arg: word.value for word in call.keywords}
    bins, labels = words.get("bins", call.args[1] if len(call.args) > 1 else None), words.get("labels")
    edges, names = (step.value(part) if part is not None else MISSING for part in (bins, labels))
    if bins is None or labels is None or type(edges) is not list or type(names) is not list:
        return
    if len(edges) < 2 or not all(type(edge) in (int, float) for edge in edges):
        return
    drafts = Drafts(evidence, step)
    source = drafts.source(bins)
    values = [v for v in columns.samples(columns.live(step, call.args[0])) if type(v) in (int, float)]
    below = bool(values) and min(values) <= edges[0]
    above = bool(values) and max(values) > edges[-1]
    lowest = "0" if edges[0] > 0 and values and min(values) > 0 else 'float("-inf")'
    inner = source[1:-1].strip() if isinstance(bins, ast.List) else f"*{source}"
    first, last = f"[{lowest}, {inner}]", f'[{inner}, float("inf")]'
    lacking = len(names) + 1 - len(edges)
    if lacking == 2:
        ways = [f'[{lowest}, {inner}, float("inf")]']
    elif lacking == 1:
        ways = [last, first] if above and not below else [first, last]
    else:
        ways = []
    for way in ways:
        drafts.edit((bins, way))
    if lacking == -1:
        drafts.edit(
            (
                bins,
                drafts.source(ast.List(bins.elts[:-1], ast.Load())) if isinstance(bins, ast.List) else f"{source}[:-1]",
            )
        )
    need = len(names) + 1
    yield drafts.diagnosis(
        "bins-and-labels",
        (
            f"{len(names)} labels need {need} bin edges, and there are {len(edges)}.",
            f"{len(names)} 个标签需要 {need} 个边界，现有 {len(edges)} 个。",
        ),
        (
            f"Write `bins={ways[0]}`." if ways else f"Give {len(edges) - 1} labels.",
            f"请写 `bins={ways[0]}`。" if ways else f"请给出 {len(edges) - 1} 个标签。",
        ),
    )
