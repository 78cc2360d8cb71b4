from __future__ import annotations

import numpy as np
import pytest

from qwen_magic.engines.base import Sampling
from qwen_magic.engines.branching import Branching

pytestmark = pytest.mark.model

PROMPT = (
    "```python\nages = [31, 17]\nadults = [a for a in ages if a >= 18]\n```\n"
    "The same where the ages are text, each converted with int():\n```python\nages = ['31', '17']\n"
)
LINE = "adults = [a for a in ages if a >= 18]\n"


def one_line(text):
    return "\n" in text


def begin(model, text):
    model.eval(model.tokenize(text, add_bos_token=False, special=False))


def alone(model, prompt, text):
    """The log probability of a text, evaluated by itself in the plain way."""
    model.rollback(0)
    begin(model, prompt)
    first = model.evaluator.logits().copy()
    tokens = model.tokenize(text, add_bos_token=False, special=False)
    rows = np.vstack([first, model.eval_logits(tokens)[:-1]]).astype(np.float64)
    rows -= rows.max(axis=1, keepdims=True)
    scores = rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))
    return float(sum(row[token] for row, token in zip(scores, tokens, strict=True)))


def alternatives(model, count, *least):
    """The likeliest other lines, the best first."""
    return sorted(Branching(model, one_line).alternatives(LINE, count, *least), key=lambda each: -each.logprob)


def test_the_likeliest_other_lines(coder):
    begin(coder, PROMPT)
    found = alternatives(coder, 8)
    assert "adults = [a for a in ages if int(a) >= 18]\n" in [each.text for each in found]
    assert len({each.text for each in found}) == len(found) > 1
    assert LINE not in [each.text for each in found]
    assert all(each.text.endswith("\n") and each.text.count("\n") == 1 for each in found)


def test_their_probabilities_are_those_of_the_plain_way(coder):
    begin(coder, PROMPT)
    best = alternatives(coder, 4)[0]
    # Batches of other sizes round differently.
    assert best.logprob == pytest.approx(alone(coder, PROMPT, best.text), abs=0.15)


def test_what_is_less_likely_than_is_wanted_is_not_finished(coder):
    begin(coder, PROMPT)
    found = alternatives(coder, 8)
    least = found[0].logprob - 0.1
    coder.rollback(0)
    begin(coder, PROMPT)
    fewer = alternatives(coder, 8, lambda: least)
    assert fewer[0].text == found[0].text
    # What is complete at once costs nothing.
    assert [each for each in fewer[1:] if each.tokens > 5] == []
    assert len(fewer) < len(found)


def test_each_comes_as_soon_as_it_is_complete(coder, monkeypatch):
    begin(coder, PROMPT)
    steps = []
    evaluate = coder.evaluator.evaluate_logits
    monkeypatch.setattr(coder.evaluator, "evaluate_logits", lambda slots: steps.append(len(slots)) or evaluate(slots))
    before = coder.context
    found = Branching(coder, one_line).alternatives(LINE, 8)
    next(found)
    early = len(steps)
    found.close()
    assert coder.context == before
    coder.rollback(0)
    begin(coder, PROMPT)
    steps.clear()
    list(Branching(coder, one_line).alternatives(LINE, 8))
    assert early < len(steps)


def test_texts_are_scored_as_if_each_were_alone(coder):
    texts = [LINE, "adults = [a for a in ages if int(a) >= 18]\n", "print('nonsense')\n", "adults"]
    begin(coder, PROMPT)
    scores = Branching(coder, bool).score(texts)
    assert scores == pytest.approx([alone(coder, PROMPT, text) for text in texts], abs=0.3)
    assert scores[2] < scores[1]


def test_the_context_is_afterwards_what_it_was(coder):
    begin(coder, PROMPT)
    before = coder.context
    branching = Branching(coder, one_line)
    assert next(branching.alternatives(LINE, 4))
    branching.score([LINE, "x = 1\n"])
    drawn = Branching(coder, one_line).samples(2, Sampling(max_tokens=4))
    assert next(drawn)
    drawn.close()
    assert coder.context == before


def test_samples_differ_and_can_be_had_again(coder):
    begin(coder, "Names of colours:")
    sampling = Sampling(temperature=0.9, top_k=0, seed=3, max_tokens=12)
    drawn = list(Branching(coder, one_line).samples(4, sampling))
    assert len(drawn) == 4
    assert len(set(drawn)) > 1
    coder.rollback(0)
    begin(coder, "Names of colours:")
    assert list(Branching(coder, one_line).samples(4, sampling)) == drawn


def test_a_stopped_engine_sees_nothing(coder):
    from qwen_magic.engines.local import LocalEngine
    from qwen_magic.messages import Message, Role

    engine = LocalEngine("coder", coder)
    messages = [Message(Role.USER, "Sort a list.")]
    assert list(engine.alternatives(messages, "", "x\n", 4, ends=one_line, stopped=lambda: True)) == []
    assert engine.score(messages, "", ["x"], stopped=lambda: True) is None
    assert list(engine.samples(messages, Sampling(max_tokens=4), 2, stopped=lambda: True)) == []
    assert len(list(engine.alternatives(messages, "", "x\n", 2, ends=one_line))) == 2


def test_whoever_has_seen_enough_samples_can_ask_something_else(coder):
    from qwen_magic.engines.local import LocalEngine
    from qwen_magic.messages import Message, Role

    engine = LocalEngine("coder", coder)
    messages = [Message(Role.USER, "Name a colour.")]
    drawn = engine.samples(messages, Sampling(temperature=0.9, max_tokens=3), 4)
    assert next(drawn)
    drawn.close()
    assert "".join(engine.stream(messages, Sampling(max_tokens=3)))
