from __future__ import annotations

import numpy as np
import pytest

from qwen_magic.engines.prefixes import Prefixes

pytestmark = pytest.mark.model

FIRST = [1, 50, 60, 70, 80, 90]
SECOND = [1, 50, 65, 75, 85, 95]


@pytest.fixture
def prefixes(smol):
    return Prefixes(smol.evaluator)


def evaluated(smol, tokens):
    """The logits behind tokens, evaluated one by one from the beginning."""
    smol.rollback(0)
    smol.eval(tokens)
    return np.array(smol.evaluator.logits())


def test_a_prompt_that_begins_alike_needs_only_the_rest(smol, prefixes):
    wanted = evaluated(smol, FIRST)
    smol.rollback(0)
    smol.eval(FIRST[:4])
    prefixes.keep(FIRST[:4])
    evaluated(smol, SECOND)
    assert prefixes.restore(FIRST, 2) == 4
    smol._context = FIRST[:4]
    smol.eval(FIRST[4:])
    np.testing.assert_array_equal(smol.evaluator.logits(), wanted)


def test_the_one_that_has_most_in_common_is_restored_as_far_as_it_goes(smol, prefixes):
    for tokens in (FIRST, SECOND):
        evaluated(smol, tokens)
        prefixes.keep(tokens)
    assert prefixes.restore([*SECOND[:4], 7, 8], 0) == 4
    smol._context = list(SECOND[:4])
    smol.eval([7, 8])
    np.testing.assert_array_equal(smol.evaluator.logits(), evaluated(smol, [*SECOND[:4], 7, 8]))


def test_what_the_context_has_already_is_not_restored(smol, prefixes):
    evaluated(smol, FIRST)
    prefixes.keep(FIRST)
    assert prefixes.restore(FIRST, len(FIRST)) == 0
    assert prefixes.restore([2, 3], 0) == 0


def test_the_last_four_are_kept(smol, prefixes):
    prompts = [[1, token, 5] for token in range(10, 16)]
    for prompt in prompts:
        evaluated(smol, prompt)
        prefixes.keep(prompt)
    assert [prefixes.restore(prompt, 1) for prompt in prompts] == [0, 0, 3, 3, 3, 3]
    prefixes.forget()
    assert prefixes.restore(prompts[-1], 0) == 0
