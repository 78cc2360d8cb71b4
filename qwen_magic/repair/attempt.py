"""One way to change a failed cell, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from qwen_magic.repair.intent import Change, doubt
from qwen_magic.reply import Origin
from qwen_magic.snapshot import Failure
from qwen_magic.trial import Ending, TrialResult

# From which score on, and how far ahead of the next, a repair is believed. Natural log units, chosen by measurement:
# see "How sure is a repair" in benchmarks/RESULTS.md.
SURE_SCORE = -2.0
SURE_MARGIN = 6.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A changed cell. `logprob`: how likely the model finds the change, natural log; 0 where it was not asked.

    `certain`: it follows from the error. `steps`: how many changes led here.
    """

    cell: str
    origin: Origin
    logprob: float = 0.0
    certain: bool = False
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Attempt:
    """A candidate that was judged and, unless it was refused, tried."""

    candidate: Candidate
    change: Change
    trial: TrialResult
    doubt: float = 0.0

    @property
    def works(self) -> bool:
        """Whether it ran, as far as it could be tried, and is a repair."""
        return not self.change.refused and self.trial.ending in (Ending.RAN, Ending.NOT_TRIED)

    @property
    def score(self) -> float:
        """The model's opinion less the doubts; natural log units, larger is better."""
        untried = 0.0 if self.trial.ran else 3.0
        # A rule knows why it gives something up; the model only finds it likely.
        cost = 0.0 if self.candidate.origin is Origin.RULE else self.change.cost
        return self.candidate.logprob - cost - self.doubt - untried

    @property
    def outcome(self) -> tuple[object, ...]:
        """Equal for attempts that came to the same: these need no choice between them."""
        return (self.trial.output, *sorted((v.name, v.type, v.description) for v in self.trial.variables))


def weigh(original: str, candidate: Candidate, change: Change, trial: TrialResult) -> Attempt:
    """The attempt, with what its results say against it."""
    return Attempt(candidate, change, trial, doubt(original, trial) if trial.ran else 0.0)


def remaining(failure: Failure, cell: str) -> int:
    """Lines of a cell behind the one that raised: fewer is further."""
    return len(cell.rstrip().split("\n")) - (failure.line or 0)
