from __future__ import annotations

import pytest

STAFF = """import pandas as pd, numpy as np
staff = pd.DataFrame({"姓名": ["王", "李", "赵"], "age": [25, 41, 67], "team": ["a", "b", "a"]})
temps = np.array([3.5, 7.0, 21.0])"""


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        (
            "mid = staff[(staff['age'] > 30) and (staff['age'] < 60)]  # 中年",
            "mid = staff[(staff['age'] > 30) & (staff['age'] < 60)]  # 中年",
        ),
        ("m = staff[staff.age < 30 or staff.team == 'b']", "m = staff[(staff.age < 30) | (staff.team == 'b')]"),
        ("staff[30 < staff['age'] < 60]", "staff[(30 < staff['age']) & (staff['age'] < 60)]"),
        ("staff[not staff['age'] > 30]", "staff[~(staff['age'] > 30)]"),
        ("staff[staff['team'] in ['a', 'c']]", "staff[staff['team'].isin(['a', 'c'])]"),
        ("staff[staff['姓名'] not in ['王']]", "staff[~staff['姓名'].isin(['王'])]"),
        ("staff[staff['age'] > 30 & staff['age'] < 60]", "staff[(staff['age'] > 30) & (staff['age'] < 60)]"),
        ("staff[staff['team'] == 'a' & staff['age'] > 30]", "staff[(staff['team'] == 'a') & (staff['age'] > 30)]"),
        ("np.where(temps > 5 and temps < 10, 1, 0)", "np.where((temps > 5) & (temps < 10), 1, 0)"),
        (
            "staff['old'] = 'yes' if staff['age'] > 60 else 'no'",
            "staff['old'] = np.where(staff['age'] > 60, 'yes', 'no')",
        ),
        (
            "def old(age):\n    if age > 60:\n        return 1\n    return 0\nstaff['g'] = old(staff['age'])",
            "def old(age):\n    if age > 60:\n        return 1\n    return 0\nstaff['g'] = staff['age'].apply(old)",
        ),
    ],
)
def test_what_can_only_have_been_meant_one_way(diagnosed, cell, rewritten):
    diagnosis = diagnosed(cell, STAFF)
    assert diagnosis.rewrites[0].cell == rewritten
    assert diagnosis.rewrites[0].certain


def test_any_or_all_is_the_users_to_say(diagnosed):
    diagnosis = diagnosed("if temps > 20:\n    print('hot')", STAFF)
    assert {r.cell.split("\n")[0] for r in diagnosis.rewrites} >= {"if (temps > 20).any():", "if (temps > 20).all():"}
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites)
    assert "`if`" in diagnosis.cause.en
    assert "数组" in diagnosis.cause.zh


def test_a_frame_may_be_asked_for_its_rows_or_for_being_there(diagnosed):
    diagnosis = diagnosed("if staff:\n    print(1)", STAFF)
    first, second = diagnosis.rewrites[:2]
    assert (first.cell, first.certain) == ("if not staff.empty:\n    print(1)", False)
    assert second.cell == "if staff is not None:\n    print(1)"


def test_two_branches_become_one_where(diagnosed):
    cell = "if staff['age'] > 60:\n    staff['k'] = 1\nelse:\n    staff['k'] = 0"
    assert "staff['k'] = np.where(staff['age'] > 60, 1, 0)" in {r.cell for r in diagnosed(cell, STAFF).rewrites}


def test_a_text_search_over_gaps_skips_them(diagnosed):
    setup = STAFF + "\nstaff['姓名'] = pd.Series(['王', None, 3], dtype=object)"
    diagnosis = diagnosed("staff[staff['姓名'].str.contains('王')]", setup)
    assert diagnosis.rewrites[0].cell == "staff[staff['姓名'].str.contains('王', na=False)]"


def test_a_mask_of_another_frame(diagnosed):
    setup = STAFF + "\nold = staff[staff['age'] > 30]"
    diagnosis = diagnosed("staff.loc[old['age'] > 60]", setup)
    assert diagnosis.rule == "unaligned-mask"
    assert diagnosis.rewrites[0].cell == "staff.loc[staff['age'] > 60]"
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites)
