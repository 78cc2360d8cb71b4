from __future__ import annotations

from rewriting import certain

STAGES = "import pandas as pd\ndf = pd.DataFrame({'stage': pd.Categorical(['I', None, 'II'])})"


def test_a_category_is_added_before_it_is_filled_in(diagnosed):
    cell = "df['stage'] = df['stage'].fillna('unknown')"
    assert diagnosed(cell, STAGES).rewrites[0].cell == (
        "df['stage'] = df['stage'].cat.add_categories('unknown').fillna('unknown')"
    )


def test_a_category_is_added_before_it_is_assigned(diagnosed):
    found = diagnosed("df.loc[0, 'stage'] = 'V'", STAGES)
    assert certain(found) == "df['stage'] = df['stage'].cat.add_categories('V')\ndf.loc[0, 'stage'] = 'V'"
