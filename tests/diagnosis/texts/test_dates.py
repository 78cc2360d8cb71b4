from __future__ import annotations

import pytest
from rewriting import candidates, certain

IMPORTS = "from datetime import date, datetime, timedelta\nimport time\ns = '2024-01-05'"


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("d = date(s)", "d = date.fromisoformat(s)"),
        ('d = date(*s.split("-"))', 'd = date(*map(int, s.split("-")))'),
        ("d = datetime.strptime(s)", 'd = datetime.strptime(s, "%Y-%m-%d")'),
        ('s.strftime("%d.%m.")', 'datetime.strptime(s, "%Y-%m-%d").strftime("%d.%m.")'),
        ('time.strftime("%H", time.time())', 'time.strftime("%H", time.localtime(time.time()))'),
        ("datetime.fromtimestamp(1700000000000)", "datetime.fromtimestamp(1700000000000 / 1000)"),
        ("date(2024, 1, 31) + timedelta(months=1)",
         "from dateutil.relativedelta import relativedelta\ndate(2024, 1, 31) + relativedelta(months=1)"),
    ],
)  # fmt: skip
def test_dates_of_texts_and_spans(diagnosed, cell, wanted):
    assert candidates(diagnosed(cell, IMPORTS))[0] == wanted


def test_the_day_after_the_last(diagnosed):
    cell = "d = date(2024, 1, 31)\nd = d.replace(day=d.day + 1)"
    assert certain(diagnosed(cell, IMPORTS)) == "d = date(2024, 1, 31)\nd = d + timedelta(days=1)"


def test_text_that_is_no_date_is_not_read_as_one(diagnosed):
    found = diagnosed("date('soon')", IMPORTS)
    assert found is None or not found.rewrites
