"""Check that the benchmark's cases are sound, without any model.

A fix case has set-up cells, a cell that fails, a solution (that cell mended) and a check. It is sound if

* the set-up runs, the solution runs after it, and the check then passes;
* the failing cell raises, the check does not pass after it, and the solution still works in what it left behind,
  which is how a notebook's user would run it;
* the check does not pass where the cell was replaced by `pass`.

A generation case has no failing cell: set-up, solution and check must run, and the check must fail without the
solution.

Every run is made in a process of its own, forked from one that has IPython and the usual libraries loaded but has run
nothing, so that cells see the namespace of a fresh kernel, with magics and top-level await.

    python benchmarks/validate.py [--cases FILE]

It writes the ids of unsound cases and what is wrong with each, and exits with 1 if there are any.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

Case = dict[str, Any]

FIX_KEYS = ("id", "category", "lang", "setup", "cell", "check")
GENERATION_KEYS = ("id", "lang", "prompt", "setup", "check", "solution")
PRELOADED = ("numpy", "pandas", "matplotlib.pyplot")  # slow to load: once, not once a run
SECONDS = 60.0  # for one run
TOO_LONG, DIED = "took too long", "the process died"

_FORK = multiprocessing.get_context("fork")


def new_shell() -> InteractiveShell:
    """An IPython shell that keeps no history and formats errors briefly."""
    config = Config()
    config.HistoryManager.enabled = False
    shell: InteractiveShell = InteractiveShell(config=config)  # type: ignore[no-untyped-call]
    shell.InteractiveTB.set_mode("Minimal")
    return shell


def _run_here(shell: InteractiveShell, cells: Sequence[str], answer: Connection) -> None:
    """In the forked process: run the cells one after another, silently, and send what each of them raised."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    raised: list[str] = []
    for cell in cells:
        result = shell.run_cell(cell)  # type: ignore[no-untyped-call]
        error = result.error_before_exec or result.error_in_exec
        raised.append("" if error is None else f"{type(error).__name__}: {error}")
    answer.send(raised)


def run(shell: InteractiveShell, cells: Sequence[str]) -> list[str]:
    """What each of the cells raised ("" for nothing) when they ran in a fresh namespace."""
    receive, send = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_run_here, args=(shell, cells, send))
    process.start()
    send.close()
    try:
        if receive.poll(SECONDS):
            raised: list[str] = receive.recv()
            return raised
        return [TOO_LONG] * len(cells)
    except EOFError:
        return [DIED] * len(cells)
    finally:
        process.kill()
        process.join()


def _setup_problems(raised: Sequence[str]) -> list[str]:
    return [f"set-up cell {number} raises {error}" for number, error in enumerate(raised, 1) if error]


def fix_problems(shell: InteractiveShell, case: Case) -> list[str]:
    """What is wrong with a case that has a failing cell."""
    setup: list[str] = case["setup"]
    cell, check, solution = case["cell"], case["check"], case.get("solution")
    attempts = [cell, check] if solution is None else [cell, check, solution, check]
    raised = run(shell, [*setup, *attempts])
    problems = _setup_problems(raised[: len(setup)])
    after = raised[len(setup) :]
    if after[0] in ("", TOO_LONG, DIED):
        problems.append("the cell does not raise")
    if not after[1]:
        problems.append("the check passes after the failing cell")
    problems += [f"after the failing cell, the solution or the check raises {error}" for error in after[2:] if error]
    if not run(shell, [*setup, "pass", check])[-1]:
        problems.append("the check passes after `pass`")
    if solution is not None:
        named = zip(("solution", "check"), run(shell, [*setup, solution, check])[len(setup) :], strict=True)
        problems += [f"the {name} raises {error}" for name, error in named if error]
    return problems


def generation_problems(shell: InteractiveShell, case: Case) -> list[str]:
    """What is wrong with a case that has a prompt."""
    setup: list[str] = case["setup"]
    raised = run(shell, [*setup, case["solution"], case["check"]])
    problems = _setup_problems(raised[: len(setup)])
    named = zip(("solution", "check"), raised[len(setup) :], strict=True)
    problems += [f"the {name} raises {error}" for name, error in named if error]
    if not run(shell, [*setup, case["check"]])[-1]:
        problems.append("the check passes without the solution")
    return problems


def case_problems(shell: InteractiveShell, case: Case) -> list[str]:
    """What is wrong with a case of either kind."""
    is_fix = "cell" in case
    missing = [key for key in (FIX_KEYS if is_fix else GENERATION_KEYS) if key not in case]
    if missing:
        return [f"lacks {', '.join(missing)}"]
    return fix_problems(shell, case) if is_fix else generation_problems(shell, case)


def main() -> int:
    """Check every case of a file and report."""
    parser = argparse.ArgumentParser(description="Check that the benchmark's cases are sound.")
    parser.add_argument("--cases", type=Path, default=Path(__file__).parent / "cases" / "fix.jsonl", metavar="FILE")
    path: Path = parser.parse_args().cases
    cases: list[Case] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    os.environ["MPLBACKEND"] = "Agg"
    with tempfile.TemporaryDirectory() as profile:
        os.environ["IPYTHONDIR"] = profile
        for module in PRELOADED:
            __import__(module)
        shell = new_shell()
        found = {case.get("id", "?"): case_problems(shell, case) for case in cases}
    counts = Counter(case.get("id") for case in cases)
    for name, count in counts.items():
        if count > 1:
            found[name or "?"].append(f"{count} cases have this id")
    unsound = {name: problems for name, problems in found.items() if problems}
    report = [f"{name}: {problem}" for name, problems in unsound.items() for problem in problems]
    report.append(f"{len(cases)} cases, {len(unsound)} unsound")
    sys.stdout.write("\n".join(report) + "\n")
    return 1 if unsound else 0


if __name__ == "__main__":
    sys.exit(main())
