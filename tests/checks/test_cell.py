"""All checks of one cell together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwen_magic.checks import Severity, check, syntax

PIECES = st.sampled_from(
    [
        "x",
        "df",
        "=",
        "(",
        ")",
        "[",
        "]",
        "'a'",
        "\n",
        "\n    ",
        ":",
        "def f",
        "import",
        "%time",
        "!",
        "\\",
        "{",
        "lambda",
        ".",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.text() | st.lists(PIECES, max_size=12).map(" ".join), st.text(max_size=20))
def test_no_text_makes_it_fail(code, original):
    for each in check(code, {"x": 1}, original):
        assert each.message.en
        assert each.message.zh


@pytest.mark.parametrize("code", ["+".join(["1"] * 800), ".".join(["a"] * 800), "[" * 80 + "]" * 80])
def test_deep_code(code):
    assert isinstance(check(code, {"a": 1}), tuple)


def test_the_worst_comes_first_and_each_thing_once(found):
    code = "import os\nos.remove('x')\nnope\nnope\nwhile True:\n    pass"
    assert found(code) == [("undefined-name", 3), ("deletes", 2), ("endless-loop", 5)]


def test_a_check_that_breaks_costs_only_its_own_findings(found, monkeypatch):
    def broken(*_):
        raise KeyError("x")

    monkeypatch.setattr("qwen_magic.checks.imports.check", broken)
    assert found("import nothing_like_it\nnope") == [("undefined-name", 2)]


def test_the_shells_own_transformer(found):
    seen = []

    def transform(code):
        seen.append(code)
        return syntax.default_transform(code)

    assert found("x = 1\n!ls", transform=transform) == []
    assert seen == ["x = 1\n!ls"]


def test_a_fix_is_compared_only_if_there_is_an_original():
    assert check("x = 1", {}, "") == ()
    assert [each.severity for each in check("x = 1", {}, "x = 1")] == [Severity.ERROR]
