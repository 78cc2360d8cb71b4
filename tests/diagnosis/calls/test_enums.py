from __future__ import annotations

import pytest
from rewriting import candidates, certain

COLOURS = "from enum import Enum\nclass Colour(Enum):\n    RED = 1\n    BLUE = 2"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Colour('RED')", "Colour['RED']"),
        ("Colour[2]", "Colour(2)"),
        ("Colour('2')", "Colour(int('2'))"),
        ("Colour['red']", "Colour['red'.upper()]"),
    ],
)
def test_members_are_taken_by_name_or_by_value(diagnosed, cell, expected):
    assert certain(diagnosed(cell, COLOURS)) == expected


def test_a_member_that_does_not_exist_is_not_made_up(diagnosed):
    found = diagnosed("Colour('GREEN')", COLOURS)
    assert found is None or not found.rewrites


def test_values_are_compared_not_members(diagnosed):
    assert "Colour.RED.value > Colour.BLUE.value" in candidates(diagnosed("Colour.RED > Colour.BLUE", COLOURS))
    found = diagnosed("max([Colour.RED, Colour.BLUE])", COLOURS)
    assert candidates(found)[0] == "max([Colour.RED, Colour.BLUE], key=lambda member: member.value)"
