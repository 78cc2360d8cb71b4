from __future__ import annotations

import pytest


def cells(diagnosis):
    return [rewrite.cell for rewrite in diagnosis.rewrites]


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("xs = [1, 2]", "for i in range(len(xs) + 1):\n    xs[i]", "for i in range(len(xs)):\n    xs[i]"),
        ("xs = [1, 2]", "for i in range(1, len(xs) + 1):\n    xs[i]", "for i in range(len(xs)):\n    xs[i]"),
        ("xs = [1, 2]", "for i in range(len(xs)):\n    xs[i + 1]", "for i in range(len(xs) - 1):\n    xs[i + 1]"),
        ("xs = [1, 2]", "xs[2]", "xs[1]"),
        (
            "xs = [1, 2]",
            "i = 0\nwhile i <= len(xs):\n    xs[i]\n    i += 1",
            "i = 0\nwhile i < len(xs):\n    xs[i]\n    i += 1",
        ),
        ("sq = []", "for i in range(5):\n    sq[i] = i * i", "for i in range(5):\n    sq.append(i * i)"),
        ("rows = ['a,b']", "[r.split(' ')[1] for r in rows]", "[r.split(',')[1] for r in rows]"),
        ("stack = [1]", "while True:\n    stack.pop()", "while stack:\n    stack.pop()"),
        ("", "for i in range(3):\n    10 / i", "for i in range(1, 3):\n    10 / i"),
        ("xs = ['apple']", "xs.remove('Apple')", "xs.remove('apple')"),
    ],
)
def test_beyond_the_end(diagnosed, setup, cell, wanted):
    first = diagnosed(cell, setup).rewrites[0]
    assert (first.cell, first.certain) == (wanted, False)


def test_the_length_is_no_index(diagnosed):
    found = diagnosed("last = xs[len(xs)]", "xs = [1, 2, 3]")
    assert (found.rewrites[0].cell, found.rewrites[0].certain) == ("last = xs[-1]", True)
    assert "3 items" in found.cause.en
    assert "3 项" in found.cause.zh


def test_what_is_empty_is_named(diagnosed):
    found = diagnosed("sum(hits) / len(hits)", "hits = [x for x in [1] if x > 5]")
    assert "`hits` is empty" in found.cause.en
    assert "`kept` is empty" in diagnosed("max(kept)", "kept = []").cause.en
    assert "`kept` is empty" in diagnosed("kept[0]", "kept = []").cause.en


@pytest.mark.parametrize(
    ("cell", "wanted", "certain"),
    [
        ("def fact(n):\n    return n * fact(n - 1)\nfact(5)", "if n <= 1:\n        return 1\n", False),
        ("def fib(n):\n    return fib(n - 1) + fib(n - 2)\nfib(5)", "if n <= 1:\n        return n\n", False),
        ("def f(n):\n    if n == 0:\n        return 0\n    return f(n)\nf(3)", "return f(n - 1)", False),
        ("def f(n):\n    if n == 0:\n        return 0\n    return f(n - 2)\nf(3)", "if n <= 0:", False),
        ("class A:\n    @property\n    def name(self):\n        return self.name\nA().name", "return self._name", True),
    ],
)
def test_recursion_without_end(diagnosed, cell, wanted, certain):
    first = diagnosed(cell).rewrites[0]
    assert wanted in first.cell
    assert first.certain == certain
