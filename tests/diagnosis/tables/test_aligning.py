from __future__ import annotations

from rewriting import candidates, certain

FRAMES = (
    "import pandas as pd\n"
    "old = pd.Series([5.0, 7.5], index=['A', 'B'])\nnew = pd.Series([7.0, 5.0], index=['B', 'A'])\n"
    "other = pd.Series([1.0], index=['C'])"
)


def test_the_same_labels_in_another_order_are_put_in_order(diagnosed):
    assert certain(diagnosed("changed = new != old", FRAMES)) == "changed = new != old.reindex(new.index)"


def test_with_other_labels_nobody_knows_which_rows_belong_together(diagnosed):
    assert len(candidates(diagnosed("changed = new != other", FRAMES))) == 2


def test_of_duplicate_labels_one_row_is_kept(diagnosed):
    setup = FRAMES + "\ntwice = pd.Series([1, 1, 2], index=['A', 'A', 'B'])"
    assert "twice[~twice.index.duplicated()].reindex(" in candidates(diagnosed("twice.reindex(['B', 'A'])", setup))[1]


def test_frames_are_sorted_before_they_are_merged_by_the_nearest_key(diagnosed):
    setup = "import pandas as pd\na = pd.DataFrame({'t': [1, 2]})\nb = pd.DataFrame({'t': [3, 1], 'p': [1, 2]})"
    found = candidates(diagnosed("m = pd.merge_asof(a, b, on='t')", setup))
    assert found[0] == "m = pd.merge_asof(a, b.sort_values('t'), on='t')"


def test_a_series_is_sorted_by_its_values(diagnosed):
    cell = "top = old.sort_values('n', ascending=False)"
    assert certain(diagnosed(cell, FRAMES)) == "top = old.sort_values(ascending=False)"
