from __future__ import annotations

import pytest

from qwen_magic.suite import beginning, suite

CELL = "def square(x):\n    return x * x"
TEST = "def test_three():\n    assert square(3) == 9"


def remarks(found):
    return [remark.en for remark in found.remarks]


def test_tests_stay_as_they_are():
    code = f"import pytest\n\n# Three times three.\n{TEST}"
    found = suite(code, CELL)
    assert (found.code, found.calls, found.remarks) == (code, ("test_three()",), ())


@pytest.mark.parametrize(
    "other",
    [
        "# The code to test.\ndef square(x):\n    return x ** 2",
        "@cache\ndef square(x):\n    return x ** 2",
        "square = lambda x: x ** 2",
        "from solution import square",
        "from solution import *",
        "from statistics import square",
        "pytest.main()",
        "# Run the tests\ntest_three()",
        "if __name__ == '__main__':\n    pytest.main([__file__])",
        TEST,
    ],
)
def test_what_is_not_for_tests_is_left_out(other):
    assert suite(f"{TEST}\n\n\n{other}", CELL).code == TEST


def test_of_an_import_what_the_cell_does_not_define_is_kept():
    assert suite(f"from math import pi, square\n{TEST}", CELL).code == f"from math import pi\n{TEST}"
    assert suite(f"from math import pi\n{TEST}", CELL).code == f"from math import pi\n{TEST}"


def test_a_test_that_was_cut_off_keeps_what_it_has_asserted():
    found = suite(f"{TEST}\n    assert square", CELL, cut=True)
    assert (found.code, remarks(found)) == (TEST, ["the last test was cut off"])
    found = suite(f"{TEST}\n\ndef test_two():\n    two = 2\n    assert square(two) ==", CELL, cut=True)
    assert (found.code, found.calls) == (TEST, ("test_three()",))


def test_what_does_not_parse_is_left_out_and_said():
    found = suite(f"def test one():\n    assert square(1) == 1\n\n{TEST}", CELL)
    assert (found.code, remarks(found)) == (TEST, ["what does not parse is left out"])


def test_tests_that_pytest_alone_can_run_are_named():
    found = suite(f"{TEST}\n\ndef test_file(tmp_path):\n    assert square(2)", CELL)
    assert found.calls == ("test_three()",)
    assert remarks(found) == ["not run, for only pytest can: test_file"]


def test_tests_of_something_else_are_not_run():
    found = suite("def quadrat(x):\n    return x * x\n\ndef test_it():\n    assert quadrat(1) == 1", CELL)
    assert (found.calls, remarks(found)) == ((), ["the tests use nothing that the cell defines"])


def test_an_answer_without_a_test_says_so():
    assert remarks(suite("print(square(3))", CELL)) == ["there is no test in the answer"]


def test_tests_begin_with_the_name_of_what_they_test_unless_the_user_names_them():
    assert beginning(f"import math\n\n{CELL}", "").endswith("def test_square_")
    assert beginning("class 账户:\n    pass", "").endswith("def test_账户_")
    assert beginning(CELL, "call it test_zero").endswith("\ndef")
    assert beginning("x = 1", "").endswith("\ndef")
