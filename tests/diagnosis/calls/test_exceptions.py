from __future__ import annotations

import pytest
from rewriting import candidates, certain


def test_a_text_is_raised_as_an_error(diagnosed):
    cell = "def pay(amount):\n    if amount < 0:\n        raise f'negative: {amount}'\n\npay(-1)"
    assert candidates(diagnosed(cell))[0] == cell.replace("f'negative: {amount}'", "ValueError(f'negative: {amount}')")


def test_the_error_is_the_one_that_is_waited_for(diagnosed):
    cell = "try:\n    raise 'no key'\nexcept KeyError:\n    pass"
    assert candidates(diagnosed(cell))[0] == cell.replace("'no key'", "KeyError('no key')")


def test_an_error_of_ones_own_is_an_exception(diagnosed):
    cell = "class Broke:\n    pass\n\ntry:\n    raise Broke()\nexcept Broke:\n    pass"
    assert certain(diagnosed(cell)) == cell.replace("class Broke:", "class Broke(Exception):")


def test_a_number_is_not_made_an_error(diagnosed):
    assert diagnosed("raise 404") is None


@pytest.mark.parametrize(
    ("caught", "meant"),
    [
        ("'ValueError'", "ValueError"),
        ("[ValueError, TypeError]", "(ValueError, TypeError)"),
        ("TypeError or ValueError", "(TypeError, ValueError)"),
    ],
)
def test_kinds_of_errors_are_caught_by_class_or_tuple(diagnosed, caught, meant):
    cell = "try:\n    int('a')\nexcept {}:\n    n = 0"
    assert certain(diagnosed(cell.format(caught))) == cell.format(meant)


@pytest.mark.parametrize("used", ["print(e.message)", "print('failed: ' + e)"])
def test_the_text_of_an_error_is_asked_for_with_str(diagnosed, used):
    cell = f"try:\n    int('a')\nexcept ValueError as e:\n    {used}"
    fixed = {"print(e.message)": "print(str(e))"}.get(used, "print('failed: ' + str(e))")
    assert certain(diagnosed(cell)) == cell.replace(used, fixed)


def test_a_caught_text_that_was_raised_is_not_shown_as_something_else(diagnosed):
    found = diagnosed("try:\n    raise 'no money'\nexcept Exception as e:\n    print('failed: ' + e)")
    assert "str(e)" not in str(found and found.rewrites)
