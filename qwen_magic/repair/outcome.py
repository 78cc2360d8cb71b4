"""What a search for a repair came to, and how far it can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qwen_magic.repair.attempt import SURE_MARGIN, SURE_SCORE, Attempt
from qwen_magic.repair.search import Search
from qwen_magic.reply import Badge, Origin
from qwen_magic.snapshot import Failure


@dataclass(frozen=True, slots=True)
class Repair:
    """The best attempt, if any ran or could at least be proposed. `seconds`: what the search took."""

    failure: Failure
    attempt: Attempt | None
    badge: Badge
    tried: int
    seconds: float

    @property
    def cell(self) -> str:
        return self.attempt.candidate.cell if self.attempt else ""


def outcome(search: Search, seconds: float) -> Repair:
    """The best of what a search found."""
    working = search.working
    tried = sum(not attempt.change.refused for attempt in search.attempts.values())
    if working:
        return Repair(search.failure, working[0], _badge(working), tried, seconds)
    others = [attempt for attempt in search.attempts.values() if not attempt.change.refused]
    best = max(others, key=lambda attempt: attempt.score, default=None)
    return Repair(search.failure, best, Badge.FAILS, tried, seconds)


def _badge(working: Sequence[Attempt]) -> Badge:
    """What is certain, what two independent ideas came to, and what the model prefers by far can be believed."""
    best = working[0]
    if not best.trial.ran:
        return Badge.UNTRIED
    if best.candidate.certain:
        return Badge.CERTAIN
    alike = [attempt for attempt in working[1:] if attempt.outcome == best.outcome]
    if any(attempt.candidate.origin is not best.candidate.origin for attempt in alike):
        return Badge.VERIFIED
    rivals = [attempt for attempt in working[1:] if attempt.outcome != best.outcome]
    asked = best.candidate.logprob < 0
    clear = asked and (best.score - rivals[0].score if rivals else SURE_MARGIN) >= SURE_MARGIN
    if best.candidate.origin is Origin.LINE:
        clear = clear and best.score >= SURE_SCORE
    return Badge.VERIFIED if clear and not best.doubt else Badge.RUNS
