from __future__ import annotations

import pytest
from rewriting import candidates, certain


@pytest.mark.parametrize(
    ("value", "spec", "wanted"),
    [
        ("3.14159", "%.2f", "{x:.2f}"),
        ("3.14159", "2.f", "{x:.2f}"),
        ("3.14159", ",2f", "{x:,.2f}"),
        ("1234567", ",.2d", "{x:,.2f}"),
        ("0.25", ".1f%", "{x:.1%}"),
        ("5.5", "05d", "{x:05.0f}"),
        ("'3.1'", ".2f", "{float(x):.2f}"),
        ("[1.25, 2.0]", ".1f", "{[round(x, 1) for x in x]}"),
    ],
)
def test_formats_are_put_right(diagnosed, value, spec, wanted):
    assert candidates(diagnosed(f'print(f"{{x:{spec}}}")', f"x = {value}"))[0] == f'print(f"{wanted}")'


@pytest.mark.parametrize("value", ["None", "(1, 2)", "{'a': 1}"])
def test_what_has_no_format_of_its_own_is_aligned_as_text(diagnosed, value):
    assert certain(diagnosed('print(f"{x:>9}")', f"x = {value}")) == 'print(f"{x!s:>9}")'


def test_a_word_is_not_cut_to_two_letters(diagnosed):
    found = diagnosed('print(f"{x:.2f}")', "x = 'abc'")
    assert all("{x:.2}" not in rewrite.cell for rewrite in found.rewrites)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ('"{:.2f}".format("3.14")', '"{:.2f}".format(float("3.14"))'),
        ('"{:d} {}".format(3.5, 1)', '"{:.0f} {}".format(3.5, 1)'),
        ('"%d of %d" % [1, 2]', '"%d of %d" % tuple([1, 2])'),
        ('"%d%" % 10', '"%d%%" % 10'),
    ],
)
def test_formats_of_methods_and_percents(diagnosed, cell, wanted):
    assert candidates(diagnosed(cell))[0] == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ('"{1} {2}".format("a", "b")', '"{0} {1}".format("a", "b")'),
        ('"50% of %d" % 10', '"50%% of %d" % 10'),
    ],
)
def test_places_and_percent_signs(diagnosed, cell, wanted):
    assert certain(diagnosed(cell)) == wanted
