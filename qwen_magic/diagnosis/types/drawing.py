"""`random.choice` and `random.sample` of what has no positions or not enough elements."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import diagnosis
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.expressions import is_call_of
from qwen_magic.snapshot import Diagnosis

_UNORDERED = (set, frozenset, dict)


def drawn_at_random(evidence: Evidence) -> Iterator[Diagnosis]:
    """`random.choice({1, 2})`, `random.choice(ages)` of a dict, `random.sample(names, 50)` of ten."""
    step = evidence.last
    call = step.node if step else None
    if step is None or not isinstance(call, ast.Call) or not call.args:
        return
    if not is_call_of(call, "choice", "choices", "sample", "shuffle"):
        return
    given, source = step.value(call.args[0]), evidence.source(step, call.args[0])
    if type(given) in _UNORDERED and isinstance(evidence.error, (TypeError, KeyError)):
        if is_call_of(call, "shuffle"):
            return
        words = (f"`{source}` has no positions to draw from.", f"`{source}` 没有位置，不能从中抽取。")
        # Keys, as a loop over the dict would give; a set has an order only once it is sorted.
        texts = [f"list({source})"] if type(given) is not set else [f"sorted({source})", f"list({source})"]
        cells = [evidence.replaced(step, call.args[0], text) for text in texts]
    elif is_call_of(call, "sample") and len(call.args) == 2 and "larger than population" in evidence.message:
        count = evidence.source(step, call.args[1])
        words = (f"`{source}` has fewer than {count} elements.", f"`{source}` 不足 {count} 个元素。")
        texts = [f"min({count}, len({source}))"]
        several = evidence.source(step, call.func).replace("sample", "choices")
        cells = [
            evidence.replaced(step, call.args[1], texts[0]),
            evidence.replaced(step, call, f"{several}({source}, k={count})"),
        ]
    else:
        return
    yield diagnosis("drawn-at-random", words, (f"Write `{texts[0]}`.", f"请写 `{texts[0]}`。"), cells)
