"""Columns and keys that are not there."""

from __future__ import annotations

import pandas as pd
import pytest

from qwen_magic.checks import Severity, check


class Own(pd.DataFrame):
    pass


def namespace():
    df = pd.DataFrame({"price": [1.0], "qty": [2], "city": ["x"]})
    other = pd.DataFrame({"town": ["x"], "size": [1]})
    dates = pd.DataFrame({"y": [1]}, index=pd.DatetimeIndex(["2024-01-01"], name="day"))
    prices = {"apple": 1, "pear": 2}

    def adds():
        df["added"] = 1

    adds.__module__ = "__main__"
    wide = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    by_date = pd.DataFrame([[1]], columns=pd.DatetimeIndex(["2024-01-01"]))
    return locals() | {"pd": pd, "own": Own({"a": [1]}), "counts": __import__("collections").Counter()}


FINE = [
    "df['price'], df[['price', 'qty']], df.loc[:, 'city'], df.loc[0, 'price']",
    "df['new'] = 1\ndf['new']",
    "df[['m', 'n']] = 1\ndf['m']",
    "df.loc[:, 'new'] = 1\ndf['new']",
    "df = df.assign(new=1)\ndf['new']",
    "df.insert(0, 'new', 1)\ndf['new']",
    "df.rename(columns={'price': 'cost'}, inplace=True)\ndf['cost']",
    "df.columns = [1, 2, 3]\ndf[1]\ndf['x']",
    "change(df)\ndf['new']",
    "copy = df\ncopy['new'] = 1\ndf['new']",
    "def add():\n    df['new'] = 1\nadd()\ndf['new']",
    "for name in ['p', 'q']:\n    if name != 'p':\n        pass\n    df[name] = 1\ndf['p']",
    "if 'new' in df:\n    df['new']",
    "if 'new' not in df:\n    df['new'] = 0\ndf['new']",
    "try:\n    df['new']\nexcept KeyError:\n    pass",
    "for i in range(2):\n    print(df['new'] if i else 0)\n    df['new'] = i",
    "df.groupby('price')['qty'].sum()",
    "df.sort_values(by=['price', 'qty']).drop(columns='city')",
    "df.drop('x'), df.drop(columns=['zip'], errors='ignore')",
    "df.groupby(lambda r: r)\ndf.agg({'price': 'sum'})\ndf.agg('sum')\ndf.astype('str')",
    "df.merge(other, left_on='city', right_on='town')",
    "pd.merge(df, other, left_on='city', right_on='town')",
    "dates.groupby('day').sum(), dates.loc['2024']",
    "wide['a'], wide['b']",
    "by_date['2024']",
    "own['missing']",
    "df.groupby('price').agg(total=('qty', 'sum'))",
    "prices['apple']\nprices['plum'] = 3\nprices['plum']",
    "prices.update(plum=3)\nprices['plum']",
    "prices.setdefault('plum', 1)\nprices['plum']",
    "counts['anything']",
    "fill(prices)\nprices['plum']",
    "del prices\nprices = {'plum': 1}\nprices['plum']",
]


@pytest.mark.parametrize("code", FINE)
def test_what_is_or_may_be_there(code, found):
    names = namespace() | {"change": abs, "fill": abs}
    assert [each for each in found(code, names) if each[0].startswith("missing-")] == []


def test_a_function_of_the_notebook_may_add_the_column(found):
    # Its code says `df`, as one of a notebook's own globals.
    source = "def adds():\n    df['added'] = 1"
    names = namespace() | {"__name__": "__main__"}
    exec(source, names)  # noqa: S102
    assert found("adds()\ndf['added']", names) == []
    assert found("df['added']", names) == [("missing-column", 1)]


@pytest.mark.parametrize(
    "code",
    [
        "df['prise']",
        "df['new'] = df['prise'] * 2",
        "df = df[df['prise'] > 1]",
        "df['prise'] += 1",
        "del df['prise']",
        "df[['price', 'prise']]",
        "df.loc[:, 'prise']",
        "df.loc[df['price'] > 1, ['prise']]",
        "df[df['price'] > 1]['prise']",
        "df.head(3)['prise']",
        "df.groupby('prise')",
        "df.groupby('city')['prise'].sum()",
        "df.groupby('city').agg({'prise': 'sum'})",
        "df.groupby('city').agg(total=('prise', 'sum'))",
        "df.sort_values('prise')",
        "df.sort_values(by=['prise'])",
        "df.drop(columns=['prise'])",
        "df.drop('prise', axis=1)",
        "df.set_index('prise')",
        "df.merge(df, on='prise')",
        "other.merge(df, left_on='town', right_on='prise')",
        "df.drop_duplicates(subset=['prise'])",
        "df.astype({'prise': int})",
        "df.plot(x='prise', y='qty')",
        "print(df)\ndf.describe()\npd.concat([df])\nlen(df['prise'])",
    ],
)
def test_columns_that_are_not_there(code, errors, said):
    assert errors(code, namespace()) == ["missing-column"]
    assert any("`df` has no column `prise`, did you mean `price`?" in each for each in said(code, namespace())) or (
        "merge" in code
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("pd.merge(df, other, on='city')", "`other` has no column `city`"),
        ("df['price', 'qty']", "several columns are a list: `[['price', 'qty']]`"),
        ("df['city'].value_count()", "`Series` has no `value_count`, did you mean `value_counts`?"),
        ("top = df.sort_values('price', inplace=True)\ntop.head()", "`None` has no `head`"),
    ],
)
def test_what_else_is_known_of_frames(code, words, said, errors):
    assert [each for each in said(code, namespace()) if words in each]
    assert errors(code, namespace())


def test_in_a_function_it_is_a_warning():
    (finding,) = check("def f():\n    return df['prise']", namespace())
    assert finding.severity is Severity.WARNING


def test_keys_are_warnings():
    (finding,) = check("prices['aple']", namespace())
    assert (finding.rule, finding.severity) == ("missing-key", Severity.WARNING)
    assert finding.message.en == "`prices` has no key 'aple', did you mean `apple`?"
    assert finding.message.zh == "`prices` 没有键 'aple'，是不是想写 `apple`？"
