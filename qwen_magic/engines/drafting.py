"""Guessing what a model is about to write, so that one batch checks several tokens.

Answers about code repeat most of it. So what followed the last tokens where they stood before, in the prompt or the
answer, is handed over with the next token (prompt lookup: https://github.com/apoorvumang/prompt-lookup-decoding), and
whatever the model would not have drawn itself is thrown away. How long a guess pays depends on what a batch costs,
which is measured when a model loads, and on how many guesses were right lately.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

MOST = 15  # tokens of a guess; with the one before it they fill a batch of 16
_MEASURED = (1, 4, 16)
_ROUNDS = 2
_LONGEST_MATCH = 8
# How often the next token is right, by the number of tokens that stood the same before it; 0: the token before was
# a surprise, and the guess goes on behind the one that it took the place of. To begin with; then experience counts,
# also with what was not guessed because it would not have paid.
_PRIOR = {0: 0.3, 2: 0.4, 3: 0.5, 4: 0.65, _LONGEST_MATCH: 0.9}
_PRIOR_WEIGHT = 3.0
_GAIN = 1.1  # times as fast as without; what is expected to gain less is not worth the risk
_FORGETS = 0.95  # what an experience still counts when the next is made


@dataclass(frozen=True, slots=True)
class BatchCosts:
    """What batches of so many `sizes` of tokens cost, in batches of one token; in between, what lies between."""

    sizes: tuple[int, ...]
    costs: tuple[float, ...]

    def __call__(self, size: int) -> float:
        return float(np.interp(size, self.sizes, self.costs))


def measure(evaluate: Callable[[int], None]) -> BatchCosts:
    """The costs of a model; `evaluate` evaluates a batch of so many tokens.

    Rounded to halves: sums come out slightly different in other batches, so what is guessed, and with it an answer,
    should not depend on small differences between one load and the next.
    """
    seconds = []
    for size in _MEASURED:
        taken = []
        for _ in range(_ROUNDS):
            started = time.perf_counter()
            evaluate(size)
            taken.append(time.perf_counter() - started)
        seconds.append(min(taken))
    return BatchCosts(_MEASURED, tuple(max(1.0, round(2 * each / seconds[0]) / 2) for each in seconds))


class PromptLookup:
    """Guesses for one answer. `tokens`: the prompt."""

    def __init__(self, tokens: Sequence[int], costs: BatchCosts) -> None:
        self._costs = [costs(size) for size in range(1, MOST + 2)]
        self._tokens: list[int] = []
        self._ends: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._right = {bucket: _PRIOR_WEIGHT * chance for bucket, chance in _PRIOR.items()}
        self._guessed = dict.fromkeys(_PRIOR, _PRIOR_WEIGHT)
        self._expected: list[int] = []  # of which a guess is the beginning
        self._bucket = 0
        self._next = 0  # where the guess goes on in the tokens; 0: nowhere
        self.add(tokens)

    def add(self, tokens: Sequence[int]) -> None:
        """What came: the prompt, or what the model drew, of which the last guess was a guess."""
        pairs = list(zip(self._expected, tokens, strict=False))
        if pairs:
            right = next((i for i, (a, b) in enumerate(pairs) if a != b), len(pairs))
            self._learn(right, missed=right < len(pairs))
            self._next += len(tokens)
        self._expected = []
        for token in tokens:
            self._tokens.append(token)
            if len(self._tokens) > 1:
                self._ends[self._tokens[-2], token].append(len(self._tokens))

    def guess(self, most: int) -> list[int]:
        """At most so many tokens that may come next; none where that would not pay."""
        length, place = self._longest_match()
        if length == 0:
            place = self._next
        self._bucket = max(bucket for bucket in _PRIOR if bucket <= length)
        self._next = place
        self._expected = self._tokens[place : place + MOST] if place else []
        following = self._expected[:most]
        return following[: self._paying(len(following))]

    def _longest_match(self) -> tuple[int, int]:
        """How many of the last tokens stood the same before, and the place behind them there."""
        tokens, end = self._tokens, len(self._tokens)
        best, place = 0, 0
        for other in self._ends[tokens[-2], tokens[-1]] if end > 1 else ():
            if other == end:
                continue
            length = 2
            while length < min(other, _LONGEST_MATCH) and tokens[other - length - 1] == tokens[end - length - 1]:
                length += 1
            # Of equal ones, where the last guess went on, or else the last.
            if length > best or (length == best and place != self._next):
                best, place = length, other
        return best, place

    def _paying(self, most: int) -> int:
        """The length of a guess that gives the most tokens for its costs."""
        chance = self._right[self._bucket] / self._guessed[self._bucket]
        best, rate = 0, _GAIN
        # A batch of one token and a guess of n gives 1 + p + p² + … + pⁿ tokens.
        tokens = right = 1.0
        for length in range(1, most + 1):
            right *= chance
            tokens += right
            if tokens / self._costs[length] > rate:
                best, rate = length, tokens / self._costs[length]
        return best

    def _learn(self, right: int, *, missed: bool) -> None:
        bucket = self._bucket
        for count in (self._right, self._guessed):
            count[bucket] *= _FORGETS
        self._right[bucket] += right
        self._guessed[bucket] += right + missed
