from __future__ import annotations

import pytest

STOCK = """import pandas as pd, numpy as np
stock = pd.DataFrame({"品名": ["red pen", "tin cup", "old mug"], "n": [1, 2, 3], "my col": [3, 4, 5]})
stock["kind"] = pd.Categorical(["a", "b", "a"])
xs = np.array([1, 2, 3])
limit = 1"""


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        ("stock.loc[0, 'n'] = 2.5", "stock['n'] = stock['n'].astype(float)\nstock.loc[0, 'n'] = 2.5"),
        ("xs += 0.5", "xs = xs + 0.5"),
        (
            "stock[['colour', 'what']] = stock['品名'].str.split(' ')",
            "stock[['colour', 'what']] = stock['品名'].str.split(' ', expand=True)",
        ),
        ("stock.query('n > limit')", 'stock.query("n > @limit")'),
        ("stock.query('my col > 3')", 'stock.query("`my col` > 3")'),
        ("pd.read_csv('a,b\\n1,2')", "import io\npd.read_csv(io.StringIO('a,b\\n1,2'))"),
        ("s = stock.rename({'n': 'count'})\ns['count']", "s = stock.rename(columns={'n': 'count'})\ns['count']"),
    ],
)
def test_what_can_only_have_been_meant_one_way(diagnosed, cell, rewritten):
    diagnosis = diagnosed(cell, STOCK)
    assert diagnosis.rewrites[0].cell == rewritten
    assert diagnosis.rewrites[0].certain


def test_text_for_a_column_of_numbers_may_be_a_mistake(diagnosed):
    diagnosis = diagnosed("stock.loc[0, 'n'] = 'many'", STOCK)
    assert "stock['n'] = stock['n'].astype(object)\nstock.loc[0, 'n'] = 'many'" in {r.cell for r in diagnosis.rewrites}
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites)
    assert "int64" in diagnosis.cause.zh


def test_a_new_category_is_added_first(diagnosed):
    diagnosis = diagnosed("stock.loc[0, 'kind'] = 'c'", STOCK)
    assert diagnosis.rewrites[0].cell.startswith("stock['kind'] = stock['kind'].cat.add_categories('c')\n")


def test_a_file_that_is_missing_is_not_text(diagnosed):
    found = diagnosed("pd.read_csv('missing.csv')", STOCK)
    assert found is None or found.rule != "text-as-file"
