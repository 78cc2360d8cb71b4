from __future__ import annotations

import pytest

CHARTS = """import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
plt.close("all")
days = [1, 2, 3]
sold = [5, 7, 6]
fig, axes = plt.subplots(2, 2)
one, ax = plt.subplots()"""


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        ("ax.xlabel('天')\nax.ylabel('销量')", "ax.set_xlabel('天')\nax.set_ylabel('销量')"),
        ("ax.title('Sales')", "ax.set_title('Sales')"),
        ("plt.set_xlabel('day')", "plt.xlabel('day')"),
        ("ax[0].plot(days, sold)", "ax.plot(days, sold)"),
        ("plt.plot(days, sold, linewith=2)", "plt.plot(days, sold, linewidth=2)"),
        ("plt.plot(days, sold, marker='circle')", 'plt.plot(days, sold, marker="o")'),
    ],
)
def test_what_can_only_have_been_meant_one_way(diagnosed, cell, rewritten):
    diagnosis = diagnosed(cell, CHARTS)
    assert diagnosis.rewrites[0].cell == rewritten
    assert diagnosis.rewrites[0].certain


@pytest.mark.parametrize(
    ("cell", "among", "cause"),
    [
        ("axes.plot(days, sold)", "axes[0, 0].plot(days, sold)", "4 axes"),
        ("axes[1].plot(days, sold)", "axes.flat[1].plot(days, sold)", "2 axes"),
        ("plt.plot(days, sold + [8])", "plt.plot(days, (sold + [8])[:3])", "3 values"),
        ("plt.plot(days, sold, color='bleu')", 'plt.plot(days, sold, color="blue")', "bleu"),
        ("plt.plot(days, sold, linestyle='dash')", 'plt.plot(days, sold, linestyle="--")', "dash"),
    ],
)
def test_what_may_have_been_meant(diagnosed, cell, among, cause):
    diagnosis = diagnosed(cell, CHARTS)
    assert among in {rewrite.cell for rewrite in diagnosis.rewrites}
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites)
    assert cause in diagnosis.cause.en


def test_two_plots_in_one_may_mean_more_axes(diagnosed):
    cell = "f, a = plt.subplots(figsize=(8, 3))\na[0].plot(days)\na[1].plot(sold)"
    rewrites = diagnosed(cell, CHARTS).rewrites
    assert not any(rewrite.certain for rewrite in rewrites)
    assert cell.replace("(figsize", "(1, 2, figsize") in {rewrite.cell for rewrite in rewrites}
