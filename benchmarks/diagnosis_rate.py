"""How many failing cells the diagnosis alone repairs: no model, a minute for two hundred cases.

    python benchmarks/diagnosis_rate.py [--cases FILE.jsonl] [--totals]

For the cases of `fix_rate.py`, all in one process: the set-up cells and the failing cell run in an IPython shell that
is emptied before each case; the rewrites of the diagnosis are searched as `%qwen fix` does before it asks a model; the
best one and then the check are run in a forked copy. It is for those who write rules: `fix_rate.py` has the figures
that count.

It prints the cases that are not repaired, with the rule that spoke and the error, then the totals: repaired; not
repaired though some rewrite ran; those of them that the badge called certain or verified. For cases that nobody should
look at, `--totals` prints nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
from pathlib import Path
from typing import Any

from table import BELIEVED, read
from validate import PRELOADED, new_shell

from qwen_magic.notebook import names
from qwen_magic.notebook.failures import FailureLog
from qwen_magic.notebook.forking import ForkedTrials
from qwen_magic.repair.outcome import outcome
from qwen_magic.repair.search import Search
from qwen_magic.snapshot import Failure


class Notebook:
    """An IPython shell of this process, emptied before each case, and forked copies of it."""

    def __init__(self) -> None:
        os.environ["MPLBACKEND"] = "Agg"
        for module in PRELOADED:
            __import__(module)
        self.shell = new_shell()
        self.shell.showtraceback = self.shell.showsyntaxerror = lambda *args, **more: None  # type: ignore[method-assign]
        self.trials = ForkedTrials(self.shell)
        self._log = FailureLog(self.shell)
        self.shell.events.register("pre_run_cell", self._log.begin)
        self.shell.events.register("post_run_cell", self._log.record)

    def failed(self, case: dict[str, Any]) -> Failure:
        """Run a case up to its failing cell, silently."""
        self.shell.reset(new_session=False)  # type: ignore[no-untyped-call]  # IPython's
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for source in (*case["setup"], case["cell"]):
                self.shell.run_cell(source, store_history=True)
        return self._log[-1]

    def right(self, cell: str, case: dict[str, Any]) -> bool:
        """Whether a mended cell and then the check of the case run in a copy."""
        trial = self.trials.run(cell, [case["check"]])
        return trial.ran and all(check.passed for check in trial.checks)


def main() -> None:
    """Run the cases and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=Path, default=Path(__file__).parent / "cases" / "fix.jsonl", metavar="FILE")
    parser.add_argument("--totals", action="store_true", help="say nothing of single cases")
    given = parser.parse_args()
    notebook = Notebook()
    counts = {"cases": 0, "repaired": 0, "ran and wrong": 0, "believed and wrong": 0}
    for case in read(given.cases):
        failure = notebook.failed(case)
        search = Search(failure, notebook.trials, None, names.of_user(notebook.shell))
        list(search.run())
        repair = outcome(search, 0.0)
        right = bool(search.working) and notebook.right(repair.cell, case)
        counts["cases"] += 1
        counts["repaired"] += right
        counts["ran and wrong"] += bool(search.working) and not right
        counts["believed and wrong"] += not right and repair.badge in BELIEVED
        if not right and not given.totals:
            rule = failure.diagnosis.rule if failure.diagnosis else "silent"
            print(f"{case['id']:<24} {rule:<20} {repair.badge:<18} {failure.error[:100]}")
    print(", ".join(f"{count} {what}" for what, count in counts.items()))


if __name__ == "__main__":
    main()
