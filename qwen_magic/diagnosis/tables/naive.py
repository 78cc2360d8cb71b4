"""Times with and without a time zone, compared or subtracted."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import Any

from qwen_magic.diagnosis.drafts import Drafts
from qwen_magic.diagnosis.evidence import MISSING, Evidence, Step
from qwen_magic.diagnosis.tables import columns
from qwen_magic.diagnosis.tables.origins import made_of
from qwen_magic.snapshot import Diagnosis

_MIXED = re.compile(r"offset-naive and offset-aware|tz-naive and tz-aware|Invalid comparison between dtype=datetime64")
_NOW = re.compile(r"(.*\bdatetime)\.(now|utcnow)\(\)")


def naive_and_aware(evidence: Evidence) -> Iterator[Diagnosis]:
    """`now(timezone.utc) - datetime(2024, 1, 1)`: only one of the two knows its time zone."""
    step = evidence.last
    if not isinstance(evidence.error, TypeError) or step is None or not _MIXED.search(evidence.message):
        return
    node = step.node
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        sides = [node.left, node.comparators[0]]
    else:
        return
    zones = [_zone(step, side) for side in sides]
    known = [zone for zone in zones if zone is not MISSING]
    if "Invalid comparison" in evidence.message and len(known) < 2:
        return
    if not known or (len(known) == 2 and (known[0] is None) == (known[1] is None)):
        return
    if zones[0] is None or (zones[0] is MISSING and zones[1] is not None):
        naive, aware = sides
    else:
        aware, naive = sides
    drafts = Drafts(evidence, step)
    ways = _ways(drafts, naive, aware)
    for at, text, sure in ways:
        drafts.edit((at, text), certain=sure)
    yield drafts.diagnosis(
        "naive-and-aware",
        (
            f"`{drafts.source(naive)}` has no time zone, `{drafts.source(aware)}` has one.",
            f"`{drafts.source(naive)}` 没有时区，`{drafts.source(aware)}` 有时区。",
        ),
        (f"Write `{ways[0][1]}`.", f"请写 `{ways[0][1]}`。"),
    )


def _zone(step: Step, node: ast.expr) -> Any:
    """The time zone of a plain time, a Timestamp or a column of them; None if it has none, `MISSING` if not known."""
    value = columns.live(step, node)
    module = sys.modules.get("datetime")
    if columns.kind(value) == "Timestamp" or (module is not None and type(value) is vars(module)["datetime"]):
        return value.tzinfo
    if columns.kind(value) == "DatetimeIndex" or columns.is_datetime(value):
        return getattr(value.dtype, "tz", None)
    if _NOW.fullmatch(ast.unparse(node)):
        return None
    return MISSING


def _ways(drafts: Drafts, naive: ast.expr, aware: ast.expr) -> list[tuple[ast.expr, str, bool]]:
    step, text, other = drafts.step, drafts.operand(naive), drafts.operand(aware)
    made = made_of(step, naive)
    now = _NOW.fullmatch(ast.unparse(made))
    plain = columns.kind(columns.live(step, aware)) == ""
    if now and plain:
        # The present is the same moment in every zone.
        place = made if made is naive else naive
        return [(place, f"{now[1]}.now({other}.tzinfo)", True), (aware, f"{other}.replace(tzinfo=None)", False)]
    if _column(step, naive) or _column(step, aware):
        behind = [".dt" if _column(step, side) == "Series" else "" for side in (naive, aware)]
        zone = f"{other}{behind[1]}.tz"
        ways = [(naive, f"{text}{behind[0]}.tz_localize({zone})"), (aware, f"{other}{behind[1]}.tz_localize(None)")]
    elif columns.kind(step.value(naive)) == "Timestamp":
        ways = [(naive, f"{text}.tz_localize({other}.tzinfo)"), (aware, f"{other}.replace(tzinfo=None)")]
    else:
        ways = [(naive, f"{text}.replace(tzinfo={other}.tzinfo)"), (aware, f"{other}.replace(tzinfo=None)")]
    return [(at, way, False) for at, way in ways]


def _column(step: Step, node: ast.expr) -> str:
    value = columns.live(step, node)
    kind = columns.kind(value)
    return kind if kind in ("Series", "DatetimeIndex") else ""
