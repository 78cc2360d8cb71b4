from __future__ import annotations

from rewriting import candidates, certain

EVENS = "def evens(n):\n    for i in range(0, n, 2):\n        {} i\n\n"


def test_a_function_that_gives_many_values_yields_them(diagnosed):
    cell = EVENS.format("return") + "for i in evens(5):\n    print(i)"
    assert candidates(diagnosed(cell))[0] == cell.replace("return i", "yield i")


def test_a_function_that_gives_one_value_returns_it(diagnosed):
    cell = "def total(xs):\n    s = sum(xs)\n    yield s\n\nprint(total([1, 2]) + 1)"
    assert candidates(diagnosed(cell))[0] == cell.replace("yield s", "return s")


def test_a_generator_of_many_values_does_not_return(diagnosed):
    found = diagnosed(EVENS.format("yield") + "evens(5) + 1")
    assert found is None or not any("return" in rewrite.cell for rewrite in found.rewrites)


def test_a_list_is_made_of_a_generator(diagnosed):
    assert certain(diagnosed("evens(5) + [7]", EVENS.format("yield"))) == "list(evens(5)) + [7]"


def test_a_generator_comes_to_its_first_yield_before_it_is_sent_anything(diagnosed):
    setup = "def echo():\n    while True:\n        print((yield))\n\ne = echo()"
    assert certain(diagnosed("for x in 'ab':\n    e.send(x)", setup)) == "next(e)\nfor x in 'ab':\n    e.send(x)"
