"""Beginnings of prompts whose state is kept, so that a prompt which begins alike needs only the rest evaluated."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from qwen_magic.engines.evaluator import Evaluator

_MOST = 4  # states; one takes some 12 kB a token


class Prefixes:
    """Keeps what sequence 0 held at some moments, the last ones.

    Copies, and not sequences of their own: put back, their tokens lie in the memory as if they had just been
    evaluated, and so sums behind them come out the same to the last bit.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._states: dict[tuple[int, ...], bytes] = {}

    def keep(self, tokens: Sequence[int]) -> None:
        """Keep the state of sequence 0, which holds these tokens."""
        self._states.pop(tuple(tokens), None)
        self._states[tuple(tokens)] = self._evaluator.state()
        while len(self._states) > _MOST:
            del self._states[next(iter(self._states))]

    def restore(self, tokens: Sequence[int], least: int) -> int:
        """Let sequence 0 begin like `tokens` if more than `least` of them are kept, and say how many; 0: none are."""
        longest, kept = max(((_common(each, tokens), each) for each in self._states), default=(0, ()))
        if longest <= least:
            return 0
        self._evaluator.restore(self._states[kept])
        self._evaluator.rollback(longest)
        return longest

    def forget(self) -> None:
        """Free their memory."""
        self._states.clear()


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
