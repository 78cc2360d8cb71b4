from __future__ import annotations

import struct
import subprocess
import sys
from dataclasses import replace
from itertools import islice

import pytest
from ctransformers.llm import LLM, Config
from ggml_writer import END, TinyGPT2

from qwen_magic.engines.base import Sampling
from qwen_magic.engines.bundled import BundledLLM
from qwen_magic.engines.local import LocalEngine
from qwen_magic.engines.sampler import GrammarError
from qwen_magic.errors import BrokenModel
from qwen_magic.messages import Message, Role

SPEC = TinyGPT2()


def continued(llm, prompt="def f", count=12, **options):
    return list(islice(llm.generate(llm.tokenize(prompt), **options), count))


def test_it_is_ctransformers_own_library(tiny):
    assert isinstance(tiny, LLM)
    assert tiny.model_type == "gpt2"
    assert tiny.vocab_size == len(SPEC.vocabulary)
    assert tiny.context_length == SPEC.context
    assert tiny.detokenize([tiny.eos_token_id]) == END


def test_it_generates_text(tiny):
    assert len(continued(tiny, seed=1)) == 12  # drawn at random, now and then it ends at once
    assert isinstance(tiny("def f", max_new_tokens=5, temperature=0), str)
    assert len(tiny.logits) == tiny.vocab_size


def test_a_seed_repeats_its_text_but_not_its_tokens(tiny):
    options = {"top_k": 0, "top_p": 1.0, "temperature": 3.0, "repetition_penalty": 1.0}
    first = continued(tiny, seed=5, **options)
    assert continued(tiny, seed=5, **options) == first
    assert continued(tiny, seed=6, **options) != first
    assert len(set(first)) > 3  # the parent draws every token with the same random number


def test_greedy_is_greedy(tiny):
    greedy = continued(tiny, temperature=0, repetition_penalty=1.0)
    assert continued(tiny, top_k=1, temperature=5.0, repetition_penalty=1.0) == greedy
    tiny.eval(tiny.prepare_inputs_for_generation(tiny.tokenize("def f"), reset=True))
    assert greedy[0] == max(range(tiny.vocab_size), key=list(tiny.logits).__getitem__)


@pytest.mark.parametrize("top_k", [-1, 0, 100_000])
def test_top_k_beyond_the_vocabulary_is_all_of_it(tiny, top_k):
    drawn = {tiny.sample(top_k=top_k, temperature=10.0, seed=seed) for seed in range(200) if not tiny.eval([seed % 9])}
    assert len(drawn) > 60


def test_it_answers_in_an_engine(tiny):
    engine = LocalEngine("tiny", tiny)
    said = "".join(engine.stream([Message(Role.USER, "def f")], Sampling(max_tokens=5)))
    assert said
    assert engine.render([Message(Role.USER, "def f")]) == "def f\n\n"


@pytest.mark.parametrize(
    "text", ["", "print(1)", "你好，世界", "🦆" * 500, "a" * 50_000, " " * 50_000, "ab " * 20_000, "\n" * 1000]
)
def test_any_text_is_tokenised_and_survives(tiny, text):
    assert tiny.detokenize(tiny.tokenize(text), decode=False).decode() == text


def test_what_c_cannot_hold_is_left_out(tiny):
    assert tiny.detokenize(tiny.tokenize("a\0b\ud800c")) == "ab?c"


@pytest.mark.parametrize("text", [END, f"a{END}b", "### End", "<|end|>"])
def test_no_special_token_comes_of_plain_text(tiny, text):
    tokens = tiny.tokenize(text, special=False)
    assert tiny.eos_token_id not in tokens
    assert tiny.detokenize(tokens) == text


def test_too_many_tokens_and_tokens_that_do_not_exist_are_errors(tiny):
    with pytest.raises(RuntimeError, match="context window"):
        tiny.eval([100] * (SPEC.context + 1))
    tiny.eval([100] * SPEC.context)
    with pytest.raises(RuntimeError, match="context window"):
        tiny.eval([100])
    for token in (-1, tiny.vocab_size):
        with pytest.raises(ValueError, match="Tokens go from 0"):
            tiny.eval([token])


def test_an_evaluation_can_be_stopped(tiny):
    asks = []
    tiny.stopped = lambda: asks.append(None) or len(asks) > 3
    with pytest.raises(RuntimeError, match="stopped"):
        tiny.eval([100] * 100)
    assert len(tiny._context) == 3 * tiny.config.batch_size


def test_it_knows_no_grammars(tiny):
    tiny.grammar = None
    with pytest.raises(GrammarError, match="GGML"):
        tiny.grammar = 'root ::= "a"'


def test_closing_twice_is_harmless_and_use_after_it_is_an_error(tiny):
    tiny.close()
    tiny.close()
    for use in (lambda: tiny.tokenize("x"), lambda: tiny.eval([1]), lambda: tiny("x"), lambda: tiny.vocab_size):
        with pytest.raises(RuntimeError, match="closed"):
            use()


def test_the_architecture_must_be_said(tiny_path):
    with pytest.raises(BrokenModel, match="does not say what architecture") as caught:
        BundledLLM(str(tiny_path), "")
    assert "model_type" in caught.value.hint


def test_an_unknown_architecture_names_the_known_ones(tiny_path):
    with pytest.raises(BrokenModel, match=r"knows no such architecture.*gpt2.*starcoder"):
        BundledLLM(str(tiny_path), "qwen2")


@pytest.mark.parametrize("architecture", ["gptj", "gpt_neox", "dolly-v2", "mpt", "replit"])
def test_the_wrong_architecture_is_an_error(tiny_path, architecture, capfd):
    with pytest.raises(BrokenModel, match=r"cannot load tiny-gpt2\.bin as"):
        BundledLLM(str(tiny_path), architecture)


@pytest.mark.parametrize("architecture", ["llama", "falcon"])
def test_an_architecture_whose_loader_crashes_is_refused(tiny_path, architecture):
    with pytest.raises(BrokenModel, match="take the model as GGUF"):
        BundledLLM(str(tiny_path), architecture)


def test_an_architecture_may_be_spelt_as_the_library_allows(tiny_path):
    llm = BundledLLM(str(tiny_path), "gpt-2")
    assert llm("x", max_new_tokens=1) is not None
    llm.close()


@pytest.mark.parametrize("size", [0, 3, 4, 20, 500, 5_000, 61_000, -1, -900])
def test_a_truncated_file_is_an_error(tiny_path, tmp_path, size):
    data = tiny_path.read_bytes()
    broken = tmp_path / "cut.bin"
    broken.write_bytes(data[:size])
    with pytest.raises(BrokenModel, match=r"truncated|neither"):
        BundledLLM(str(broken), "gpt2")


def test_a_file_cut_between_two_tensors_is_an_error(tmp_path):
    whole = TinyGPT2()
    path = replace(whole, layers=1).write(tmp_path / "fewer.bin")
    data = path.read_bytes()
    path.write_bytes(whole.header() + data[len(whole.header()) :])
    with pytest.raises(BrokenModel, match="tensors are missing"):
        BundledLLM(str(path), "gpt2")


NUMBERS = ["vocab", "ctx", "embd", "head", "layer", "ftype", "vocab again"]


@pytest.mark.parametrize("value", [0, -1, 3, 2**31 - 1])
@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_of_the_header_ends_the_process(tiny_path, tmp_path, number, value):
    data = bytearray(tiny_path.read_bytes())
    struct.pack_into("<i", data, 4 + 4 * NUMBERS.index(number), value)
    broken = tmp_path / "broken.bin"
    broken.write_bytes(data)
    program = (
        "import sys; from qwen_magic.engines.bundled import BundledLLM; from qwen_magic.errors import BrokenModel\n"
        "try: BundledLLM(sys.argv[1], 'gpt2')('x', max_new_tokens=3)\n"
        "except BrokenModel as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(broken)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]


def test_a_file_of_another_kind_is_an_error(tmp_path):
    other = tmp_path / "weights.bin"
    other.write_bytes(b"PK\3\4" * 100)
    with pytest.raises(BrokenModel, match="neither a GGUF nor a GGML"):
        BundledLLM(str(other), "gpt2", config=Config())
