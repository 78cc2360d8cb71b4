"""The search for a repair: what the diagnosis offers, then what the model would rather have written, each tried.

A small model that is asked for the corrected cell copies it. So it is asked for the likeliest different
line instead; every line is judged (does the cell still mean the same?) and tried in a copy of the
notebook, and a change that gets further is where the next one starts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Protocol

from qwen_magic.repair.attempt import SURE_MARGIN, SURE_SCORE, Attempt, Candidate, remaining, weigh
from qwen_magic.repair.intent import judge
from qwen_magic.repair.source import Lines, normal, targets
from qwen_magic.reply import Origin
from qwen_magic.snapshot import Failure
from qwen_magic.trial import Ending, TrialResult, TrialRunner

BRANCHES = 12
TARGETS = 3
TRIAL_SECONDS = 3.0
_STEPS = 3  # rewrites of diagnoses on top of each other
# Natural log: a score from which on what worked is seldom wrong; measured, see benchmarks/RESULTS.md.
_LIKELY = -6.5
_MOST = 20  # attempts of the model; of repairs that were right, none came later
_PROMISING = 6  # rewrites of a diagnosis that are tried for every start
# A line less alike than this is likelier to belong before the old one than in its place.
_ALIKE = 0.5


class Proposals(Protocol):
    """What the model contributes."""

    def lines(self, failure: Failure, target: Lines, least: Callable[[], float]) -> Iterable[tuple[str, float]]:
        """Likely other texts for some lines of a failed cell, with the natural log of their probability.

        Those that are less likely than `least` says, which may be asked from another thread, need not be finished.
        """

    def answer(self, failure: Failure) -> str:
        """The whole cell as the model writes it when asked to correct it; empty if it has nothing to say."""

    def rank(self, failure: Failure, cells: Sequence[str]) -> list[float] | None:
        """How likely each of several changed cells is, natural log; None if that cannot be known."""


@dataclass
class Search:
    """One search. `done` is asked before everything that takes time, and ends it."""

    failure: Failure
    trials: TrialRunner
    proposals: Proposals | None
    notebook: frozenset[str] = frozenset()
    done: Callable[[], bool] = lambda: False
    attempts: dict[str, Attempt] = field(default_factory=dict)
    _least: float = field(default=-math.inf, init=False)

    def run(self) -> Iterator[Attempt]:
        """Every attempt as it is made, the ones of the diagnosis first; look at `working` for the result."""
        yield from self._by_rules(self.failure, 1)
        if self.proposals is None:
            return
        if self.working:
            self._rank()
            return
        yield from self._by_model()

    @property
    def working(self) -> list[Attempt]:
        """The attempts that work, the best first; of equal ones, the one that was made first."""
        return sorted((a for a in self.attempts.values() if a.works), key=_value, reverse=True)

    @property
    def _over(self) -> bool:
        """Whether there is no more time for the model, or no more hope."""
        return self.done() or sum(a.candidate.origin is not Origin.RULE for a in self.attempts.values()) >= _MOST

    def attempt(self, candidate: Candidate) -> Attempt | None:
        """Judge and try a candidate, unless one like it was."""
        key = normal(candidate.cell)
        if key in self.attempts or key == normal(self.failure.cell) or self.done():
            return None
        change = judge(self.failure.cell, candidate.cell, self.notebook)
        if candidate.origin is Origin.RULE and change.excusable:
            change = replace(change, refused="")
        if change.refused:
            trial = TrialResult(Ending.NOT_TRIED)
        else:
            trial = self.trials.run(candidate.cell, seconds=TRIAL_SECONDS)
        self.attempts[key] = made = weigh(self.failure.cell, candidate, change, trial)
        if made.works:
            # An attempt scores less than its probability: what is less likely can be neither better nor a rival.
            self._least = max(self._least, made.score - (SURE_MARGIN if made.score >= SURE_SCORE else 0.0))
        return made

    def _by_rules(self, start: Failure, steps: int) -> Iterator[Attempt]:
        """The rewrites of a diagnosis, and of what its rewrites then ran into."""
        further: list[Failure] = []
        for rewrite in (start.diagnosis.rewrites if start.diagnosis else ())[: _PROMISING * 2]:
            made = self.attempt(Candidate(rewrite.cell, Origin.RULE, 0.0, rewrite.certain and steps == 1, steps))
            if made is None:
                continue
            yield made
            if made.works and made.candidate.certain:
                return
            if made.trial.failure and self._moved(start, made.trial.failure):
                further.append(made.trial.failure)
        if steps < _STEPS and not self.working:
            further.sort(key=lambda failure: remaining(failure, failure.cell))
            for failure in further[:2]:
                yield from self._by_rules(failure, steps + 1)

    def _moved(self, before: Failure, after: Failure) -> bool:
        """Whether the error is further down than it was, or at least another one."""
        distance = remaining(before, before.cell) - remaining(after, after.cell)
        return distance > 0 or (distance == 0 and before.error != after.error)

    def _by_model(self) -> Iterator[Attempt]:
        """What the model proposes, the cheapest first, until something is likely to be what was meant."""
        for proposed in (self._nearest, self._elsewhere, self._answer):
            yield from proposed()
            if self._over or (self.working and self.working[0].score >= _LIKELY):
                return

    def _nearest(self) -> Iterator[Attempt]:
        """Other lines in the place of the one that raised."""
        yield from self._at(self.failure, self._targets(self.failure)[0], 1)

    def _elsewhere(self) -> Iterator[Attempt]:
        """Other lines in the place of those that led there, and then from the furthest point reached."""
        for target in self._targets(self.failure)[1:]:
            yield from self._at(self.failure, target, 1)
            if self.working or self._over:
                return
        failures = [a.trial.failure for a in self.attempts.values() if a.candidate.origin is Origin.LINE]
        reached = [f for f in failures if f and remaining(f, f.cell) < remaining(self.failure, self.failure.cell)]
        if reached:
            start = min(reached, key=lambda failure: remaining(failure, failure.cell))
            for target in self._targets(start):
                yield from self._at(start, target, 2)
                if self.working or self._over:
                    return

    def _targets(self, start: Failure) -> list[Lines]:
        return targets(start.cell, start.line or 1)[:TARGETS]

    def _at(self, start: Failure, target: Lines, steps: int) -> Iterator[Attempt]:
        assert self.proposals is not None  # noqa: S101 # for mypy
        old = target.text(start.cell)
        for text, logprob in self.proposals.lines(start, target, lambda: self._least):
            cells = [target.replaced(start.cell, text)]
            if SequenceMatcher(None, old, text).ratio() < _ALIKE:
                cells.insert(0, target.replaced(start.cell, f"{text}\n{old}"))
            for cell in cells:
                if made := self.attempt(Candidate(cell, Origin.LINE, logprob, steps=steps)):
                    yield made
                    yield from self._rules_after(made, steps)

    def _rules_after(self, made: Attempt, steps: int) -> Iterator[Attempt]:
        """What the diagnosis is sure of in a cell that failed otherwise than before."""
        failure = made.trial.failure
        certain = [r for r in failure.diagnosis.rewrites if r.certain] if failure and failure.diagnosis else []
        for rewrite in certain:
            added = Candidate(rewrite.cell, Origin.LINE, made.candidate.logprob, steps=steps + 1)
            if following := self.attempt(added):
                yield following

    def _answer(self) -> Iterator[Attempt]:
        assert self.proposals is not None  # noqa: S101 # for mypy
        cell = self.proposals.answer(self.failure)
        if cell and (made := self.attempt(Candidate(cell, Origin.ANSWER))):
            yield made

    def _rank(self) -> None:
        """Let the model choose where several rewrites of the diagnosis work and differ in what they do."""
        working = self.working
        if self.proposals is None or len({a.outcome for a in working}) < 2 or working[0].candidate.certain:
            return
        scores = self.proposals.rank(self.failure, [a.candidate.cell for a in working])
        for attempt, score in zip(working, scores or (), strict=False):
            rated = replace(attempt, candidate=replace(attempt.candidate, logprob=score))
            self.attempts[normal(attempt.candidate.cell)] = rated


def _value(attempt: Attempt) -> tuple[bool, bool, float]:
    return attempt.candidate.certain, attempt.trial.ran, attempt.score
