"""Rules about frames, arrays and plots, each by an example."""

from __future__ import annotations

import pytest

DATA = """import pandas as pd, numpy as np
from datetime import datetime, timezone, timedelta
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
t = pd.DataFrame({"town": ["x", "y", "x", "z"], "人口": [5, 7, 9, 4]})
big = t[t["人口"] > 4].drop(1)
by = pd.Series([4, 5, 6], index=["a", "b", "c"])
ages = pd.Series([3, 40, 90])
rng = np.random.default_rng(1)
ragged = [[1, 2], [3]]
grid, line, other = np.arange(6).reshape(2, 3), np.arange(3), np.arange(5)
start, utc = datetime(2024, 1, 1), datetime(2024, 1, 2, tzinfo=timezone.utc)
stamps = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-05"]))
zoned = stamps.dt.tz_localize("UTC")
counts = {"a": 3, "b": 4}
plt.close("all")
fig, ax = plt.subplots()"""


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        ("t.iloc[:2, ['town', '人口']]", "t[['town', '人口']].iloc[:2]"),
        ("t.iloc[0, '人口']", "t['人口'].iloc[0]"),
        ("t.iloc[0:2, '人口'] = 0", "t.loc[t.index[0:2], '人口'] = 0"),
        ("d = by[0] - by[len(by) - 1]", "d = by.iloc[0] - by.iloc[len(by) - 1]"),
        ("t.groupby('town')['人口'].agg({'total': 'sum'})", "t.groupby('town')['人口'].agg(total='sum')"),
        ("t.groupby('town').agg({'人口': {'a b': 'sum'}})", "t.groupby('town').agg(**{'a b': ('人口', 'sum')})"),
        ("rng.randint(0, 9)", "rng.integers(0, 9)"),
        ("rng.rand(2, 3)", "rng.random((2, 3))"),
        ("rng.randn(4) + rng.rand(4)", "rng.standard_normal(4) + rng.random(4)"),
        ("age = datetime.now() - utc", "age = datetime.now(utc.tzinfo) - utc"),
        ("t.head[2]", "t.head(2)"),
        ("t.describe.loc['mean']", "t.describe().loc['mean']"),
        ("t.groupby['town'].size()", "t.groupby('town').size()"),
        ("plt.pie(counts)", "plt.pie(list(counts.values()))"),
        ("ax.bar(counts)", "ax.bar(list(counts.keys()), list(counts.values()))"),
        ("fig, a, b = plt.subplots(1, 2)", "fig, (a, b) = plt.subplots(1, 2)"),
        ("fig, (a, b, c, d) = plt.subplots(2, 2)", "fig, ((a, b), (c, d)) = plt.subplots(2, 2)"),
        (
            "t.lookup([0, 1], ['town', '人口'])",
            "t.to_numpy()[t.index.get_indexer([0, 1]), t.columns.get_indexer(['town', '人口'])]",
        ),
        ("by.to_frame('n').ix['a', 'n']", "by.to_frame('n').loc['a', 'n']"),
    ],
)
def test_what_can_only_have_been_meant_one_way(diagnosed, cell, rewritten):
    diagnosis = diagnosed(cell, DATA)
    assert diagnosis.rewrites[0].cell == rewritten
    assert diagnosis.rewrites[0].certain
    assert diagnosis.cause.zh != diagnosis.cause.en


@pytest.mark.parametrize(
    ("cell", "first", "cause"),
    [
        ("big.loc[1, 'town']", "big['town'].iloc[1]", "kept their labels (0, 2)"),
        ("n = 7 / 2\nother[:n]", "n = 7 // 2\nother[:n]", "`/` always gives a float"),
        ("np.array(ragged)", "np.array(ragged, dtype=object)", "(1, 2)"),
        (
            "m = np.array(ragged)\nm.sum(axis=0)",
            "m = np.array([row + [0] * (max(map(len, ragged)) - len(row)) for row in ragged])\nm.sum(axis=0)",
            "(1, 2)",
        ),
        ("line[other > 2]", "line[line > 2]", "5 values"),
        ("line.sum(axis=1)", "line.sum(axis=0)", "no axis 1"),
        (
            "t.groupby('town').agg({'total': 'sum', 'n': 'count'})",
            't.groupby(\'town\').agg(total=("人口", "sum"), n=("人口", "count"))',
            "no column 'total'",
        ),
        (
            "t.groupby('town').agg({'人口': 'sum', 'how many': 'count'})",
            't.groupby(\'town\').agg(**{"人口": ("人口", "sum"), "how many": ("人口", "count")})',
            "no column 'how many'",
        ),
        ("np.linalg.inv(np.ones((2, 2)))", "np.linalg.pinv(np.ones((2, 2)))", "singular"),
        ("np.linalg.inv(grid)", "np.linalg.pinv(grid)", "not square"),
        (
            "pd.cut(ages, bins=[18, 65], labels=['young', 'old'])",
            "pd.cut(ages, bins=[0, 18, 65], labels=['young', 'old'])",
            "need 3 bin edges",
        ),
        ("utc - start", "utc - start.replace(tzinfo=utc.tzinfo)", "`start` has no time zone"),
        ("stamps < zoned", "stamps.dt.tz_localize(zoned.dt.tz) < zoned", "`stamps` has no time zone"),
        ("plt.plot(line[1:], line)", "plt.plot(line, line)", "leaves some out"),
        ("t['up'] = [p > 4 for p in t['人口'][1:]]", "t['up'] = [p > 4 for p in t['人口']]", "1 was cut off"),
        (
            "p = t['人口']\nt['d'] = [p[i] - p[i - 1] for i in range(1, len(p))]",
            "p = t['人口']\nt['d'] = [None] + list([p[i] - p[i - 1] for i in range(1, len(p))])",
            "1 was cut off",
        ),
        ("fig, (a, b) = plt.subplots()", "fig, (a, b) = plt.subplots(1, 2)", "2 are named"),
        ("plt.xticks([0, 1, 2], ['a', 'b'])", "plt.xticks(range(len(['a', 'b'])), ['a', 'b'])", "2 labels for 3"),
        ("t.groupby('town').agg(n=('人口数', 'sum'))", "t.groupby('town').agg(n=(\"人口\", 'sum'))", "'人口数'"),
    ],
)
def test_what_is_likeliest(diagnosed, cell, first, cause):
    diagnosis = diagnosed(cell, DATA)
    assert diagnosis.rewrites[0].cell == first
    assert not diagnosis.rewrites[0].certain
    assert cause in diagnosis.cause.en


def test_a_column_that_is_called_like_a_method_is_not_called(diagnosed):
    diagnosis = diagnosed("d = pd.DataFrame({'count': [1]})\nd.count['x']", DATA)
    assert "not called" in diagnosis.cause.en


def test_rows_that_are_dropped_are_not_filled(diagnosed):
    setup = "import pandas as pd\nt = pd.DataFrame({'id': [1.0, None], 'w': [1, None]})"
    cell = "t = t.dropna(subset=['w']) if len(t) > 5 else t\nt['id'] = t['id'].astype(int)"
    assert not any("fillna" in rewrite.cell for rewrite in diagnosed(cell, setup).rewrites)
