"""How many failing cells are repaired, how many of those wrongly believed, and how long it takes.

    python benchmarks/fix_rate.py --cases FILE.jsonl [--engine MODEL] [--limit N] [--only TEXT] [--save FILE.jsonl]

A case is one JSON object a line: {"id", "category", "lang", "setup": [cells], "cell", "check"}. For each, a fresh
kernel loads the extension and waits until the model is warm; it runs the set-up cells, then the failing cell, then
asks for a repair through the public magic:

* first: `%qwen fix --plain -t 0`, the whole-cell answer of the model alone, which is what other assistants give;
* final: `%qwen fix`, at its default settings.

A repair counts as fixed if its cell and then the check run without an exception in what the failed cell left behind:
the first answer in a forked copy of the kernel, the final one in the kernel itself. "diagnosed" are the fixed ones
whose repair came from the diagnosis, without the model. "verified wrong" are those that the badge called certain or
verified and that fail the check. Seconds are those of the magic `%qwen fix` alone, with a warm model, from the request
to the whole answer. Set-up cells that fail end the run: the cases are wrong then, see validate.py.

The report has a line for each category and language; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel import Kernel, answer, prepare
from table import BELIEVED, Columns, add_options, chosen, collect, read, report


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    id: str
    category: str
    lang: str
    first: bool | None
    final: bool
    badge: str
    origin: str
    seconds: float
    code: str

    @property
    def diagnosed(self) -> bool:
        return self.final and self.origin == "rule"

    @property
    def verified_wrong(self) -> bool:
        return not self.final and self.badge in BELIEVED


COLUMNS: Columns[Outcome] = {
    "first": lambda outcome: outcome.first,
    "diagnosed": lambda outcome: outcome.diagnosed,
    "final": lambda outcome: outcome.final,
    "verified wrong": lambda outcome: outcome.verified_wrong,
}


def run(case: dict[str, Any], engine: str, *, with_first: bool, fetched: bool = False) -> Outcome:
    """One case in a kernel of its own."""
    with Kernel() as kernel:
        prepare(kernel, engine, case["setup"], fetched=fetched)
        if kernel.run(case["cell"]):
            raise SystemExit(f"{case['id']}: the cell was meant to fail")
        got = answer(kernel, "%qwen fix", seconds=120)
        first = None
        if with_first:
            kernel.run("%qwen fix --plain -t 0 --out _first", seconds=300)
            first = kernel.works_in_a_copy(kernel.evaluate("_first.code"), case["check"])
        final = bool(got.code) and kernel.run(got.code, seconds=30) and kernel.run(case["check"], seconds=30)
        lang, category = case.get("lang", ""), case.get("category", "")
        return Outcome(case["id"], category, lang, first, final, got.badge, got.origin, got.seconds, got.code)


def line(outcome: Outcome) -> str:
    """One outcome for whoever watches."""
    mark = "wrong!" if outcome.verified_wrong else "fixed" if outcome.final else "not fixed"
    return f"{outcome.id:<20} {mark:<10} {outcome.badge:<18} {outcome.origin:<7} {outcome.seconds:6.2f} s"


def main() -> None:
    """Run the cases and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=Path, default=Path(__file__).parent / "cases" / "fix.jsonl")
    add_options(parser)
    given = parser.parse_args()
    cases = chosen(read(given.cases), given.only, given.limit)
    outcomes = (run(case, given.engine, with_first=not given.no_first, fetched=given.fetched) for case in cases)
    print(report(collect(outcomes, line, given.save), COLUMNS))


if __name__ == "__main__":
    main()
