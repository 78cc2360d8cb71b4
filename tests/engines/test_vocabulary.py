from __future__ import annotations

import llama_cpp as llama
import pytest

pytestmark = pytest.mark.model

MARKED = llama.LLAMA_TOKEN_ATTR_CONTROL | llama.LLAMA_TOKEN_ATTR_USER_DEFINED
NASTY = [
    "",
    "\0",
    "a\0b\0",
    "\ufeffBOM",
    "\r\n\t\v\f",
    "e\u0301 vs é",
    "\u202eright to left\u202c",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "中文，日本語、한국어",
    "<" * 300,
    "<|im_end|",
    "<|im_start|><|im_end|>",
    "<|<|im_end|>im_end|>",
    "<tool_call>\n{}</tool_call>",
    "x" * 20_000,
]


@pytest.fixture(params=["coder", "smol"])
def vocabulary(request):
    return request.getfixturevalue(request.param).vocabulary


def marked(vocabulary):
    return [t for t in range(vocabulary.size) if llama.llama_vocab_get_attr(vocabulary.handle, t) & MARKED]


def test_no_special_token_comes_of_plain_text_that_spells_it(vocabulary):
    tokens = marked(vocabulary)
    assert len(tokens) > 10
    for token in tokens:
        text = vocabulary.text(token)
        for plain in (text, f"a{text}b", text * 2, f" {text}\n", text[:-1] + text):
            found = vocabulary.tokenize(plain)
            assert token not in found, text
            assert b"".join(map(vocabulary.piece, found)) == plain.encode()


def test_all_special_tokens_in_one_plain_text_are_text(vocabulary):
    tokens = marked(vocabulary)
    plain = "".join(map(vocabulary.text, tokens))
    assert not set(vocabulary.tokenize(plain)) & set(tokens)


def test_special_tokens_are_recognised_in_templates(vocabulary):
    end = vocabulary.tokenize("<|im_end|>", special=True)
    assert len(end) == 1
    assert vocabulary.is_end(end[0])
    assert vocabulary.piece(end[0]) == b""
    assert len(vocabulary.tokenize("<|im_end|>")) > 1


@pytest.mark.parametrize("text", NASTY, ids=lambda text: repr(text)[:20])
def test_nasty_text_survives_a_round_trip(vocabulary, text):
    assert b"".join(map(vocabulary.piece, vocabulary.tokenize(text))) == text.encode()


def test_half_a_surrogate_pair_becomes_a_question_mark(vocabulary):
    assert b"".join(map(vocabulary.piece, vocabulary.tokenize("a\ud83db"))) == b"a?b"


def test_tokens_that_do_not_exist_have_no_text_and_end_nothing(vocabulary):
    for token in (-1, vocabulary.size, 1 << 30):
        assert vocabulary.text(token) == ""
        assert not vocabulary.is_end(token)
        with pytest.raises(ValueError, match="no token"):
            vocabulary.piece(token)


def test_every_token_has_a_piece(vocabulary):
    assert sum(len(vocabulary.piece(token)) for token in range(vocabulary.size)) > vocabulary.size


def test_a_beginning_is_added_where_asked_for(smol):
    assert smol.vocabulary.tokenize("Hello", add_bos=True) == [1, *smol.vocabulary.tokenize("Hello")]
    assert not smol.vocabulary.adds_bos
