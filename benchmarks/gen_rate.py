"""How many descriptions become code that is right, how many wrongly believed, and how long it takes.

    python benchmarks/gen_rate.py [--cases FILE.jsonl | --humaneval FILE.jsonl.gz] [--engine MODEL] [--offset N]
                                  [--limit N] [--only TEXT] [--no-first] [--save FILE.jsonl]

A case is one JSON object a line: {"id", "lang", "category"?, "prompt", "setup": [cells], "check"}. For each, a fresh
kernel loads the extension, waits until the model is warm and runs the set-up cells; then it asks for code twice
through the public magic, with the prompt as the body of the cell:

* final: `%%qwen code`, at its default settings;
* first: `%%qwen code --plain -t 0`, one greedy answer of the model alone, which is what other assistants give.

An answer is right if its code and then the check run without an exception: that of the first answer in a forked copy
of the kernel, that of the final one in the kernel itself. "verified wrong" are those that the badge called certain or
verified and that fail the check. Seconds are those of the final request alone, which is made before the other one:
with a warm model that has not yet read the prompt. Set-up cells that fail end the run: the cases are wrong then, see
validate.py.

HumanEval comes in the layout of its authors: {"task_id", "prompt", "entry_point", "canonical_solution", "test"}. The
model is shown the prompt alone, below a short instruction. What stands above the function in the prompt - imports,
helpers - is run before the answer's code, as they would be in the file that is completed; the tests are run after it
and have ten seconds.

The report has a line for each category and language; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel import Kernel, answer, prepare
from table import BELIEVED, Columns, add_options, chosen, collect, read, report

INSTRUCTION = "Complete this function:\n\n"
SECONDS = 10  # for the code of an answer, and for the check


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
    first_code: str

    @property
    def verified_wrong(self) -> bool:
        return not self.final and self.badge in BELIEVED


COLUMNS: Columns[Outcome] = {
    "first": lambda outcome: outcome.first,
    "final": lambda outcome: outcome.final,
    "verified wrong": lambda outcome: outcome.verified_wrong,
}


def run(case: dict[str, Any], engine: str, *, with_first: bool, fetched: bool = False) -> Outcome:
    """One case in a kernel of its own."""
    with Kernel() as kernel:
        prepare(kernel, engine, case["setup"], fetched=fetched)
        final = answer(kernel, f"%%qwen code\n{case['prompt']}")
        first, first_code = None, ""
        before = [case["preamble"]] if case.get("preamble") else []
        if with_first:
            # What was asked before would be part of the prompt.
            kernel.run("%qwen reset", history=False)
            first_code = answer(kernel, f"%%qwen code --plain -t 0\n{case['prompt']}").code
            sources = (*before, first_code, case["check"])
            first = bool(first_code) and kernel.works_in_a_copy(*sources, seconds=2 * SECONDS)
        right = bool(final.code) and all(
            kernel.run(source, seconds=SECONDS) for source in (*before, final.code, case["check"])
        )
        category, lang = case.get("category", ""), case.get("lang", "")
        return Outcome(
            case["id"], category, lang, first, right, final.badge, final.origin, final.seconds, final.code, first_code
        )


def humaneval(path: Path) -> Iterator[dict[str, Any]]:
    """The tasks of a file in HumanEval's layout, as cases."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for task in map(json.loads, filter(str.strip, file)):
            prompt, name = task["prompt"], task["entry_point"]
            stub = re.search(rf"^(?:async )?def {re.escape(name)}\b", prompt, re.MULTILINE)
            yield {
                "id": task["task_id"],
                "category": "humaneval",
                "lang": "en",
                "prompt": INSTRUCTION + prompt,
                "setup": [],
                "preamble": prompt[: stub.start()].strip() if stub else "",
                "check": f"{task['test']}\n\ncheck({name})",
            }


def line(outcome: Outcome) -> str:
    """One outcome for whoever watches."""
    mark = "wrong!" if outcome.verified_wrong else "right" if outcome.final else "not right"
    first = {None: "", True: "first right", False: "first not"}[outcome.first]
    named = f"{outcome.id:<20} {mark:<10} {first:<11}"
    return f"{named} {outcome.badge:<18} {outcome.origin:<7} {outcome.seconds:6.2f} s"


def main() -> None:
    """Run the cases and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--cases", type=Path, default=Path(__file__).parent / "cases" / "gen.jsonl")
    source.add_argument("--humaneval", type=Path, metavar="FILE.jsonl.gz", help="HumanEval's tasks instead")
    parser.add_argument("--offset", type=int, default=0, help="leave out so many cases at the beginning")
    add_options(parser)
    given = parser.parse_args()
    cases = humaneval(given.humaneval) if given.humaneval else read(given.cases)
    wanted = chosen(cases, given.only, given.limit, given.offset)
    outcomes = (run(case, given.engine, with_first=not given.no_first, fetched=given.fetched) for case in wanted)
    print(report(collect(outcomes, line, given.save), COLUMNS))


if __name__ == "__main__":
    main()
