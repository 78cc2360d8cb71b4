from __future__ import annotations

import pytest

from qwen_magic.repair.source import Lines, bound_by, complete, normal, parse, targets


def test_the_statement_that_raised_comes_first_then_what_made_its_values():
    cell = "import json\nprices = read()\nn = 2\ntotal = sum(\n    prices\n)\nprint(total)"
    assert targets(cell, 5) == [Lines(4, 6), Lines(2, 2)]


def test_of_a_loop_only_the_header_is_a_target_of_its_own():
    cell = "total = 0\nfor name, n in stock:\n    total += n"
    assert targets(cell, 2)[0] == Lines(2, 2)
    assert targets(cell, 3)[:3] == [Lines(3, 3), Lines(2, 2), Lines(1, 1)]


def test_the_function_that_a_line_calls_is_a_target():
    assert Lines(1, 1) in targets("def half(x):\n    return x / 2\nhalf('a')", 3)


def test_where_nothing_parses_the_lines_around_are_targets():
    assert targets("x = (1,\ny = 2\nz = 3", 2) == [Lines(2, 2), Lines(1, 1), Lines(3, 3)]


@pytest.mark.parametrize("line", [-3, 0, 99])
def test_a_line_that_is_not_there_is_no_problem(line):
    assert targets("x = 1\ny = 2", line)


def test_magics_keep_their_lines():
    assert parse("%matplotlib inline\n!ls\nx = 1").body[2].lineno == 3


def test_lines_are_replaced_whole():
    assert Lines(2, 3).replaced("a\nb\nc\nd", "x") == "a\nx\nd"
    assert Lines(2, 3).before("a\nb\nc\nd") == "a\n"
    assert Lines(2, 3).text("a\nb\nc\nd") == "b\nc"


def test_comments_and_layout_make_no_difference():
    assert normal("x = 1  # one\n\ny=2") == normal("x=1\ny = 2")
    assert normal("x = 1") != normal("x = 2")


def test_names_that_a_cell_binds():
    tree = parse("import a.b, c as d\nfor i in x:\n    y = 1\ndef f():\n    inner = 1\nwith o as p:\n    (q := 2)")
    assert bound_by(tree) == {"a", "d", "i", "y", "f", "p", "q"}


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("x = 1", False),
        ("x = 1\n", True),
        ("x = f(1,\n", False),
        ("x = f(1,\n      2)\n", True),
        ("x = '('\n", True),
        ("x = [  # ]\n", False),
        ("x = 1```", True),
    ],
)
def test_a_line_ends_outside_of_brackets(text, ended):
    assert complete(text) is ended
