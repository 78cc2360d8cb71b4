from __future__ import annotations

import pytest

ORDERS = """import pandas as pd, datetime
orders = pd.DataFrame({"客户": ["Ann", "Bo", "Ann"], "no": ["7", "8", "9"], "n": [1, 2, 3], "price": [2.0, 3.0, 4.0],
                       "day": ["2024-01-05", "2024-02-01", "2024-03-09"]})
stamps = orders.assign(day=pd.to_datetime(orders["day"]))
people = pd.DataFrame({"name": ["Ann", "Bo"], "age": [31, 25]})
bills = pd.DataFrame({"no": [7, 8], "paid": [True, False]})"""


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        ("orders['客户'].upper()", "orders['客户'].str.upper()"),
        ("orders['客户'].contains('A')", "orders['客户'].str.contains('A')"),
        ("stamps['day'].year", "stamps['day'].dt.year"),
        ("orders['day'].dt.month", "pd.to_datetime(orders['day']).dt.month"),
        ("orders['n'].str.zfill(3)", "orders['n'].astype(str).str.zfill(3)"),
        (
            "t = orders.apply(lambda r: r['n'] * r['price'])",
            "t = orders.apply(lambda r: r['n'] * r['price'], axis=1)",
        ),
        (
            "for i, row in orders:\n    print(row['n'])",
            "for i, row in orders.iterrows():\n    print(row['n'])",
        ),
        ("for row in orders:\n    print(row['n'])", "for _, row in orders.iterrows():\n    print(row['n'])"),
        ("for row in orders.iterrows():\n    print(row['n'])", "for _, row in orders.iterrows():\n    print(row['n'])"),
        ("for row in orders.itertuples():\n    print(row['n'])", "for row in orders.itertuples():\n    print(row.n)"),
        ("for i, row in orders.iterrows:\n    print(i)", "for i, row in orders.iterrows():\n    print(i)"),
        ("orders.iloc[:, 'n']", "orders.loc[:, 'n']"),
        ("orders['n', '客户']", "orders[['n', '客户']]"),
        ("orders.groupby('客户')['n', 'price'].sum()", "orders.groupby('客户')[['n', 'price']].sum()"),
        ("orders.groupby('客户').sum('n')", "orders.groupby('客户')['n'].sum()"),
        ("orders.drop('n')", "orders.drop(columns='n')"),
        ("orders['客户'].isin('Ann')", "orders['客户'].isin(['Ann'])"),
        ("pd.concat(orders, people)", "pd.concat([orders, people])"),
        ("pd.DataFrame({'a': 1, 'b': 2})", "pd.DataFrame([{'a': 1, 'b': 2}])"),
        (
            "pd.merge(orders, people, on='客户')",
            "pd.merge(orders, people, left_on='客户', right_on='name')",
        ),
        ("m = orders.merge(bills, on='no')", "m = orders.assign(no=orders['no'].astype(int)).merge(bills, on='no')"),
        (
            "orders['day'] > datetime.date(2024, 2, 1)",
            "pd.to_datetime(orders['day']) > pd.Timestamp(datetime.date(2024, 2, 1))",
        ),
        (
            "orders['day'].max() - orders['day'].min()",
            "pd.to_datetime(orders['day']).max() - pd.to_datetime(orders['day']).min()",
        ),
        (
            "late = stamps['day'] > datetime.date(2024, 2, 1)",
            "late = stamps['day'] > pd.Timestamp(datetime.date(2024, 2, 1))",
        ),
        ("stamps.resample('ME')['n'].sum()", "stamps.resample('ME', on='day')['n'].sum()"),
        (
            "orders.set_index('day').resample('ME')['n'].sum()",
            "orders.set_index(pd.to_datetime(orders['day'])).resample('ME')['n'].sum()",
        ),
    ],
)
def test_what_can_only_have_been_meant_one_way(diagnosed, cell, rewritten):
    diagnosis = diagnosed(cell, ORDERS)
    assert diagnosis.rewrites[0].cell == rewritten
    assert diagnosis.rewrites[0].certain


@pytest.mark.parametrize(
    ("cell", "among"),
    [
        ("orders.loc[0, 2]", "orders.iloc[0, 2]"),
        ("orders.join(orders)", 'orders.join(orders, rsuffix="_2")'),
        ("stamps['day'] + 7", "stamps['day'] + pd.to_timedelta(7, unit=\"D\")"),
        (
            "pd.to_datetime(pd.Series(['01/02/2024', '31/12/2024']))",
            "pd.to_datetime(pd.Series(['01/02/2024', '31/12/2024']), dayfirst=True)",
        ),
        ("pd.to_datetime(orders['day'], format='%d.%m.%Y')", "pd.to_datetime(orders['day'], format=\"%Y-%m-%d\")"),
    ],
)
def test_what_may_have_been_meant(diagnosed, cell, among):
    diagnosis = diagnosed(cell, ORDERS)
    assert among in {rewrite.cell for rewrite in diagnosis.rewrites}
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites)


def test_lengths_of_columns_are_said(diagnosed):
    diagnosis = diagnosed("data = {'a': [1, 2], '乙': [3]}\npd.DataFrame(data)", ORDERS)
    assert "'a': 2, '乙': 1" in diagnosis.cause.en
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites)


def test_a_column_that_is_nowhere_needs_no_axis(diagnosed):
    found = diagnosed("orders.apply(lambda r: r['nowhere'])", ORDERS)
    assert found is None or found.rule != "apply-needs-axis"


def test_a_row_that_is_missing_is_not_a_column(diagnosed):
    found = diagnosed("orders.drop('zzz')", ORDERS)
    assert found is None or found.rule != "selecting"
