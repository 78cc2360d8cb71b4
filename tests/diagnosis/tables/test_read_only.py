from __future__ import annotations

import pytest

from tests.diagnosis.rewriting import candidates, certain

FRAME = """import numpy as np, pandas as pd
df = pd.DataFrame({"n": [1, 2, 3], "m": [4, 5, 6]})
corr = df.corr()"""
# pandas warns of `inplace`, and here warnings are errors.
QUIET = "import warnings\nwarnings.simplefilter('ignore')"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('v = df["n"].values\nv[0] = 9', 'v = df["n"].values.copy()\nv[0] = 9'),
        ('v = df["n"].to_numpy()\nv += 1', 'v = df["n"].to_numpy(copy=True)\nv += 1'),
        ('df["n"].values[0] = 9', 'df.loc[df.index[0], "n"] = 9'),
        ("np.fill_diagonal(corr.values, 0)", "corr = corr.mask(np.eye(len(corr), dtype=bool), 0)"),
    ],
)
def test_a_copy_or_the_frame_is_changed(diagnosed, wrong, right):
    assert certain(diagnosed(wrong, FRAME)) == right


def test_a_frame_that_is_looked_at_afterwards_may_have_been_meant(diagnosed):
    assert candidates(diagnosed('v = df["n"].values\nv[0] = 9\nprint(df)', FRAME))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('df = df.dropna(inplace=True)\ndf["n"]', 'df = df.dropna()\ndf["n"]'),
        ('df.sort_values("n", inplace=True).head()', 'df.sort_values("n").head()'),
        (
            'def clean(t):\n    return t.drop(columns="m", inplace=True)\nclean(df).shape',
            'def clean(t):\n    return t.drop(columns="m")\nclean(df).shape',
        ),
    ],
)
def test_what_is_used_is_not_made_in_place(diagnosed, wrong, right):
    assert certain(diagnosed(wrong, FRAME, QUIET)) == right


def test_what_is_made_in_place_and_not_used_stays(diagnosed):
    found = diagnosed("df.dropna(inplace=True)\nfound = None\nfound.upper()", FRAME, QUIET)
    assert found is None or found.rule != "in-place-result"
