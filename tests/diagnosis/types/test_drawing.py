from __future__ import annotations

from rewriting import candidates, certain


def test_a_set_has_no_positions_to_draw_from(diagnosed):
    setup = "import random\ncolours = {'red', 'blue'}\nages = {'ann': 3}"
    assert candidates(diagnosed("random.choice(colours)", setup)) == [
        "random.choice(sorted(colours))",
        "random.choice(list(colours))",
    ]
    assert candidates(diagnosed("random.choice(ages)", setup))[0] == "random.choice(list(ages))"


def test_no_more_can_be_drawn_than_there_are(diagnosed):
    found = diagnosed("random.sample(names, 5)", "import random\nnames = ['a', 'b']")
    assert candidates(found)[0] == "random.sample(names, min(5, len(names)))"


def test_a_defaultdict_takes_what_makes_a_value(diagnosed):
    setup = "from collections import defaultdict"
    assert certain(diagnosed("defaultdict(0)", setup)) == "defaultdict(int)"
    assert certain(diagnosed("defaultdict([])", setup)) == "defaultdict(list)"
    assert certain(diagnosed("defaultdict(7)", setup)) == "defaultdict(lambda: 7)"


def test_after_december_comes_january(diagnosed):
    cell = "from datetime import date\nend = date(y, m + 1, 1)"
    assert candidates(diagnosed(cell, "y, m = 2023, 12"))[0] == cell.replace(
        "date(y, m + 1, 1)", "date(y + m // 12, m % 12 + 1, 1)"
    )
    later = diagnosed("d.replace(month=d.month + 1)", "from datetime import date\nd = date(2023, 12, 5)")
    assert candidates(later)[0] == "d.replace(month=d.month % 12 + 1, year=d.year + d.month // 12)"


def test_days_are_added_to_a_date(diagnosed):
    found = diagnosed("end = start + 30", "from datetime import date\nstart = date(2024, 1, 1)")
    assert candidates(found)[0] == "from datetime import timedelta\nend = start + timedelta(days=30)"


def test_rows_of_a_group_are_kept_in_a_list(diagnosed):
    setup = "import itertools"
    cell = "for key, run in itertools.groupby('aab'):\n    print(len(run))"
    assert candidates(diagnosed(cell, setup))[0] == cell.replace("    print", "    run = list(run)\n    print")
