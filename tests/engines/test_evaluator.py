from __future__ import annotations

import numpy as np
import pytest

from qwen_magic.engines import evaluator as evaluator_module
from qwen_magic.engines.evaluator import BATCH_OUTPUTS, MAX_SEQUENCES, Evaluator, Slot

pytestmark = pytest.mark.model

TEXT = "def mean(values):\n    return sum(values) / len(values)\n\n\ndef middle(values):\n    values.sort()\n"


def slots(tokens, start=0, sequence=0, output=True):
    return [Slot(token, start + i, sequence, output) for i, token in enumerate(tokens)]


@pytest.fixture
def evaluator(smol) -> Evaluator:
    smol.evaluator.clear()
    return smol.evaluator


@pytest.fixture
def tokens(evaluator):
    return evaluator.vocabulary.tokenize(TEXT)


def one_by_one(evaluator, tokens):
    evaluator.clear()
    return np.concatenate([evaluator.evaluate_logits([slot]) for slot in slots(tokens)])


def same(a, b):
    """Nearly the same distributions: batches of another size add up in another order."""
    assert a.shape == b.shape
    far = np.abs(softmax(a) - softmax(b)).sum(axis=1) / 2
    assert far.mean() < 0.06
    assert far.max() < 0.25


def softmax(logits):
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


def test_logits_of_a_batch_are_those_of_its_tokens_one_by_one(evaluator, tokens):
    alone = one_by_one(evaluator, tokens)
    evaluator.clear()
    same(evaluator.evaluate_logits(slots(tokens)), alone)


def test_more_outputs_than_a_batch_holds_come_out_in_order(evaluator):
    tokens = evaluator.vocabulary.tokenize(TEXT * 4)
    assert len(tokens) > BATCH_OUTPUTS
    rows = evaluator.evaluate_logits(slots(tokens))
    assert rows.shape == (len(tokens), evaluator.vocabulary.size)
    same(rows[-8:], one_by_one(evaluator, tokens)[-8:])


def test_only_the_slots_that_ask_for_logits_get_some(evaluator, tokens):
    every = evaluator.evaluate_logits(slots(tokens))
    evaluator.clear()
    some = [Slot(token, i, output=i in (3, 7)) for i, token in enumerate(tokens)]
    same(evaluator.evaluate_logits(some), every[[3, 7]])
    with pytest.raises(ValueError, match="NULL"):
        evaluator.logits(4)
    assert evaluator.evaluate_logits([]).shape == (0, evaluator.vocabulary.size)


def test_branches_of_a_shared_prefix_are_evaluated_in_one_batch(evaluator):
    tokenize = evaluator.vocabulary.tokenize
    prefix = tokenize("The capital of")
    endings = [tokenize(f" {country} is") for country in ("France", "Germany", "Italy", "Japan")]
    alone = []
    for ending in endings:
        evaluator.clear()
        alone.append(evaluator.evaluate_logits(slots(prefix + ending))[-1])

    evaluator.clear()
    evaluator.evaluate(slots(prefix, output=False))
    batch = []
    for sequence in range(1, len(endings)):
        evaluator.branch(0, sequence, len(prefix))
    for sequence, ending in enumerate(endings):
        batch += [Slot(token, len(prefix) + i, sequence, output=i == len(ending) - 1) for i, token in enumerate(ending)]
    together = evaluator.evaluate_logits(batch)
    same(together, np.array(alone))
    assert evaluator.vocabulary.piece(together[0].argmax()) == b" Paris"


def test_a_branch_goes_its_own_way(evaluator, tokens):
    evaluator.evaluate(slots(tokens, output=False))
    evaluator.branch(0, 5, 4)
    evaluator.rollback(0)
    branch = evaluator.evaluate_logits(slots(tokens[4:8], 4, sequence=5))
    evaluator.clear()
    same(branch, evaluator.evaluate_logits(slots(tokens))[4:8])


def test_branching_into_a_sequence_replaces_it(evaluator, tokens):
    evaluator.evaluate(slots(tokens[::-1], sequence=1, output=False))
    evaluator.evaluate(slots(tokens, output=False))
    evaluator.branch(0, 1, 6)
    again = evaluator.evaluate_logits(slots(tokens[6:9], 6, sequence=1))
    evaluator.clear()
    same(again, evaluator.evaluate_logits(slots(tokens))[6:9])


@pytest.mark.parametrize("position", [0, 1, 7, -1])
def test_rollback_to_any_position_forgets_what_comes_after(evaluator, tokens, position):
    position %= len(tokens)
    wanted = evaluator.evaluate_logits(slots(tokens))[position:]
    evaluator.clear()
    assert evaluator.evaluate(slots(tokens[:position] + [500] * 20, output=False))
    assert evaluator.rollback(position)
    same(evaluator.evaluate_logits(slots(tokens[position:], position)), wanted)


def test_stopping_ends_a_long_evaluation_and_the_next_one_is_right(evaluator, tokens):
    asked = []
    evaluator.stopped = lambda: len(asked) > 20 or bool(asked.append(None))
    assert not evaluator.evaluate(slots(tokens * 6, output=False))
    evaluator.rollback(0)
    evaluator.stopped = lambda: True
    with pytest.raises(InterruptedError):
        evaluator.evaluate_logits(slots(tokens))
    evaluator.stopped = lambda: False
    evaluator.rollback(0)
    same(evaluator.evaluate_logits(slots(tokens[:6])), one_by_one(evaluator, tokens[:6]))


def test_a_long_batch_is_stopped_in_its_middle(evaluator, tokens):
    asked = []
    evaluator.stopped = lambda: asked.append(None) or len(asked) > 5
    long = (tokens * 10)[:256]
    assert not evaluator.evaluate(slots(long, output=False))  # one batch: asked before it, and within
    assert len(asked) == 6


def test_what_stopped_raises_comes_out_of_the_evaluation(evaluator, tokens):
    calls = []

    def interrupted():
        calls.append(None)
        if len(calls) > 5:
            raise KeyboardInterrupt
        return False

    evaluator.stopped = interrupted
    with pytest.raises(KeyboardInterrupt):
        evaluator.evaluate(slots((tokens * 10)[:256], output=False))
    evaluator.stopped = lambda: False
    evaluator.rollback(0)
    assert evaluator.evaluate(slots(tokens))


def test_a_full_memory_is_no_crash(evaluator):
    room = evaluator.context_length
    assert not evaluator.evaluate(slots([300] * (room + 1), output=False))
    evaluator.clear()
    assert evaluator.evaluate(slots([300] * room, output=False))
    with pytest.raises(MemoryError, match="context window"):
        evaluator.evaluate_logits(slots([300], room))
    evaluator.rollback(room - 1)
    assert evaluator.evaluate_logits(slots([301], room - 1)).shape[0] == 1


def test_all_sequences_can_be_used_at_once(evaluator):
    batch = [Slot(300 + n, 0, n, output=True) for n in range(MAX_SEQUENCES)]
    rows = evaluator.evaluate_logits(batch)
    alone = []
    for slot in (batch[0], batch[-1]):
        evaluator.clear()
        alone.append(evaluator.evaluate_logits([slot])[0])
    same(rows[[0, -1]], np.array(alone))


@pytest.mark.parametrize("sequence", [-1, MAX_SEQUENCES, 1 << 20])
def test_a_sequence_that_does_not_exist_is_an_error(evaluator, sequence):
    for use in (
        lambda: evaluator.evaluate([Slot(300, 0, sequence)]),
        lambda: evaluator.branch(sequence, 0, 1),
        lambda: evaluator.branch(0, sequence, 1),
        lambda: evaluator.rollback(0, sequence),
    ):
        with pytest.raises(ValueError, match="no sequence"):
            use()


def test_a_sequence_cannot_branch_from_itself(evaluator, tokens):
    evaluator.evaluate(slots(tokens))
    with pytest.raises(ValueError, match="itself"):
        evaluator.branch(0, 0, 3)
    assert evaluator.evaluate(slots([300], len(tokens)))  # and nothing was forgotten


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ([Slot(-5, 0)], "token"),
        ([Slot(1 << 30, 0)], "token"),
        ([Slot(300, 7)], "no sequence|position"),
        ([Slot(300, i, output=True) for i in range(BATCH_OUTPUTS + 1)], "at most 64 outputs"),
    ],
)
def test_slots_that_make_no_sense_are_an_error(evaluator, wrong, why):
    evaluator.evaluate(slots([300, 301, 302]))
    if wrong[0].position == 0:
        evaluator.clear()
    with pytest.raises(ValueError, match=why):
        evaluator.evaluate(wrong)


@pytest.mark.parametrize(
    ("built_with", "used"), [(b"AMX_INT8 = 1 | REPACK = 1 | ", False), (b"AVX2 = 1 | REPACK = 1 | ", True)]
)
def test_weights_are_not_repacked_for_amx(monkeypatch, built_with, used):
    monkeypatch.setattr("llama_cpp.llama_print_system_info", lambda: built_with)
    assert evaluator_module._model_params(True, False).use_extra_bufts is used


def test_metadata_is_text_or_nothing(evaluator):
    assert evaluator.metadata("general.architecture") == "llama"
    assert evaluator.metadata("tokenizer.chat_template").startswith("{% for message in messages %}")
    assert evaluator.metadata("no.such.key") is None
