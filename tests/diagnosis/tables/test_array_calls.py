from __future__ import annotations

import pytest

from tests.diagnosis.rewriting import candidates, certain

ARRAYS = """import numpy as np
a, m = np.arange(6), np.zeros((3, 4))
texts, holes = np.array(["1.5", "2"]), np.array([1, None])"""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("np.mean(1, 2, 3)", "np.mean([1, 2, 3])"),
        ("np.random.random(2, 3)", "np.random.random((2, 3))"),
        ("np.eye((3, 3))", "np.eye(3)"),
        ("range(a)", "range(len(a))"),
        ("new = a * 2\na[a > 2] = new", "new = a * 2\na[a > 2] = new[a > 2]"),
        ("texts * 2", "texts.astype(float) * 2"),
        ("holes + 1", "holes.astype(float) + 1"),
        ("-(a > 2)", "~(a > 2)"),
    ],
)
def test_what_is_meant_by_a_call_of_numpy(diagnosed, wrong, right):
    assert certain(diagnosed(wrong, ARRAYS)) == right


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("np.full(2, 3, 0)", "np.full((2, 3), 0)"),
        ("np.linspace(0, 1, 0.1)", "np.arange(0, 1, 0.1)"),
        ("m[0] = [1, 2, 3]", "m[:, 0] = [1, 2, 3]"),
        (
            "for i in range(len(a)):\n    a[i] = a[i + 1] - a[i]",
            "for i in range(len(a) - 1):\n    a[i] = a[i + 1] - a[i]",
        ),
    ],
)
def test_what_is_likely_is_offered_first(diagnosed, wrong, right):
    assert candidates(diagnosed(wrong, ARRAYS))[0] == right


def test_words_are_no_numbers(diagnosed):
    found = diagnosed("words * 2", "import numpy as np\nwords = np.array(['a', 'b'])")
    assert found is None or found.rule != "numbers-in-array"
