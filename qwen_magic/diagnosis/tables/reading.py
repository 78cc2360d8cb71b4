"""Files that `read_csv` cannot take apart: lines above the table, another separator."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.diagnosis.running import running_nodes
from qwen_magic.snapshot import Diagnosis

_SAID = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def above_the_table(evidence: Evidence) -> Iterator[Diagnosis]:
    """`read_csv` of a file with a title above its table: "Expected 1 fields in line 4, saw 3"."""
    step = evidence.last
    said = _SAID.search(evidence.message)
    if step is None or said is None:
        return
    call = next((n for n in running_nodes(evidence, step) if isinstance(n, ast.Call) and _reads(n)), None)
    if call is None or any(word.arg in ("skiprows", "header") for word in call.keywords):
        return
    expected, line, seen = (int(number) for number in said.groups())
    drafts = Drafts(evidence, step)
    if expected == 1:
        # The first line with all columns is the header; what stands above it is no part of the table.
        text = drafts.called(call, add=f"skiprows={line - 1}", function=drafts.source(call.func))
        hint = (f"Skip what stands above it: `skiprows={line - 1}`.", f"跳过上面的行：`skiprows={line - 1}`。")
        drafts.edit((call, text))
    else:
        text = drafts.called(call, add='on_bad_lines="skip"', function=drafts.source(call.func))
        hint = ('Leave such lines out: `on_bad_lines="skip"`.', '跳过这样的行：`on_bad_lines="skip"`。')
        drafts.edit((call, text))
    if expected == 1 and seen > 1:
        drafts.edit((call, drafts.called(call, add='sep=";"', function=drafts.source(call.func))))
    yield drafts.diagnosis(
        "above-the-table",
        (
            f"Line {line} has {seen} columns, and the lines before have {expected}.",
            f"第 {line} 行有 {seen} 列，而前面的行是 {expected} 列。",
        ),
        hint,
    )


def _reads(call: ast.Call) -> bool:
    return ast.unparse(call.func).endswith(("read_csv", "read_table"))
