from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from qwen_magic.engines.sampler import GrammarError, Sampler, penalised, seed_at

GREEDY = {"top_k": 40, "top_p": 0.95, "temperature": 0.0, "repetition_penalty": 1.0, "seed": 0}
DRAWS = 3000
ARITHMETIC = 'root ::= number " + " number\nnumber ::= [1-9] [0-9]?'


def draws(logits, last=(), **options):
    """How often each token is drawn, over many seeds."""
    sampler = Sampler(None)
    options = {"top_k": 0, "top_p": 1.0, "temperature": 1.0, "repetition_penalty": 1.0} | options
    scores = np.array(logits, dtype=np.float32)
    counts = Counter(sampler.sample(scores, last, seed=seed_at(1, n), **options) for n in range(DRAWS))
    return np.array([counts[token] / DRAWS for token in range(len(logits))])


def softmax(logits):
    exp = np.exp(np.array(logits) - max(logits))
    return exp / exp.sum()


LOGITS = [2.0, 1.0, 0.5, 0.0, -1.0]


def test_tokens_are_drawn_as_often_as_their_logits_say():
    np.testing.assert_allclose(draws(LOGITS), softmax(LOGITS), atol=0.04)


def test_temperature_divides_the_logits():
    np.testing.assert_allclose(draws(LOGITS, temperature=0.5), softmax([2 * x for x in LOGITS]), atol=0.04)
    np.testing.assert_allclose(draws(LOGITS, temperature=3.0), softmax([x / 3 for x in LOGITS]), atol=0.04)


def test_top_k_leaves_so_many_of_the_likeliest():
    np.testing.assert_allclose(draws(LOGITS, top_k=2), [*softmax(LOGITS[:2]), 0, 0, 0], atol=0.04)
    assert (draws(LOGITS, top_k=100) > 0).all()


def test_top_p_leaves_the_likeliest_that_together_have_p():
    # 0.54, 0.20, 0.12, 0.07, 0.03: the first two have 0.74
    np.testing.assert_allclose(draws(LOGITS, top_p=0.7), [*softmax(LOGITS[:2]), 0, 0, 0], atol=0.04)
    np.testing.assert_allclose(draws(LOGITS, top_p=0.0), [1, 0, 0, 0, 0])


def test_penalty_comes_before_everything_else():
    penalised_logits = [1.0, 1.0, 0.5, 0.0, -2.0]
    np.testing.assert_allclose(
        draws(LOGITS, last=[0, 4, 4], repetition_penalty=2.0), softmax(penalised_logits), atol=0.04
    )


def test_penalised_divides_what_is_positive_and_multiplies_what_is_negative():
    logits = np.array([2.0, -2.0, 3.0], dtype=np.float32)
    assert penalised(logits, [0, 1, 1], 2.0).tolist() == [1.0, -4.0, 3.0]
    assert logits.tolist() == [2.0, -2.0, 3.0]
    assert penalised(logits, [], 2.0) is logits
    assert penalised(logits, [0], 1.0) is logits


def test_a_seed_gives_another_number_at_each_position_and_the_same_one_there():
    numbers = [seed_at(7, position) for position in range(1000)]
    assert len(set(numbers)) == 1000
    assert numbers == [seed_at(7, position) for position in range(1000)]
    assert seed_at(8, 5) != seed_at(7, 5)
    assert all(0 <= number < 2**31 for number in numbers)
    assert seed_at(2**62, 0) >= 0


def test_a_negative_seed_gives_another_number_each_time():
    assert len({seed_at(-1, 5) for _ in range(20)}) == 20


@pytest.mark.parametrize("strange", [float("nan"), float("inf"), float("-inf")])
def test_strange_logits_end_in_some_token(strange):
    logits = np.full(10, strange, dtype=np.float32)
    for temperature in (0.0, 1.0):
        assert 0 <= Sampler(None).sample(logits, [1], **(GREEDY | {"temperature": temperature})) < 10


def said(llm, prompt, count=30, **options):
    """What a model says under its grammar, and whether it ended by itself."""
    llm.eval(llm.prepare_inputs_for_generation(llm.tokenize(prompt), reset=True))
    text = b""
    for _ in range(count):
        token = llm.sample(**options)
        if llm.is_eos_token(token):
            return text.decode(), True
        text += llm.detokenize([token], decode=False)
        llm.eval([token])
    return text.decode(errors="replace"), False


@pytest.mark.model
@pytest.mark.parametrize("seed", range(4))
def test_a_grammar_lets_only_its_texts_through_and_then_ends(smol, seed):
    smol.grammar = ARITHMETIC
    text, ended = said(smol, "Once upon a time", temperature=1.5, seed=seed)
    assert ended
    left, plus, right = text.split(" ")
    assert plus == "+"
    assert 1 <= int(left) <= 99
    assert 1 <= int(right) <= 99


@pytest.mark.model
def test_setting_a_grammar_again_starts_over(smol):
    smol.grammar = 'root ::= "yes"'
    assert said(smol, "Is it?", temperature=0) == ("yes", True)
    smol.grammar = smol.grammar
    assert said(smol, "Is it?", temperature=0) == ("yes", True)
    smol.grammar = None
    assert said(smol, "1, 2, 3,", count=2, temperature=0)[0] == " 4"


@pytest.mark.model
def test_a_grammar_may_be_chinese(coder, smol):
    for llm in (coder, smol):
        llm.grammar = 'root ::= "答案：" ("是" | "否") "。"'
        text, ended = said(llm, "天空是蓝色的吗？", temperature=0)
        assert ended
        assert text in ("答案：是。", "答案：否。")


@pytest.mark.model
@pytest.mark.parametrize(
    "gbnf",
    ["", "  \n", "root :=", "other ::= 'x'", 'root ::= "open', "root ::= missing", 'root ::= root "a"', "\ud800",
     'root ::= "a"{100000}'],
)  # fmt: skip
def test_what_is_no_grammar_is_an_error_and_lifts_the_one_before(smol, gbnf, capfd):
    smol.grammar = 'root ::= "yes"'
    with pytest.raises(GrammarError, match="not valid GBNF"):
        smol.grammar = gbnf
    assert said(smol, "1, 2, 3,", count=2, temperature=0)[0] == " 4"


@pytest.mark.model
def test_a_grammar_that_leads_nowhere_is_an_error(smol):
    smol.grammar = 'root ::= "a" [^\\x00-\\U0010FFFF]'
    with pytest.raises(GrammarError, match="no token fits"):
        said(smol, "Hello", temperature=0)


@pytest.mark.model
def test_strange_logits_do_not_break_a_grammar(smol):
    for temperature in (0.0, 1.0, 1e-30):
        smol.grammar = 'root ::= "yes"'
        smol.eval(smol.tokenize("Hello"))
        for token in range(smol.vocab_size):
            smol.logits[token] = float("nan")
        try:
            token = smol.sample(temperature=temperature)
        except GrammarError:
            continue
        assert b"yes".startswith(smol.detokenize([token], decode=False))
