from __future__ import annotations

import pytest

SCALE = "def scale(values, factor):\n    return [value * factor for value in values]"
CLIP = "def clip(low: float, prices: list[float]):\n    return [max(price, low) for price in prices]"


def test_arguments_in_the_wrong_order_are_swapped(diagnosed):
    found = diagnosed("scale(2, [1.5, 2.0])", SCALE)
    assert found.cause.en == "The arguments of `scale` are the wrong way round: `values` is the number 2."
    assert found.rewrites[0].cell == "scale([1.5, 2.0], 2)"


def test_annotations_say_it_too(diagnosed):
    assert diagnosed("clip([1.5], 2)", CLIP).rewrites[0].cell == "clip(2, [1.5])"


@pytest.mark.parametrize(
    ("cell", "setup"),
    [
        ("scale(2, 3)", SCALE),
        ("scale([1, 'a'], [2])", SCALE),
        ("scale(None, [2])", SCALE),
        ("f(2, [1])", "def f(a, b):\n    return [x * a for x in a]"),
        ("scale(*[2, [1]])", SCALE),
    ],
)
def test_what_is_not_clear_is_not_spoken_of(diagnosed, cell, setup):
    found = diagnosed(cell, setup)
    assert found is None or found.rule != "own-argument-order"
