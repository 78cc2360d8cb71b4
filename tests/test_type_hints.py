from __future__ import annotations

import ast

import pytest

from qwen_magic.notebook import names
from qwen_magic.type_hints import TypeHints

CELL = "class First:\n    pass\n\ndef f(x):\n    return x\n\nclass Last:\n    pass"


@pytest.fixture
def hints(shell):
    shell.user_ns["pd"] = object()
    return TypeHints(ast.parse(CELL), lambda code: names.undefined(shell, code))


def valid(hints, text):
    return hints.valid(ast.parse(text, mode="eval").body, 4)


@pytest.mark.parametrize(
    "text", ["int", "list[int]", "int | None", "None", "pd.DataFrame", "First", "dict[str, First]"]
)
def test_a_hint_of_names_that_are_there_stays(hints, text):
    assert valid(hints, text) == text
    assert hints.imports == []


@pytest.mark.parametrize("text", ["Last", "list[Last]", "'Last'"])
def test_what_is_defined_further_down_is_quoted(hints, text):
    assert valid(hints, text) == repr(text.strip("'"))


def test_names_of_the_standard_library_are_imported(hints):
    assert valid(hints, "Optional[Callable[..., Any]]")
    assert hints.imports == ["from collections.abc import Callable", "from typing import Any, Optional"]


@pytest.mark.parametrize(
    "text",
    [
        "any",
        "Frame",
        "np.ndarray",
        "list(int)",
        "[int]",
        "(int, str)",
        "int[5]",
        "'no type'",
        "'int' | None",
        "5",
        "f()",
    ],
)
def test_what_is_no_type_here_is_dropped(hints, text):
    assert valid(hints, text) == ""
