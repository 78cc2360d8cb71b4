from __future__ import annotations

import gc
import inspect
import weakref
from itertools import islice

import numpy as np
import pytest
from ctransformers.llm import LLM, Config

from qwen_magic.engines.llamacpp import Qwen2LLM

pytestmark = pytest.mark.model

GREEDY = {"temperature": 0, "repetition_penalty": 1.0}
PROMPT = "def fibonacci(n):\n    if n < 2:\n        return n\n    return"


def _reset(llm):
    llm.eval([1, 2, 3])
    with pytest.warns(UserWarning, match="deprecated"):
        llm.reset()
    return True


# Every public member of the parent, with what must come out of it for the model of the fixture.
MEMBERS = {
    "model_path": lambda llm: llm.model_path.endswith(".gguf"),
    "model_type": lambda llm: llm.model_type == "llama",
    "config": lambda llm: isinstance(llm.config, Config),
    "eos_token_id": lambda llm: llm.eos_token_id == 2,
    "bos_token_id": lambda llm: llm.bos_token_id == 1,
    "pad_token_id": lambda llm: llm.pad_token_id == llm.eos_token_id,
    "vocab_size": lambda llm: llm.vocab_size == 49152,
    "context_length": lambda llm: llm.context_length == 256,
    "tokenize": lambda llm: llm.tokenize("Hello world") == [19556, 905],
    "detokenize": lambda llm: llm.detokenize(llm.tokenize("Grüße, 世界")) == "Grüße, 世界",
    "is_eos_token": lambda llm: llm.is_eos_token(llm.eos_token_id) and not llm.is_eos_token(300),
    "eval": lambda llm: llm.eval([1, 2, 3]) is None and llm.context == (1, 2, 3),
    "sample": lambda llm: llm.eval(llm.tokenize("1, 2, 3,")) or 0 <= llm.sample(seed=1) < llm.vocab_size,
    "logits": lambda llm: llm.eval([300]) or (len(llm.logits) == llm.vocab_size and llm.logits[5] != llm.logits[6]),
    "embed": lambda llm: len(llm.embed("hello")) == 576,
    "embeddings": lambda llm: llm.embed("hello") == list(llm.embeddings),
    "prepare_inputs_for_generation": lambda llm: llm.prepare_inputs_for_generation([1, 2], reset=True) == [1, 2],
    "generate": lambda llm: len(list(islice(llm.generate([300], **GREEDY), 3))) == 3,
    "__call__": lambda llm: isinstance(llm("hello", max_new_tokens=2), str),
    "reset": lambda llm: _reset(llm) and llm.context == (),
}


def test_every_public_member_of_the_parent_is_listed_here():
    public = {name for name in vars(LLM) if not name.startswith("_")} | {"__call__"}
    assert public == set(MEMBERS)


@pytest.mark.parametrize("name", MEMBERS)
def test_every_public_member_of_the_parent_works(smol, name):
    assert MEMBERS[name](smol)


def test_methods_take_what_the_parents_take(smol):
    for name in MEMBERS:
        theirs, ours = getattr(LLM, name), getattr(Qwen2LLM, name)
        if callable(theirs):
            ours = inspect.signature(ours).parameters
            takes_any = any(p.kind is p.VAR_KEYWORD for p in ours.values())
            assert takes_any or set(inspect.signature(theirs).parameters) <= set(ours), name


def test_code_is_continued_sensibly(coder):
    assert coder(PROMPT, max_new_tokens=12, **GREEDY).startswith(" fibonacci(n-1) + fibonacci(n-2)")


@pytest.mark.parametrize("text", ["用中文写一段注释", "🦆🧑‍🚀👩‍👩‍👧‍👦", "ℵ₀ ≤ 2^ℵ₀", "a\x00b", "  \n\t\r\n ", "𓀀" * 50])
def test_text_survives_a_round_trip_even_with_more_tokens_than_characters(coder, text):
    tokens = coder.tokenize(text)
    assert coder.detokenize(tokens) == text
    assert coder.detokenize(tokens, decode=False) == text.encode()


def test_some_text_has_more_tokens_than_characters(coder):
    assert len(coder.tokenize("𓀀" * 50)) > 51  # where the parent would write past the end of its buffer


def test_a_token_that_does_not_exist_is_an_error(coder):
    for token in (-1, coder.vocab_size, 2**31 - 1):
        with pytest.raises(ValueError, match="no token"):
            coder.detokenize([token])
        with pytest.raises(ValueError, match="refuses these slots"):
            coder.eval([token])


def test_streamed_text_is_the_whole_text(coder):
    prompt = "Translate to Chinese.\nEnglish: Hello, world!\nChinese:"
    pieces = list(coder(prompt, stream=True, max_new_tokens=8, **GREEDY))
    assert len(pieces) > 1
    assert "你好" in "".join(pieces)
    assert "".join(pieces) == coder(prompt, max_new_tokens=8, **GREEDY)


def test_text_that_is_not_ascii_is_not_lost_at_the_end(coder, monkeypatch):
    tokens = coder.tokenize("答案是：世界🦆")
    monkeypatch.setattr(coder, "generate", lambda prompt, **options: iter(tokens))
    assert coder("") == "答案是：世界🦆"
    assert "".join(coder("", stream=True)) == "答案是：世界🦆"
    assert "".join(LLM._stream(coder, "")) != "答案是：世界🦆"  # or else ours is needed no more


def test_a_stop_string_across_tokens_ends_the_text(coder):
    whole = coder(PROMPT, max_new_tokens=20, **GREEDY)
    for stop in ("cci(n-2)", ["zzz", "nacci(n-2)\n"], " "):
        wanted = min(whole.index(s) for s in ([stop] if isinstance(stop, str) else stop) if s in whole)
        assert coder(PROMPT, max_new_tokens=20, stop=stop, **GREEDY) == whole[:wanted]


def test_stop_strings_of_the_configuration_can_be_set_aside(coder, monkeypatch):
    monkeypatch.setattr(coder.config, "stop", ["("])
    assert coder(PROMPT, max_new_tokens=4, **GREEDY) == " fibonacci"
    assert "(" in coder(PROMPT, max_new_tokens=4, stop=[], **GREEDY)


def test_an_empty_prompt_gives_an_empty_text(coder):
    coder.eval(coder.tokenize("something before"))
    assert coder("", max_new_tokens=5) == ""


def test_sampling_before_any_evaluation_ends_the_text(coder):
    assert coder.is_eos_token(coder.sample())


def test_reset_false_goes_on_where_the_context_ends(coder):
    whole = list(islice(coder.generate(coder.tokenize(PROMPT), **GREEDY), 4))
    coder.rollback(0)
    coder.eval(coder.tokenize(PROMPT)[:-3])
    rest = coder.tokenize(PROMPT)[-3:]
    assert list(islice(coder.generate(rest, reset=False, **GREEDY), 4)) == whole


def test_reset_false_restores_nothing_that_was_kept(coder):
    prompt = coder.tokenize("one two three")
    coder.eval(prompt)
    coder.keep()
    coder.rollback(0)
    coder.eval(coder.tokenize("four"))
    before = coder.context
    assert coder.prepare_inputs_for_generation([*prompt, 5], reset=False) == [*prompt, 5]
    assert coder.context == before
    assert coder.prepare_inputs_for_generation([*prompt, 5], reset=True) == [5]
    assert coder.context == tuple(prompt)


def test_what_is_drawn_at_once_is_what_is_drawn_one_by_one(smol):
    greedy = {"temperature": 0.0, "repetition_penalty": 1.2, "last_n_tokens": 8}
    prompt = smol.tokenize("One, two, three, four, five, six,")
    smol.eval(prompt)
    singles = [smol.sample(**greedy)]
    for _ in range(3):
        smol.eval(singles[-1:])
        singles.append(smol.sample(**greedy))
    smol.rollback(len(prompt))
    wrong = singles[2] + 1
    assert smol.draw(singles[0], [singles[1], wrong, 7], **greedy) == singles[1:3]
    assert smol.context == (*prompt, *singles[:2])
    assert smol.draw(singles[2], [], **greedy) == singles[3:4]


def test_the_beginning_that_two_prompts_share_is_evaluated_once(coder, monkeypatch):
    first = coder.tokenize("import numpy as np\nimport pandas as pd\ndf = pd.")
    second = coder.tokenize("import numpy as np\nimport pandas as pd\nnp.")
    # In batches of one, sums come out the same to the last bit.
    coder.eval(second, batch_size=1)
    alone, alone_text = np.array(coder.logits), list(islice(coder.generate(second, **GREEDY), 6))
    coder.rollback(0)
    coder.eval(first, batch_size=1)

    evaluated = []
    decode = coder.evaluator._decode
    monkeypatch.setattr(coder.evaluator, "_decode", lambda slots: evaluated.append(len(slots)) or decode(slots))
    coder.eval(coder.prepare_inputs_for_generation(second), batch_size=1)
    assert sum(evaluated) < len(second) / 2
    assert coder.context == tuple(second)
    np.testing.assert_array_equal(np.array(coder.logits), alone)
    assert list(islice(coder.generate(second, **GREEDY), 6)) == alone_text


def test_a_model_that_knows_no_way_back_reads_the_whole_prompt_again(coder, monkeypatch):
    coder.eval(coder.tokenize("one two"))
    rollback = coder.evaluator.rollback
    monkeypatch.setattr(coder.evaluator, "rollback", lambda n, sequence=0: n == 0 and rollback(n, sequence))
    prompt = coder.tokenize("one three")
    assert coder.prepare_inputs_for_generation(prompt) == prompt
    assert coder.context == ()


def test_the_same_seed_gives_the_same_text_whatever_was_reused(smol):
    def text(seed):
        # In batches of one, sums come out the same to the last bit.
        return smol("The best thing about summer is", max_new_tokens=12, seed=seed, temperature=1.2, batch_size=1)

    texts = [text(seed) for seed in range(4)]
    assert len(set(texts)) == 4
    smol.rollback(0)
    assert [text(seed) for seed in range(4)] == texts
    smol.rollback(2)
    assert text(2) == texts[2]


def test_a_negative_seed_is_no_seed(smol):
    assert len({smol("The best thing is", max_new_tokens=12, seed=-1, temperature=1.5) for _ in range(3)}) == 3


def test_each_way_to_say_greedy_is_greedy(smol):
    prompt, options = "Once upon a time", {"max_new_tokens": 8, "repetition_penalty": 1.0}
    greedy = smol(prompt, temperature=0, **options)
    assert smol(prompt, top_k=1, temperature=2.0, **options) == greedy
    assert smol(prompt, top_p=1e-6, temperature=2.0, **options) == greedy
    assert smol(prompt, temperature=1e-30, **options) == greedy
    assert smol(prompt, temperature=5.0, top_k=0, top_p=1.0, seed=1, **options) != greedy


def test_a_repetition_penalty_keeps_the_model_from_repeating_itself(smol):
    def repeated(**options):
        tokens = list(islice(smol.generate(smol.tokenize("la la la la la la la"), temperature=0, **options), 8))
        return len(tokens) - len(set(tokens))

    assert repeated(repetition_penalty=1.0) > repeated(repetition_penalty=3.0, last_n_tokens=64)
    assert repeated(repetition_penalty=3.0, last_n_tokens=0) == repeated(repetition_penalty=1.0)
    assert repeated(repetition_penalty=3.0, last_n_tokens=-1) == repeated(repetition_penalty=3.0, last_n_tokens=500)


def test_logits_can_be_changed_before_sampling(smol):
    smol.eval(smol.tokenize("Hello"))
    smol.logits[1234] = 1e6
    assert smol.sample(temperature=0) == 1234


@pytest.mark.parametrize("batch_size", [1, 8, 512])
def test_batches_are_as_large_as_asked_for(smol, monkeypatch, batch_size):
    tokens = smol.tokenize("one two three four five six seven eight nine ten")
    evaluated = []
    decode = smol.evaluator._decode
    monkeypatch.setattr(smol.evaluator, "_decode", lambda slots: evaluated.append(len(slots)) or decode(slots))
    smol.eval(tokens, batch_size=batch_size)
    assert max(evaluated) == min(batch_size, len(tokens))
    assert sum(evaluated) == len(tokens)
    assert smol.context == tuple(tokens)


def test_the_number_of_threads_is_passed_on(smol, monkeypatch):
    used = []
    monkeypatch.setattr("llama_cpp.llama_set_n_threads", lambda context, one, many: used.append((one, many)))
    smol.eval([300], threads=3)
    smol.eval([300], threads=3)
    monkeypatch.setattr("qwen_magic.engines.evaluator.usable_cores", lambda: 7)
    smol.eval([300], threads=-1)
    assert used == [(3, 3), (7, 7)]
    smol.evaluator._threads = 0  # forget what was only pretended


def test_too_many_tokens_are_an_error_and_the_model_lives(smol):
    with pytest.raises(RuntimeError, match="Failed to evaluate"):
        smol.eval([300] * (smol.context_length + 1), batch_size=512)
    assert smol.context == ()
    assert smol.is_eos_token(smol.sample())
    smol.eval([300] * smol.context_length, batch_size=512)
    with pytest.raises(RuntimeError, match="Failed to evaluate"):
        smol.eval([300])
    assert smol("1, 2, 3,", max_new_tokens=2, **GREEDY) == " 4"


def test_an_embedding_depends_on_the_text_and_disturbs_nothing(smol):
    cat, dog, car = (np.array(smol.embed(f"I have a {word}")) for word in ("cat", "dog", "car"))
    assert not np.allclose(cat, dog)
    np.testing.assert_allclose(smol.embed(smol.tokenize("I have a cat")), cat, rtol=0.1, atol=0.1)
    assert smol("1, 2, 3,", max_new_tokens=2, **GREEDY) == " 4"
    assert car.shape == (smol.evaluator.embedding_size,)
    with pytest.raises(ValueError, match="nothing to embed"):
        smol.embed("")


def test_a_long_text_has_an_embedding(smol):
    assert np.isfinite(smol.embed("word " * 150)).all()


def test_rollback_checks_where_to(smol):
    smol.eval([1, 2, 3])
    for position in (-1, 4):
        with pytest.raises(ValueError, match="no position"):
            smol.rollback(position)
    smol.rollback(2)
    assert smol.context == (1, 2)
    assert smol.is_eos_token(smol.sample())


def test_logits_of_each_token_lead_to_the_next(smol):
    tokens = smol.tokenize("1, 2, 3, 4, 5, 6, 7, 8")
    rows = smol.eval_logits(tokens)
    assert rows.shape == (len(tokens), smol.vocab_size)
    assert list(rows.argmax(axis=1)[8:-1]) == tokens[9:]
    assert smol.context == tuple(tokens)
    assert smol.sample(**GREEDY) == rows[-1].argmax()


def test_the_context_window_is_never_larger_than_what_the_model_was_trained_for(smol_path):
    llm = Qwen2LLM(str(smol_path), config=Config(context_length=1_000_000))
    assert llm.context_length == 8192
    llm.close()


def test_closing_twice_is_harmless_and_use_after_it_is_an_error(smol_path):
    llm = Qwen2LLM(str(smol_path), config=Config(context_length=64))
    llm.close()
    llm.close()
    for use in (lambda: llm.tokenize("x"), lambda: llm.eval([1]), lambda: llm.sample(), lambda: llm("x")):
        with pytest.raises(RuntimeError, match="closed"):
            use()


def test_a_forgotten_model_is_freed(smol_path, monkeypatch):
    freed = []
    llm = Qwen2LLM(str(smol_path), config=Config(context_length=64))
    monkeypatch.setattr("llama_cpp.llama_model_free", freed.append)
    handle, watcher = llm.evaluator._model, weakref.ref(llm)
    del llm
    gc.collect()
    monkeypatch.undo()
    assert watcher() is None
    assert freed == [handle]
    import llama_cpp

    llama_cpp.llama_model_free(handle)


def test_a_path_may_be_chinese(smol_path, tmp_path):
    link = tmp_path / "模型 🦆.gguf"
    link.symlink_to(smol_path)
    llm = Qwen2LLM(str(link), config=Config(context_length=64))
    assert llm.model_path == str(link)
    llm.close()
