from __future__ import annotations

import pytest

from tests.diagnosis.rewriting import candidates, certain

LIBRARIES = """import numpy as np, pandas as pd, matplotlib.pyplot as plt
a = np.arange(4)
df = pd.DataFrame({"城市": ["北京", "上海"], "n": [1, None]})"""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('df.dropna(columns=["n"])', 'df.dropna(subset=["n"])'),
        ('df.dropna("n")', 'df.dropna(subset="n")'),
        ("df.dropna(1)", "df.dropna(axis=1)"),
        ('df.sort_values(columns="城市")', 'df.sort_values(by="城市")'),
        ("plt.subplots(nrow=2, ncol=3)", "plt.subplots(nrows=2, ncols=3)"),
        ("np.average(a, weight=a)", "np.average(a, weights=a)"),
        ("np.sort(a, reverse=True)", "np.sort(a)[::-1]"),
        ("np.sort(a, ascending=True)", "np.sort(a)"),
        ("plt.plot(a, linewith=2, colour='r')", "plt.plot(a, linewidth=2, color='r')"),
        ("plt.gca(projection='3d')", "plt.axes(projection='3d')"),
    ],
)
def test_keywords_that_are_called_otherwise(diagnosed, wrong, right):
    assert diagnosed(wrong, LIBRARIES).rewrites[0].cell == right


def test_the_size_of_a_figure_is_given_before_it_is_drawn_on(diagnosed):
    found = diagnosed("plt.plot(a, figsize=(8, 4))", LIBRARIES)
    assert certain(found) == "plt.figure(figsize=(8, 4))\nplt.plot(a)"


def test_labels_of_boxes_are_those_of_their_ticks(diagnosed):
    found = candidates(diagnosed('plt.boxplot([a, a], labels=["p", "q"])', LIBRARIES))
    assert found[0] == 'plt.boxplot([a, a], tick_labels=["p", "q"])'


def test_a_line_across_is_at_x_or_goes_the_other_way(diagnosed):
    assert candidates(diagnosed("plt.axhline(x=2)", LIBRARIES))[:2] == ["plt.axvline(x=2)", "plt.axhline(y=2)"]


def test_functions_of_the_user_are_for_another_rule(diagnosed):
    found = diagnosed("plot(width=3)", "def plot(size):\n    pass")
    assert found is None or found.rule != "misnamed-keyword"
