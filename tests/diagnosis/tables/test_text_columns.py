from __future__ import annotations

import pytest

SHOP = """import pandas as pd
shop = pd.DataFrame({"item": ["pen", "cup", "mug"], "qty": ["3", "12", "5"], "价格": ["¥1,200", "¥80", "¥7"],
                     "n": [1, 2, 3], "w": [1.0, None, 3.0], "team": ["a", "b", "a"]})
plain = shop[["item", "n", "team"]]"""


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        ("many = shop[shop['qty'] > 4]", "many = shop[shop['qty'].astype(int) > 4]"),
        ("shop.qty * 1.5", "shop.qty.astype(int) * 1.5"),
        ("shop['qty'].mean()", "shop['qty'].astype(int).mean()"),
        ("t = sum(shop['qty'])", "t = sum(shop['qty'].astype(int))"),
        (
            "m = shop.groupby('team')['qty'].mean()",
            "shop['qty'] = shop['qty'].astype(int)\nm = shop.groupby('team')['qty'].mean()",
        ),
        ("shop['label'] = shop['item'] + shop['n']", "shop['label'] = shop['item'] + shop['n'].astype(str)"),
        ("shop['id'] = 'no ' + shop['n']", "shop['id'] = 'no ' + shop['n'].astype(str)"),
        ("plain.groupby('team').mean()", "plain.groupby('team').mean(numeric_only=True)"),
        ("plain.corr()", "plain.corr(numeric_only=True)"),
    ],
)
def test_what_can_only_have_been_meant_one_way(diagnosed, cell, rewritten):
    diagnosis = diagnosed(cell, SHOP)
    assert diagnosis.rewrites[0].cell == rewritten
    assert diagnosis.rewrites[0].certain


@pytest.mark.parametrize(
    ("cell", "among"),
    [
        ("shop['价格'].mean()", """shop['价格'].str.replace(r"[,¥]", "", regex=True).astype(int).mean()"""),
        ("p = shop['价格'].astype(float)", """p = shop['价格'].str.replace(r"[,¥]", "", regex=True).astype(float)"""),
        ("p = shop['item'].astype(int)", """p = pd.to_numeric(shop['item'], errors="coerce")"""),
        ("w = shop['w'].astype(int)", """w = shop['w'].astype("Int64")"""),
        ("shop.mean()", "shop.mean(numeric_only=True)"),
    ],
)
def test_what_may_have_been_meant(diagnosed, cell, among):
    diagnosis = diagnosed(cell, SHOP)
    assert among in {rewrite.cell for rewrite in diagnosis.rewrites}
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites)


def test_the_cause_shows_a_value(diagnosed):
    diagnosis = diagnosed("shop['价格'] > 100", SHOP)
    assert "¥1,200" in diagnosis.cause.en
    assert "¥1,200" in diagnosis.cause.zh


def test_words_are_not_made_numbers(diagnosed):
    found = diagnosed("shop['item'] - 1", SHOP)
    assert found is None or found.rule != "text-column"


def test_a_million_rows_are_as_fast(evidence):
    import time

    from qwen_magic.diagnosis.tables.rules import TABLE_RULES

    found = evidence("big['q'] > 3", "import pandas as pd\nbig = pd.DataFrame({'q': ['12'] * 1_000_000})")
    start = time.perf_counter()
    assert any(list(rule(found)) for rule in TABLE_RULES)
    assert time.perf_counter() - start < 0.5
