from __future__ import annotations

import pytest


def cells(diagnosis):
    return [rewrite.cell for rewrite in diagnosis.rewrites]


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("xs = ['x', 'yy']", "for i, x in xs:\n    pass", "for i, x in enumerate(xs):\n    pass"),
        ("rows = [(1, 2, 3)]", "for a, b in rows:\n    pass", "for a, b, _ in rows:\n    pass"),
        (
            "pairs = [(1, 2)]",
            "for i, a, b in enumerate(pairs):\n    pass",
            "for i, (a, b) in enumerate(pairs):\n    pass",
        ),
        ("xs, ys = [1, 2, 3], [4, 5, 6]", "for x, y in xs, ys:\n    pass", "for x, y in zip(xs, ys):\n    pass"),
        ("row = '7;8;9'", "a, b = row.split(';')", "a, b = row.split(';', 1)"),
        ("def f():\n    return 1, 2, 3", "a, b = f()", "a, b, *_ = f()"),
        ("", "name, age = 'Li Lei'", "name, age = 'Li Lei'.split()"),
        ("", "a, b = 'x,y'.split()", "a, b = 'x,y'.split(\",\")"),
        ("", "x, y = 5", "x = y = 5"),
    ],
)
def test_values_and_names_are_brought_to_one_number(diagnosed, setup, cell, wanted):
    found = diagnosed(cell, setup)
    assert found.rule == "unpacking"
    assert wanted in cells(found)
    assert not any(rewrite.certain for rewrite in found.rewrites)


def test_pairs_of_a_dict_are_its_items(diagnosed):
    found = diagnosed("for k, v in d:\n    print(k)", "d = {'a': 1, 'b': 2}")
    assert found.rewrites[0].cell == "for k, v in d.items():\n    print(k)"
    assert found.rewrites[0].certain
    assert "keys" in found.cause.en
    assert "键" in found.cause.zh
    found = diagnosed("{k: v for k, v in d}", "d = {'a': 1, 'b': 2}")
    assert found.rewrites[0].cell == "{k: v for k, v in d.items()}"


def test_the_cause_counts(diagnosed):
    found = diagnosed("a, b = triple", "triple = [1, 2, 3]")
    assert "2 names" in found.cause.en
    assert "3 values" in found.cause.en


def test_what_stands_behind_the_first_equals_sign_may_hold_others(diagnosed):
    found = diagnosed("name, value = line.split('=')", "line = 'filter=size=3'")
    assert found.rewrites[0].cell == "name, value = line.split('=', 1)"
    assert found.rewrites[0].certain


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("def ends(xs):\n    first, last, n = xs[0], xs[-1], len(xs)\n    return first, last, n",
         "last, n = ends([4, 5])", "_, last, n = ends([4, 5])"),
        ("def summary(xs):\n    return min(xs), max(xs), sum(xs) / len(xs)",
         "high, average = summary([1, 5])", "_, high, average = summary([1, 5])"),
        ("def 统计(xs):\n    return sum(xs), len(xs), max(xs)",
         "总数, 最高分 = 统计([1, 5])", "总数, _, 最高分 = 统计([1, 5])"),
    ],
)  # fmt: skip
def test_names_go_to_what_a_function_of_an_earlier_cell_returns_for_them(diagnosed, setup, cell, wanted):
    assert diagnosed(cell, setup).rewrites[0].cell == wanted


def test_a_position_is_only_meant_by_a_name_like_one(diagnosed):
    rows = "rows = [('x', 1, True), ('y', 2, False)]"
    assert "enumerate" in cells(diagnosed("for i, row in rows:\n    pass", rows))[-1]
    assert not any("enumerate" in cell for cell in cells(diagnosed("for name, size in rows:\n    pass", rows)))
