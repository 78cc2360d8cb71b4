from __future__ import annotations

import pytest


def cells(diagnosis):
    return [rewrite.cell for rewrite in diagnosis.rewrites]


@pytest.mark.filterwarnings("ignore:.*perhaps you missed a comma:SyntaxWarning")
@pytest.mark.parametrize(
    ("setup", "cell", "wanted", "certain"),
    [
        ("data = [1, 2]", "data(0)", "data[0]", True),
        ("stock = {'pear': 1}", "stock('pear')", "stock['pear']", True),
        ("data = [1, 2]", "data(5)", "data[5]", False),
        ("price = 3", "price()", "price", True),
        ("x = 3", "y = 2(x + 1)", "y = 2 * (x + 1)", True),
        ("", "points = [(1, 2)(3, 4)]", "points = [(1, 2), (3, 4)]", True),
        ("", "range[10]", "range(10)", True),
        ("s = 'a b'", "s.split[0]", "s.split()[0]", False),
        ("def items():\n    return [1]", "for x in items:\n    pass", "for x in items():\n    pass", False),
    ],
)
def test_brackets_and_parentheses(diagnosed, setup, cell, wanted, certain):
    first = diagnosed(cell, setup).rewrites[0]
    assert (first.cell, first.certain) == (wanted, certain)


def test_a_variable_that_hides_a_builtin(diagnosed):
    found = diagnosed("y = list('ab')", "list = [1]")
    assert found.rule == "shadowed-builtin"
    assert cells(found)[:2] == ["del list\ny = list('ab')", "import builtins\ny = builtins.list('ab')"]
    found = diagnosed("sum = 0\nfor x in xs:\n    sum += x\nprint(sum(xs))", "xs = [1]")
    assert cells(found)[0] == "sum_ = 0\nfor x in xs:\n    sum_ += x\nprint(sum(xs))"


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_a_coroutine_is_awaited(diagnosed):
    found = diagnosed("x = fetch()\nx[0]", "async def fetch():\n    return [1]")
    assert found.rewrites[0].cell == "x = await fetch()\nx[0]"


@pytest.mark.parametrize(
    ("setup", "cell", "wanted", "certain"),
    [
        ("d = {'a': 1}", "d.keys()[0]", "list(d.keys())[0]", True),
        ("m = map(str, [1])", "m[0]", "list(m)[0]", False),
        ("people = [{'name': 'a'}, {'name': 'b'}]", "people['name']", "[item['name'] for item in people]", False),
        ("d = {'x': {'n': 1}}", "for p in d:\n    p['n']", "for p in d.values():\n    p['n']", False),
        ("xs = [1, 2, 3]", "xs[len(xs) / 2]", "xs[len(xs) // 2]", True),
        ("xs = [1, 2, 3]", "xs[:len(xs) / 2]", "xs[:len(xs) // 2]", True),
        ("m = [[1, 2], [3, 4]]", "m[0, 1]", "m[0][1]", True),
        ("m = [[1, 2], [3, 4]]", "m[:, 1]", "[row[1] for row in m]", False),
        ("xs = ['a', 'b']", "for x in xs:\n    xs[x]", "for x in xs:\n    x", False),
        ("xs = [1, 2]", "xs['0']", "xs[0]", False),
        ("text = '{\"a\": 1}'", "text['a']", "import json\njson.loads(text)['a']", False),
        ("class P:\n    def __init__(self):\n        self.name = 'a'\np = P()", "p['name']", "p.name", True),
        ("s = 'abc'", "s[0] = 'X'", "s = s[:0] + 'X' + s[1:]", False),
        ("t = (1, 2)", "t[0] = 5", "t = list(t)\nt[0] = 5", False),
    ],
)
def test_indices(diagnosed, setup, cell, wanted, certain):
    first = diagnosed(cell, setup).rewrites[0]
    assert (first.cell, first.certain) == (wanted, certain)


def test_a_float_index_is_made_right_where_it_was_divided(diagnosed):
    found = diagnosed("mid = len(xs) / 2\nxs[mid]", "xs = [1, 2, 3]")
    assert "mid = len(xs) // 2\nxs[mid]" in cells(found)
    assert "1.5" in found.cause.en


@pytest.mark.parametrize(
    ("setup", "cell", "wanted", "certain"),
    [
        ("", "for i in 10:\n    pass", "for i in range(10):\n    pass", False),
        ("xs = [1]", "for i in len(xs):\n    pass", "for i in range(len(xs)):\n    pass", True),
        ("g = (x for x in [1])", "len(g)", "len(list(g))", True),
        ("n = 12345", "len(n)", "len(str(n))", False),
        ("d = {}", "d[[1, 2]] = 3", "d[tuple([1, 2])] = 3", False),
        ("rows = [[1], [1]]", "set(rows)", "set(map(tuple, rows))", False),
        ("d = {'a': 1}", "for k in d:\n    del d[k]", "for k in list(d):\n    del d[k]", True),
        ("d = {'a': 1}", "for k, v in d.items():\n    d.pop(k)", "for k, v in list(d.items()):\n    d.pop(k)", True),
        ("xs = [1]", "next(xs)", "next(iter(xs))", False),
    ],
)
def test_loops_lengths_and_keys(diagnosed, setup, cell, wanted, certain):
    first = diagnosed(cell, setup).rewrites[0]
    assert (first.cell, first.certain) == (wanted, certain)


def test_objects_of_unknown_classes_are_not_explained(diagnosed):
    found = diagnosed("thing['x']", "class Thing:\n    pass\nthing = Thing()")
    assert found is None
