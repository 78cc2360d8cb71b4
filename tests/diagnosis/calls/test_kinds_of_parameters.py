from __future__ import annotations

import pytest
from rewriting import certain


@pytest.mark.parametrize(
    ("head", "call", "wanted"),
    [
        ("f(*, x)", "f(1)", "f(x=1)"),
        ("f(x, /)", "f(x=1)", "f(1)"),
        ("f(**options)", "f({'a': 1})", "f(**{'a': 1})"),
    ],
)
def test_arguments_are_given_as_the_function_takes_them(diagnosed, head, call, wanted):
    assert certain(diagnosed(call, f"def {head}:\n    return 1")) == wanted


def test_a_list_is_spread_where_many_are_taken(diagnosed):
    setup = "def mean(*numbers):\n    return sum(numbers) / len(numbers)"
    assert certain(diagnosed("mean([1, 2, 3])", setup)) == "mean(*[1, 2, 3])"
