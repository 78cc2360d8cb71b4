"""`agg` with the names of its results in the place of columns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import MISSING, Evidence
from qwen_magic.diagnosis.expressions import is_call_of, text_of
from qwen_magic.diagnosis.names.similarity import close
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.diagnosis.tables import columns
from qwen_magic.snapshot import Diagnosis

_NUMBERS = "iuf"


def results_in_agg(evidence: Evidence) -> Iterator[Diagnosis]:
    """`.groupby("region").agg({"total": "sum"})` of a frame that has no column like `total`."""
    step = evidence.last
    if not isinstance(evidence.error, KeyError) or step is None or "do not exist" not in evidence.message:
        return
    for call in running_nodes(evidence, step):
        if not is_call_of(call, "agg", "aggregate") or len(call.args) != 1 or not isinstance(call.args[0], ast.Dict):
            continue
        inside = list(ast.walk(call.func))
        frame = columns.frame_among(step, inside)
        asked = [text_of(key) for key in call.args[0].keys]
        functions = [text_of(value) for value in call.args[0].values]
        if frame is MISSING or not all(asked) or not all(functions) or len(set(asked)) != len(asked):
            return
        labels = [label for label in columns.names(frame) if type(label) is str]
        new = [name for name in asked if name not in labels]
        if any(close(name, labels) for name in new):
            return
        grouped = {text_of(node) for node in inside}
        drafts = Drafts(evidence, step)
        numbers = [label for label in labels if label not in grouped and frame[label].dtype.kind in _NUMBERS]
        for column in numbers[:3]:
            drafts.edit((call.args[0], _named(asked, functions, labels, column)))
        words = _named(asked, functions, labels, (numbers or labels)[0])
        yield drafts.diagnosis(
            "agg-results",
            (f"There is no column {new[0]!r} to aggregate.", f"没有可供聚合的列 {new[0]!r}。"),
            (f"Name results and columns: `.agg({words})`.", f"分别写出结果名和列名：`.agg({words})`。"),
        )
        return


def _named(asked: list[str], functions: list[str], labels: list[str], column: str) -> str:
    pairs = zip(asked, functions, strict=True)
    made = {name: f'("{name if name in labels else column}", "{function}")' for name, function in pairs}
    if all(name.isidentifier() for name in made):
        return ", ".join(f"{name}={value}" for name, value in made.items())
    return "**{" + ", ".join(f'"{name}": {value}' for name, value in made.items()) + "}"
