from __future__ import annotations

import pytest

from qwen_magic.language import Language, language_of, preferred_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("写一个快速排序", Language.CHINESE),
        ("用 pandas 读取 data.csv", Language.CHINESE),
        ("write quicksort", Language.ENGLISH),
        ("クイックソートを書いて、漢字も", None),
        ("1 + 1", None),
        ("", None),
    ],
)
def test_the_language_of_a_text(text, language):
    assert language_of(text) is language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, Language.CHINESE),
        ({"LANG": "de_DE.UTF-8"}, Language.ENGLISH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, Language.ENGLISH),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, Language.CHINESE),
    ],
)
def test_the_language_of_the_environment(monkeypatch, environment, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert preferred_language() is language
