from __future__ import annotations

import ast

import pytest

from qwen_magic.cases import calls_of_tests


def calls(code):
    return calls_of_tests(ast.parse(code))


def test_tests_are_what_pytest_finds():
    code = (
        "def test_a(): ...\ndef test_default(x=1): ...\ndef helper(): ...\n"
        "class TestThing:\n    def test_b(self): ...\n    def other(self): ...\n"
        "class Other:\n    def test_c(self): ..."
    )
    assert calls(code) == (["test_a()", "test_default()", "TestThing().test_b()"], [])


def test_a_method_of_unittest_runs_with_its_set_up():
    code = "class SquareTest(unittest.TestCase):\n    def setUp(self): ...\n    def test_a(self): ..."
    assert calls(code) == (["SquareTest('test_a').debug()"], [])


@pytest.mark.parametrize(
    ("decorator", "parameters", "expected"),
    [
        ("('x', [1, 2])", "x", ["test_it(x=1)", "test_it(x=2)"]),
        ("('x, y', [(1, [2]), (3, 4)])", "x, y", ["test_it(x=1, y=[2])", "test_it(x=3, y=4)"]),
        ("(['x', 'y'], [pytest.param(1, 2, id='a')])", "x, y", ["test_it(x=1, y=2)"]),
        ("('x', [(1, 2)])", "x", ["test_it(x=(1, 2))"]),
        ("('x', range(9))", "x", ["[test_it(x=case) for case in range(9)]"]),
        ("('x, y', [(1, 2, 3)])", "x, y", ["test_it(**dict(zip(('x', 'y'), (1, 2, 3), strict=True)))"]),
    ],
)
def test_each_case_is_a_call(decorator, parameters, expected):
    assert calls(f"@pytest.mark.parametrize{decorator}\ndef test_it({parameters}): ...") == (expected, [])


def test_of_two_lists_of_cases_each_goes_with_each():
    code = "@pytest.mark.parametrize('x', [1, 2])\n@pytest.mark.parametrize('y', [3])\ndef test_it(x, y): ..."
    assert calls(code)[0] == ["test_it(x=1, y=3)", "test_it(x=2, y=3)"]


@pytest.mark.parametrize(
    "code",
    [
        "def test_it(tmp_path): ...",
        "@pytest.mark.parametrize('x', [1])\ndef test_it(x, tmp_path): ...",
        "async def test_it(): ...",
        "@pytest.mark.skip\ndef test_it(): ...",
    ],
)
def test_what_only_pytest_can_run_is_named(code):
    assert calls(code) == ([], ["test_it"])


def test_a_method_that_is_prepared_by_another_needs_pytest():
    code = "class TestIt:\n    def setup_method(self): ...\n    def test_a(self): ..."
    assert calls(code) == ([], ["TestIt.test_a"])
