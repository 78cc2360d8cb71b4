"""What looks unambiguous and is not: codes, dates of unknown order, rows that have gaps."""

from __future__ import annotations

import pytest

from qwen_magic.diagnosis.tables import columns

DATA = """import pandas as pd
t = pd.DataFrame({"zip": ["01067", "80331"], "n": ["3", "12"], "gap": ["3", None], "day": ["03/04/2024", "05/06/2024"],
                  "day_first": ["03/04/2024", "25/06/2024"], "month_first": ["03/24/2024", "05/06/2024"],
                  "iso": ["2024-03-04", "2024-06-05"], "dots": ["03.04.2024", "05.06.2024"], "k": [1.0, None],
                  "price": ["1,200", "850"], "v": [10, 20]})"""


@pytest.mark.parametrize(
    ("cell", "rewritten", "certain"),
    [
        ("t['n'] > 4", "t['n'].astype(int) > 4", True),
        ("t['zip'] > 20000", "t['zip'].astype(int) > 20000", False),
        ("t['gap'] > 4", "t['gap'].astype(float) > 4", True),
        ("t['iso'].dt.year", "pd.to_datetime(t['iso']).dt.year", True),
        ("t['day'].dt.year", "pd.to_datetime(t['day']).dt.year", False),
        ("t['day_first'].dt.year", "pd.to_datetime(t['day_first'], dayfirst=True).dt.year", True),
        ("t['month_first'].dt.year", "pd.to_datetime(t['month_first']).dt.year", True),
        ("t['dots'].dt.year", "pd.to_datetime(t['dots'], dayfirst=True).dt.year", False),
        (
            "pd.to_datetime(t['day_first'], format='%m/%d/%Y')",
            "pd.to_datetime(t['day_first'], format=\"%d/%m/%Y\")",
            True,
        ),
        ("t['v'].str.zfill(4)", "t['v'].astype(str).str.zfill(4)", True),
        ("t['v'].str.replace('$', '')", "t['v']", False),
        ("t['price'].astype(float)", 't[\'price\'].str.replace(",", "", regex=False).astype(float)', False),
        ("t['k'] = t['k'].astype(int)", "t = t.dropna(subset=['k'])\nt['k'] = t['k'].astype(int)", False),
    ],
)
def test_only_what_the_values_settle_is_certain(diagnosed, cell, rewritten, certain):
    first = diagnosed(cell, DATA).rewrites[0]
    assert (first.cell, first.certain) == (rewritten, certain)


def test_a_column_that_is_used_again_is_converted_once(diagnosed):
    first = diagnosed("big = t['n'] > 4\nall_of_them = t['n'].sum()", DATA).rewrites[0]
    assert first.cell == "t['n'] = t['n'].astype(int)\nbig = t['n'] > 4\nall_of_them = t['n'].sum()"
    assert not first.certain


def test_no_rewrite_turns_unread_numbers_into_gaps(diagnosed):
    assert not any("coerce" in rewrite.cell for rewrite in diagnosed("t['price'].astype(float)", DATA).rewrites)


def test_the_order_of_day_and_month_is_read_from_all_values(shell):
    shell.run_cell("import pandas as pd\ns = pd.Series(['01/02/2024'] * 500 + ['13/02/2024'])")
    assert columns.to_datetime("pd", "s", shell.user_ns["s"]) == [("pd.to_datetime(s, dayfirst=True)", True)]
