from __future__ import annotations

import ast

import pytest

from qwen_magic.diagnosis import expressions


@pytest.mark.parametrize(
    "text",
    [
        *("a", "a.b", "f(x)", "(a + b).c", "a[1]", "'a'", "b'a'", "f'{a}'"),
        *("[1]", "{1}", "{1: 2}", "(1, 2)", "[x for x in y]", "f(\n    x\n)"),
    ],
)
def test_what_a_dot_can_follow_stays_as_it_is(text):
    assert expressions.operand(text) == text


@pytest.mark.parametrize(
    "text", ["a + b", "(a) + (b)", "-a", "5", "1, 2", "(1), 2", "a if b else c", "await f()", "lambda: x"]
)
def test_what_a_dot_would_split_is_put_in_parentheses(text):
    assert expressions.operand(text) == f"({text})"


def test_beside_an_operator_a_number_needs_no_parentheses():
    assert [expressions.factor(text) for text in ("2", "2.5", "x", "f(x)", "a + b")] == [
        *("2", "2.5", "x", "f(x)", "(a + b)")
    ]


def test_calls_are_known_by_name():
    call = ast.parse("df.head(3)", mode="eval").body
    assert expressions.is_call_of(call, "tail", "head")
    assert not expressions.is_call_of(call, "df")
    assert not expressions.is_call_of(call.func, "head")
    assert not expressions.is_call_of(ast.parse("f()()", mode="eval").body, "f")


def test_arguments_stay_in_the_order_in_which_they_were_typed(evidence):
    found = evidence("print(1, *[2], sep = 1 , **{})")
    assert expressions.arguments(found, found.in_cell, found.in_cell.node) == "1, *[2], sep = 1, **{}"
