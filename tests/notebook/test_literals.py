from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from qwen_magic.notebook.literals import LIMIT, literal


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([1, 2, 3, 4, 5], "[1, 2, 3]"),
        ((1,), "(1,)"),
        ({3, 1, 2, 4}, "{1, 2, 3}"),
        ({"name": "Ann", "age": 3}, "{'name': 'Ann', 'age': 3}"),
        ([{"a": None}, {"a": float("inf")}], "[{'a': None}, {'a': float('inf')}]"),
        ("x" * 99, repr("x" * 39 + "…")),
        (datetime.date(2024, 1, 2), "datetime.date(2024, 1, 2)"),
        (np.eye(2), "np.array([[1.0, 0.0], [0.0, 1.0]])"),
        ([np.float64(2.5)], "[2.5]"),
        (pd.Series([1.5, None], name="n"), "pd.Series([1.5, None], name='n')"),
        (pd.DataFrame({"工资": [1, 2, 3, 4]}), "pd.DataFrame({'工资': [1, 2, 3]})"),
        (
            pd.DataFrame({"day": pd.to_datetime(["2024-01-02"])}, index=["a"]),
            "pd.DataFrame({'day': pd.to_datetime(['2024-01-02 00:00:00'])}, index=['a'])",
        ),
    ],
)
def test_the_beginning_of_data_as_code(value, code):
    assert literal(value) == code


@pytest.mark.parametrize("value", [object(), len, int, [object()], 10**99, {1, "a"}, np.zeros((2, 2, 2))])
def test_what_is_no_data_has_none(value):
    assert literal(value) == ""


def test_what_would_take_too_much_of_the_prompt_has_none():
    narrow, wide = (pd.DataFrame({f"{n}" * 30: ["text" * 9] * 3 for n in range(columns)}) for columns in (2, 12))
    assert 0 < len(literal(narrow)) <= LIMIT
    assert literal(wide) == ""


def test_no_code_of_the_users_is_run():
    class Loud(list):
        def __iter__(self):
            raise AssertionError

        def __repr__(self):
            raise AssertionError

    assert literal(Loud([1])) == ""
    assert literal([Loud([1])]) == ""
