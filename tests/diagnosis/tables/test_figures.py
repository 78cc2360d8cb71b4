from __future__ import annotations

import pytest

from tests.diagnosis.rewriting import candidates, certain

PLOT = """import matplotlib.pyplot as plt
xs = [1, 2, 3]"""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("ax = plt.subplots()\nax.plot(xs)", "fig, ax = plt.subplots()\nax.plot(xs)"),
        ('fig = plt.subplots()\nfig.savefig("a.png")', 'fig, ax = plt.subplots()\nfig.savefig("a.png")'),
        ("fig, ax = plt.figure(figsize=(4, 3))", "fig, ax = plt.subplots(figsize=(4, 3))"),
        ("ax = plt.figure()\nax.plot(xs)", "fig, ax = plt.subplots()\nax.plot(xs)"),
        ('f, ax = plt.subplots()\nax.savefig("a.png")', 'f, ax = plt.subplots()\nf.savefig("a.png")'),
        ("ax = plt.gca()\nax.show()", "ax = plt.gca()\nplt.show()"),
        ("plt.set_xticklabels(xs)", "plt.gca().set_xticklabels(xs)"),
        ("plt.figsize(8, 4)", "plt.figure(figsize=(8, 4))"),
        ("for i in range(4):\n    plt.subplot(2, 2, i)", "for i in range(4):\n    plt.subplot(2, 2, i + 1)"),
        ("plt.figure((8, 4))", "plt.figure(figsize=(8, 4))"),
        ('plt.legend("p", "q", "r")', 'plt.legend(["p", "q", "r"])'),
        ('plt.annotate("top", 1, 2)', 'plt.annotate("top", (1, 2))'),
        ("fig, axes = plt.subplots(2, 2)\naxes[3].plot(xs)", "fig, axes = plt.subplots(2, 2)\naxes.flat[3].plot(xs)"),
        ('plt.plot(xs, linestyle="--o")', 'plt.plot(xs, linestyle="--", marker="o")'),
        ("plt.plot(xs, color=(255, 0, 0))", "plt.plot(xs, color=(255 / 255, 0 / 255, 0 / 255))"),
    ],
)
def test_what_is_meant_by_a_figure(diagnosed, wrong, right):
    assert certain(diagnosed(wrong, PLOT)) == right


def test_a_size_that_comes_after_the_drawing_is_that_of_the_same_figure(diagnosed):
    found = diagnosed("plt.plot(xs)\nplt.figsize(8, 4)", PLOT)
    assert certain(found) == "plt.plot(xs)\nplt.gcf().set_size_inches((8, 4))"


def test_a_title_of_the_figure_may_be_that_of_its_plot(diagnosed):
    found = candidates(diagnosed('fig = plt.figure()\nfig.set_title("a")', PLOT))
    assert found[0].endswith('fig.suptitle("a")')


def test_all_places_of_a_row_lose_the_index_that_is_always_nought(diagnosed):
    cell = "fig, axes = plt.subplots(1, 3)\nfor i in range(3):\n    axes[0, i].plot(xs)"
    found = candidates(diagnosed(cell, PLOT))
    assert found[:2] == [cell.replace("0, i", "i"), cell.replace("1, 3", "1, 3, squeeze=False")]


def test_a_misspelt_method_of_a_plot_is_not_the_figures(diagnosed):
    assert diagnosed("ax = plt.gca()\nax.plott(xs)", PLOT).rule != "another-owner"
