from __future__ import annotations

import pytest

from tests.diagnosis.rewriting import candidates, certain

FRAME = """import numpy as np, pandas as pd
df = pd.DataFrame({"g": ["x", "y", "x"], "n": [1, 2, 3], "d": pd.date_range("2024-01-01", periods=3)})
b = pd.DataFrame({"k": ["x", "y"], "z": [5, 6]})"""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('df.get_dummies(columns=["g"])', 'pd.get_dummies(df, columns=["g"])'),
        ('pd.get_dummies(df, columns="g")', 'pd.get_dummies(df, columns=["g"])'),
        ('df["n"].cut(2)', 'pd.cut(df["n"], 2)'),
        ('df.unique("g")', 'df["g"].unique()'),
        ('pd.sort_values(df, "n")', 'df.sort_values("n")'),
        ('df.crosstab("g", "n")', 'pd.crosstab(df["g"], df["n"])'),
        ('df.rename("n", "m")', 'df.rename(columns={"n": "m"})'),
        ('df[:, "n"]', 'df.loc[:, "n"]'),
        ('df[df["n"] > 1, "n"] = 0', 'df.loc[df["n"] > 1, "n"] = 0'),
        ('df["n" > 1]', 'df[df["n"] > 1]'),
        ("df.columns = df.columns.upper()", "df.columns = df.columns.str.upper()"),
        ('df["n"].rolling("2").sum()', 'df["n"].rolling(2).sum()'),
        ('pd.cut(df["n"], [9, 2, 0], labels=["p", "q"])', 'pd.cut(df["n"], [0, 2, 9], labels=["q", "p"])'),
        ("df.query(\"n > 1 && g = 'x'\")", "df.query(\"n > 1 & g == 'x'\")"),
        ('df.query("N > 1")', 'df.query("n > 1")'),
        ('df.query(df["n"] > 1)', 'df[df["n"] > 1]'),
    ],
)
def test_what_is_meant_by_a_call_on_a_frame(diagnosed, wrong, right):
    assert certain(diagnosed(wrong, FRAME)) == right


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('df["n"].rolling("7D").sum()', 'df.rolling("7D", on="d")["n"].sum()'),
        ('df.merge(b, left_on="g")', "df.merge(b, left_on=\"g\", right_on='k')"),
        ("pd.qcut([1, 1, 1, 1, 5], 4)", 'pd.qcut([1, 1, 1, 1, 5], 4, duplicates="drop")'),
        ('df.query("g == x")', "df.query(\"g == 'x'\")"),
        ("df.iloc[0, 3]", "df.iloc[0, 2]"),
    ],
)
def test_what_is_likely_is_offered_first(diagnosed, wrong, right):
    assert candidates(diagnosed(wrong, FRAME))[0] == right


def test_counts_have_had_other_names(diagnosed):
    cell = 'c = df["g"].value_counts().reset_index()\nprint(c["index"], c["g"], df["g"])'
    found = candidates(diagnosed(cell, FRAME))
    assert found[0] == cell.replace('c["g"]', 'c["count"]').replace('c["index"]', 'c["g"]')


def test_a_column_that_is_not_there_is_no_text(diagnosed):
    found = diagnosed('df.query("price > 3")', FRAME)
    assert found is None or not found.rewrites
