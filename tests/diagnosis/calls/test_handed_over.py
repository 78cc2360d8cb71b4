from __future__ import annotations

import pytest
from rewriting import certain

APPLY = "def apply(f, x):\n    return f(x)"


@pytest.mark.parametrize("call", ["apply(len('tea'), 'tea')", "apply('tea', len)"])
def test_the_function_itself_is_handed_over(diagnosed, call):
    assert certain(diagnosed(call, APPLY)) == "apply(len, 'tea')"


def test_without_any_function_nothing_is_handed_over(diagnosed):
    found = diagnosed("apply(3, 'tea')", APPLY)
    assert found is None or not any("apply(" in rewrite.cell for rewrite in found.rewrites)


def test_the_function_inside_is_returned(diagnosed):
    cell = "def times(n):\n    def by(x):\n        return n * x\n\ndouble = times(2)\ndouble(4)"
    assert certain(diagnosed(cell)) == cell.replace("return n * x\n", "return n * x\n    return by\n")
