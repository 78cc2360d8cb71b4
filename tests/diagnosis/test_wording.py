from __future__ import annotations

import pytest

from qwen_magic.diagnosis.wording import described, short, worded


def test_articles_and_spaces_are_put_right_in_what_is_put_together():
    words = worded(("This is a int object.", "这是 数字 3。"))
    assert (words.en, words.zh) == ("This is an int object.", "这是数字 3。")


def test_code_and_texts_of_the_users_stay_as_they_are():
    words = worded(("Write `a or b`, not 'a else'.", "写成 `甲 乙`，而不是 '甲 乙'。"))
    assert (words.en, words.zh) == ("Write `a or b`, not 'a else'.", "写成 `甲 乙`，而不是 '甲 乙'。")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        (3, "the number 3"),
        ("ab", "the text 'ab'"),
        ([1, 2], "a list of 2"),
        (OSError(), "an OSError object"),
    ],
)
def test_values_are_described(value, words):
    assert described(value)[0] == words


def test_long_texts_are_cut():
    assert short("a" * 50) == repr("a" * 40) + "…"
