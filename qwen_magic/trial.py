"""What becomes of a cell that is run in a copy of the notebook: plain data, and who can find out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from qwen_magic.language import Words
from qwen_magic.snapshot import Failure, Variable


class Ending(StrEnum):
    """How a trial ended."""

    RAN = "ran"  # to its end, without an error
    RAISED = "raised"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    EXITED = "exited"  # the code ended its own process
    NOT_TRIED = "not tried"  # it would have done something to the world, or there can be no copy here


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One piece of code that was run after the cell, in the same copy; `error` is empty if it passed."""

    code: str
    error: str = ""

    @property
    def passed(self) -> bool:
        return not self.error


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What was seen. `failure` is the error as the notebook itself would have recorded it, diagnosis included.

    `output`: standard output and error and the value of the last expression, shortened.
    `variables`: the names that the cell assigned, changed or deleted, described as they were at the end.
    `reason`: why it was not tried, or what was refused, in words for the user.
    `checks`: what became of the code that was to be run afterwards; only that of cells that ran.
    """

    ending: Ending
    output: str = ""
    failure: Failure | None = None
    variables: tuple[Variable, ...] = ()
    reason: Words | None = None
    checks: tuple[CheckResult, ...] = ()
    seconds: float = 0.0

    @property
    def ran(self) -> bool:
        return self.ending is Ending.RAN


class TrialRunner(Protocol):
    """Runs candidate cells where they can do no harm."""

    def run(self, cell: str, checks: Sequence[str] = (), seconds: float = 5.0) -> TrialResult:
        """Run a cell, then each check (code that raises if it fails), in a copy of the notebook."""
