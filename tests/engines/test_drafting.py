from __future__ import annotations

import random
import time

import pytest

from qwen_magic.engines.drafting import MOST, BatchCosts, PromptLookup, measure

FREE = BatchCosts((1, 16), (1.0, 1.0))
DEAR = BatchCosts((1, 16), (1.0, 16.0))
# As measured: sixteen tokens take as long as seven alone.
USUAL = BatchCosts((1, 4, 16), (1.0, 2.5, 7.0))


def test_what_followed_last_time_is_guessed():
    lookup = PromptLookup([1, 2, 3, 4, 5, 6, 1, 2], FREE)
    assert lookup.guess(3) == [3, 4, 5]


def test_the_longest_match_counts():
    lookup = PromptLookup([7, 1, 2, 30, 8, 1, 2, 40, 9, 1, 2, 50, 8, 1, 2], FREE)
    assert lookup.guess(1) == [40]


def test_what_is_new_is_not_guessed():
    assert PromptLookup([1, 2, 3, 4], FREE).guess(8) == []
    assert PromptLookup([], FREE).guess(8) == []
    assert PromptLookup([1], FREE).guess(8) == []


def test_behind_a_changed_token_the_guess_goes_on_where_it_was():
    lookup = PromptLookup([1, 2, 3, 4, 5, 6, 7, 8, 1, 2], FREE)
    assert lookup.guess(2) == [3, 4]
    lookup.add([99])  # in the place of 3
    assert lookup.guess(2) == [4, 5]


def test_a_guess_that_was_right_goes_on():
    lookup = PromptLookup([1, 2, 3, 4, 5, 6, 7, 8, 1, 2], FREE)
    lookup.guess(2)
    lookup.add([3, 4, 5])
    assert lookup.guess(2) == [6, 7]


def test_no_guess_is_longer_than_a_batch_or_than_was_asked_for():
    tokens = [*range(100), 0, 1]
    assert len(PromptLookup(tokens, FREE).guess(100)) == MOST
    assert len(PromptLookup(tokens, FREE).guess(4)) == 4
    assert PromptLookup(tokens, FREE).guess(0) == []


def test_where_a_batch_costs_as_much_as_its_tokens_nothing_is_guessed():
    assert PromptLookup([*range(100), 0, 1], DEAR).guess(MOST) == []


def test_guesses_become_short_where_they_are_wrong_and_long_where_they_are_right():
    dice = random.Random(1)  # noqa: S311 # noise, no secret
    text = [dice.randrange(50) for _ in range(4000)]
    lookup = PromptLookup(text[:2000], USUAL)
    for token in text[2000:2300]:
        lookup.guess(MOST)
        lookup.add([token])
    guessed = []
    for token in text[2300:2500]:
        guessed.append(len(lookup.guess(MOST)))
        lookup.add([token])
    assert sum(guessed) < 40

    copied = PromptLookup([*text[:300], *text[:8]], USUAL)
    lengths, at = [], 8
    while at < 250:
        guess = copied.guess(MOST)
        assert guess == text[at : at + len(guess)]
        lengths.append(len(guess))
        copied.add([*guess, text[at + len(guess)]])
        at += len(guess) + 1
    assert sum(lengths) / len(lengths) > 10


def test_costs_between_those_measured_lie_between_them():
    assert USUAL(1) == 1
    assert USUAL(16) == 7
    assert USUAL(4) < USUAL(8) < USUAL(16)


def test_costs_are_measured_by_evaluating():
    evaluated = []

    def evaluate(size):
        evaluated.append(size)
        time.sleep(0.01 if size == 1 else 0.03)

    costs = measure(evaluate)
    assert set(evaluated) == set(costs.sizes)
    assert costs.costs[0] == 1
    assert all(cost >= 1.5 and cost * 2 == int(cost * 2) for cost in costs.costs[1:])


@pytest.mark.parametrize("drawn", [[3], [3, 4], [3, 4, 5, 6], [99]])
def test_what_came_is_where_the_next_guess_is_looked_up(drawn):
    lookup = PromptLookup([1, 2, 3, 4, 5, 6, 7, 1, 2], FREE)
    lookup.guess(3)
    lookup.add(drawn)
    again = PromptLookup([1, 2, 3, 4, 5, 6, 7, 1, 2, *drawn], FREE)
    if drawn != [99]:
        assert lookup.guess(4) == again.guess(4)
