from __future__ import annotations

import pytest
from rewriting import candidates, certain


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("sums = list(map(lambda a, b: a + b, pairs))", "sums = list(map(lambda pair: pair[0] + pair[1], pairs))"),
        ("best = max(ages.items(), key=lambda k, v: v)", "best = max(ages.items(), key=lambda pair: pair[1])"),
        ("pairs.sort(key=lambda a, b: -b)", "pairs.sort(key=lambda pair: -pair[1])"),
        ("sorted(pairs, key=lambda: p[1])", "sorted(pairs, key=lambda p: p[1])"),
    ],
)
def test_a_pair_is_one_argument(diagnosed, cell, wanted):
    assert certain(diagnosed(cell, "pairs = [(1, 2), (3, 4)]\nages = {'Ann': 30}")) == wanted


def test_a_comparison_of_two_becomes_a_key(diagnosed):
    found = diagnosed("sorted(words, key=lambda a, b: len(a) - len(b))", "words = ['tea', 'a']")
    text = "sorted(words, key=cmp_to_key(lambda a, b: len(a) - len(b)))"
    assert certain(found) == f"from functools import cmp_to_key\n{text}"


def test_what_has_no_parts_is_not_taken_apart(diagnosed):
    found = diagnosed("list(map(add, [1, 2]))", "def add(a, b):\n    return a + b")
    assert not found.rewrites


def test_the_function_is_handed_over_not_its_result(diagnosed):
    setup = "from functools import partial\ndef power(base, exponent):\n    return base ** exponent"
    assert certain(diagnosed("two = partial(power(2))", setup)) == "two = partial(power, 2)"
    cell = "def outer():\n    def inner(x):\n        return x\n    return inner()\n\nouter()(2)"
    assert certain(diagnosed(cell)) == cell.replace("return inner()", "return inner")


def test_a_cache_keeps_what_cannot_change(diagnosed):
    setup = "from functools import lru_cache\n@lru_cache\ndef total(xs):\n    return sum(xs)"
    assert candidates(diagnosed("total([1, 2])", setup))[0] == "total(tuple([1, 2]))"


def test_a_decorator_returns_its_wrapper_not_what_it_gives(diagnosed):
    decorator = "def traced(f):\n    def inner(*args):\n        return f(*args)\n    return inner()\n\n"
    cell = f"{decorator}@traced\ndef add(a, b):\n    return a + b"
    assert certain(diagnosed(cell)) == cell.replace("inner()", "inner")
