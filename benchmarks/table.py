"""What the benchmarks that ask a model share: reading cases, and the report."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol, TypeVar

# The badges of answers that claim to be right.
BELIEVED = ("certain", "verified")


class Outcome(Protocol):
    """What the report needs to know of every outcome."""

    @property
    def category(self) -> str: ...
    @property
    def lang(self) -> str: ...
    @property
    def seconds(self) -> float: ...


O = TypeVar("O", bound=Outcome)  # noqa: E741
# A column for each name: what of an outcome is counted, None where it was not looked at.
Columns = Mapping[str, Callable[[O], bool | None]]


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The cases of a file, one JSON object a line."""
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def chosen(cases: Iterator[dict[str, Any]], only: str, limit: int | None, offset: int = 0) -> Iterator[dict[str, Any]]:
    """So many of the cases with `only` in their id."""
    wanted = (case for case in cases if only in case["id"])
    for number, case in enumerate(wanted):
        if limit is not None and number >= offset + limit:
            return
        if number >= offset:
            yield case


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that choose cases and a model."""
    parser.add_argument("--engine", default="", help="a model as `%%qwen model` takes it; otherwise the default")
    parser.add_argument("--fetched", action="store_true", help="the model's file as it was fetched, not the copy of it")
    parser.add_argument("--limit", type=int, help="only so many cases")
    parser.add_argument("--only", default="", help="only cases with this in their id")
    parser.add_argument("--no-first", action="store_true", help="leave out the first answer, to save time")
    parser.add_argument(
        "--save", type=Path, help="also write what became of each case to this file, one JSON object a line"
    )


def collect(outcomes: Iterable[O], line: Callable[[O], str], save: Path | None) -> list[O]:
    """Outcomes as they come, each with a line on standard error and, if wanted, in a file."""
    collected = []
    for outcome in outcomes:
        collected.append(outcome)
        print(line(outcome), file=sys.stderr)
        if save:
            with save.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")  # type: ignore[call-overload]
    return collected


def report(outcomes: Sequence[O], columns: Columns[O]) -> str:
    """A table by category and language, then the last line."""
    rows = [("", "cases", *columns, "median s", "p90 s")]
    for group in ("category", "lang"):
        names = sorted({getattr(outcome, group) for outcome in outcomes})
        rows += [_row(name, [o for o in outcomes if getattr(o, group) == name], columns) for name in names]
    rows.append(_row("all", outcomes, columns))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    table = [
        "  ".join(
            f"{text:<{w}}" if i == 0 else f"{text:>{w}}" for i, (text, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([*table, json.dumps(figures(outcomes, columns))])


def figures(outcomes: Sequence[O], columns: Columns[O]) -> dict[str, float]:
    """The last line: rates are fractions of the cases, times are seconds."""
    n = len(outcomes) or 1
    seconds = [outcome.seconds for outcome in outcomes]
    return {
        "cases": len(outcomes),
        **{
            name.replace(" ", "_"): round(sum(map(bool, map(count, outcomes))) / n, 4)
            for name, count in columns.items()
        },
        "median_s": round(statistics.median(seconds or [0.0]), 2),
        "p90_s": round(p90(seconds), 2),
    }


def p90(values: Sequence[float]) -> float:
    """The value that nine of ten do not pass."""
    ordered = sorted(values) or [0.0]
    return ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]


def _row(name: str, outcomes: Sequence[O], columns: Columns[O]) -> tuple[str, ...]:
    counts = [[count(outcome) for outcome in outcomes] for count in columns.values()]
    seconds = [outcome.seconds for outcome in outcomes] or [0.0]
    return (
        name,
        str(len(outcomes)),
        *("-" if all(one is None for one in column) else str(sum(map(bool, column))) for column in counts),
        f"{statistics.median(seconds):.2f}",
        f"{p90(seconds):.2f}",
    )
