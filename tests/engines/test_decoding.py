from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qwen_magic.engines.decoding import decode

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
# Few letters, so that stop strings overlap themselves and each other.
SOUP = st.text("ab你", max_size=30)
STOPS = st.lists(st.text("ab你", min_size=1, max_size=4), max_size=3)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(bounds)]


def up_to_a_stop(text: str, stops: list[str]) -> str:
    """What comes before the stop string that is whole first, letter by letter."""
    for end in range(len(text) + 1):
        ended = [s for s in stops if text[:end].endswith(s)]
        if ended:
            return text[: end - max(map(len, ended))]
    return text


@given(TEXT, st.lists(st.integers(0, 200)))
@example("🦆", [1, 2, 3])
def test_text_is_whole_however_its_bytes_are_cut(text, places):
    assert "".join(decode(cut(text.encode(), places))) == text


@given(SOUP, STOPS, st.lists(st.integers(0, 100)))
@example("abcd", ["c", "bcd"], [])
@example("aab", ["ab"], [2])
def test_nothing_comes_from_a_stop_string_on_however_the_bytes_are_cut(text, stops, places):
    assert "".join(decode(cut(text.encode(), places), stops)) == up_to_a_stop(text, stops)


@given(SOUP, STOPS, st.lists(st.integers(0, 100)))
def test_pieces_are_never_empty(text, stops, places):
    assert all(decode(cut(text.encode(), places), stops))


def test_text_comes_as_early_as_it_is_certain():
    came = decode(iter([b"Hello, ", b"wor", b"ld ", b"<", b"b>", b" <|en", b"d|>", b"never"]), ["<|end|>"])
    assert list(came) == ["Hello, ", "wor", "ld ", "<b>", " "]


def test_no_piece_is_taken_behind_a_stop_string():
    def pieces():
        yield b"a stop"
        pytest.fail("one piece too many")

    assert list(decode(pieces(), ["stop"])) == ["a "]


def test_what_was_held_back_comes_when_the_text_ends():
    assert "".join(decode([b"x <|en"], ["<|end|>"])) == "x <|en"


def test_half_a_character_at_the_end_is_no_text():
    assert "".join(decode([b"ok ", "🦆".encode()[:3]])) == "ok "


def test_bytes_that_are_no_text_are_replaced():
    assert "".join(decode([b"a\xff", b"\xfeb", "你".encode()[:2], b"c"])) == "a\ufffd\ufffdb\ufffdc"


def test_an_empty_stop_string_stops_nothing():
    assert "".join(decode([b"text"], ["", "zzz"])) == "text"
