from __future__ import annotations

import ast

from qwen_magic.diagnosis.bindings import binding, binds, caller_argument, siblings


def name(found, text):
    return next(n for n in ast.walk(found.last.node) if isinstance(n, ast.Name) and n.id == text)


def test_a_name_was_bound_by_the_assignment_before_it(evidence):
    found = evidence("x = 1\nx = 2\ny = x + 'a'\nx = 3")
    assert ast.unparse(binding(found.last, name(found, "x"))) == "x = 2"


def test_a_name_was_bound_by_a_loop_or_a_comprehension(evidence):
    found = evidence("rows = ['1', '2']\nfor row in rows:\n    [row + n for n in [1]]")
    assert isinstance(binding(found.last, name(found, "row")), ast.For)
    assert isinstance(binding(found.last, name(found, "n")), ast.comprehension)
    assert siblings(found.last, name(found, "row")) == ["1", "2"]


def test_a_parameter_is_followed_to_the_caller(evidence):
    found = evidence("def f(a, b):\n    return a + b\nf(1, b='x')")
    parameter = binding(found.last, name(found, "b"))
    step, given = caller_argument(found, found.last, parameter)
    assert step is found.steps[-2]
    assert ast.unparse(given) == "'x'"


def test_only_what_is_stored_is_bound():
    assert binds(ast.parse("a, b = 1, 2").body[0], "b")
    assert not binds(ast.parse("a[i] = 1").body[0], "i")
