from __future__ import annotations

import pytest

SALES = """import pandas as pd, numpy as np
sales = pd.DataFrame({"城市": ["北京", "上海", "北京"], "amount": [3, 5, 4]})
days = pd.Series([1, None, 3], index=pd.date_range("2024-01-01", periods=3))
temps = np.array([3.5, 7.0, 1.0])"""


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        (
            "for name, values in sales.iteritems():\n    print(name)",
            "for name, values in sales.items():\n    print(name)",
        ),
        ("wide = sales.applymap(str)  # 全部转成文字", "wide = sales.map(str)  # 全部转成文字"),
        ("days.iteritems()", "days.items()"),
        ("sales.as_matrix()", "sales.to_numpy()"),
        ("(temps + 1).tostring()", "(temps + 1).tobytes()"),
        ("temps.ptp()", "np.ptp(temps)"),
        ("a = days.append(days)", "a = pd.concat([days, days])"),
        ("w = pd.Series(days.index).dt.week", "w = pd.Series(days.index).dt.isocalendar().week"),
        ("x = np.float(3)\ny = np.int(x)", "x = float(3)\ny = int(x)"),
        ("np.trapz(temps)", "np.trapezoid(temps)"),
        ("worst = np.Inf", "worst = np.inf"),
        ("pd.rolling_mean(days, 2, min_periods=1)", "days.rolling(2, min_periods=1).mean()"),
        ("days.fillna(method='ffill')", "days.ffill()"),
        ("days.fillna(method='bfill', limit=1)", "days.bfill(limit=1)"),
        ("pd.read_csv('a.txt', delim_whitespace=True)", "pd.read_csv('a.txt', sep=r\"\\s+\")"),
        ("pd.read_csv('a.csv', error_bad_lines=False)", "pd.read_csv('a.csv', on_bad_lines=\"skip\")"),
        ("sales.to_csv('a.csv', line_terminator='\\n')", "sales.to_csv('a.csv', lineterminator='\\n')"),
        ("days.sum(level=0)", "days.groupby(level=0).sum()"),
        ("less = sales.drop('amount', 1)", "less = sales.drop('amount', axis=1)"),
        ("sales.set_axis(['a', 'b'], axis=1, inplace=True)", "sales = sales.set_axis(['a', 'b'], axis=1)"),
        ("days.resample('M').sum()", 'days.resample("ME").sum()'),
        ("pd.date_range('2024-01-01', periods=4, freq='6H')", "pd.date_range('2024-01-01', periods=4, freq=\"6h\")"),
    ],
)
def test_where_there_is_one_successor_it_is_certain(diagnosed, cell, rewritten):
    diagnosis = diagnosed(cell, SALES)
    assert diagnosis.rewrites[0].cell == rewritten
    assert diagnosis.rewrites[0].certain


def test_a_row_appended_in_a_loop_is_kept(diagnosed):
    cell = "for n in range(2):\n    sales.append({'城市': '广州', 'amount': n}, ignore_index=True)\nprint(len(sales))"
    diagnosis = diagnosed(cell, SALES)
    first = diagnosis.rewrites[0]
    assert (
        "    sales = pd.concat([sales, pd.DataFrame([{'城市': '广州', 'amount': n}])], ignore_index=True)\n"
        in first.cell
    )
    assert first.certain
    assert "pd.concat" in diagnosis.hint.en


def test_appending_a_frame_needs_no_new_one(diagnosed):
    diagnosis = diagnosed("both = sales.append(sales, ignore_index=True)", SALES)
    assert diagnosis.rewrites[0].cell == "both = pd.concat([sales, sales], ignore_index=True)"
    assert diagnosis.rewrites[0].certain


def test_what_is_appended_but_unknown_is_not_certain(diagnosed):
    diagnosis = diagnosed("both = sales.append(sales.head(1).iloc[0])", SALES)
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites)
    assert "both = pd.concat([sales, pd.DataFrame([sales.head(1).iloc[0]])])" in {r.cell for r in diagnosis.rewrites}


def test_labels_or_positions_is_only_certain_with_a_label(diagnosed):
    named = "s = sales.set_index('城市')\ns.ix['北京']"
    assert diagnosed(named, SALES).rewrites[0].cell == "s = sales.set_index('城市')\ns.loc['北京']"
    either = diagnosed("sales.ix[0]", SALES).rewrites
    assert {rewrite.cell for rewrite in either} == {"sales.loc[0]", "sales.iloc[0]"}
    assert not any(rewrite.certain for rewrite in either)


def test_the_datetime_that_pandas_lent_is_imported(diagnosed):
    diagnosis = diagnosed("now = pd.datetime.now()", SALES)
    assert diagnosis.rewrites[0].cell == "from datetime import datetime\nnow = datetime.now()"


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        ("plt.hist(temps, normed=True)", "plt.hist(temps, density=True)"),
        ("plt.style.use('seaborn-whitegrid')", 'plt.style.use("seaborn-v0_8-whitegrid")'),
        ("colours = plt.cm.get_cmap('viridis')", "colours = plt.get_cmap('viridis')"),
    ],
)
def test_matplotlib(diagnosed, cell, rewritten):
    import matplotlib as mpl

    mpl.use("agg")
    diagnosis = diagnosed(cell, SALES, "import matplotlib.pyplot as plt")
    assert diagnosis.rewrites[0].cell == rewritten
    assert diagnosis.rewrites[0].certain


def test_an_attribute_of_ones_own_class_is_not_a_removed_one(diagnosed):
    cell = "class DataFrame:\n    pass\nDataFrame().iteritems()"
    found = diagnosed(cell, SALES)
    assert found is None or found.rule != "removed-method"


def test_a_keyword_of_ones_own_function_is_not_a_removed_one(diagnosed):
    found = diagnosed("def draw(x):\n    return x\ndraw(1, squeeze=True)", SALES)
    assert found is None or found.rule != "removed-keyword"
