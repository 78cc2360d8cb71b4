from __future__ import annotations

import pytest

from tests.diagnosis.rewriting import candidates, certain

FRAME = """import pandas as pd
df = pd.DataFrame({"g": ["x", "y", "x"], "n": [1.0, 2.0, 3.0]})"""
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2], label='a')"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('df.merge(df, on="g", how="full")', 'df.merge(df, on="g", how="outer")'),
        ("df.groupby('g').agg({'n': 'avg'})", "df.groupby('g').agg({'n': 'mean'})"),
        ('df.groupby("g")["n"].average()', 'df.groupby("g")["n"].mean()'),
        ('df.plot(kind="column")', 'df.plot(kind="bar")'),
        ('df["n"].astype("integer")', 'df["n"].astype("int")'),
        ('df.to_dict(orient="record")', 'df.to_dict(orient="records")'),
    ],
)
def test_the_word_that_pandas_has_for_it(diagnosed, wrong, right):
    assert certain(diagnosed(wrong, FRAME)) == right


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('plt.yscale("logarithmic")', 'plt.yscale("log")'),
        ('plt.legend(loc="right top")', 'plt.legend(loc="upper right")'),
        ('plt.rcParams["axes.unicode_mius"] = False', 'plt.rcParams["axes.unicode_minus"] = False'),
    ],
)
def test_the_word_that_matplotlib_has_for_it(diagnosed, wrong, right):
    assert certain(diagnosed(wrong, PLOT)) == right


def test_a_misspelt_file_format_keeps_the_name_of_the_file(diagnosed):
    assert candidates(diagnosed('plt.savefig("sales.pgn")', PLOT))[0] == 'plt.savefig("sales.png")'


def test_what_may_be_meant_in_two_ways_is_not_certain(diagnosed):
    assert candidates(diagnosed('df.sum(axis="row")', FRAME))[:2] == ['df.sum(axis="index")', 'df.sum(axis="columns")']


def test_a_word_that_is_like_none_is_only_explained(diagnosed):
    assert not diagnosed('df.dropna(how="every")', FRAME).rewrites


def test_a_column_that_groups_have_not_is_no_aggregate(diagnosed):
    found = diagnosed('df.groupby("g").total', FRAME)
    assert found is None or all("sum" not in rewrite.cell for rewrite in found.rewrites)
