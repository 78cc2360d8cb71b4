from __future__ import annotations

import pytest


def first(found):
    return found.rewrites[0].cell, found.rewrites[0].certain


def test_a_value_without_a_name_goes_to_the_next_free_parameter(diagnosed):
    found = diagnosed("pad('-', word='x')", "def pad(word, sign, n=3):\n    return sign * n + word")
    assert found.rule == "argument-twice"
    assert first(found) == ("pad(sign='-', word='x')", False)


@pytest.mark.parametrize(
    ("cell", "wanted", "certain"),
    [
        ("area(size)", "area(*size)", True),
        ("area(sides)", "area(**sides)", True),
        ("area(pair)", "area(*pair)", False),
    ],
)
def test_one_value_that_holds_all_arguments(diagnosed, cell, wanted, certain):
    setup = "def area(w, h):\n    return w * h\n\nsize, pair, sides = (2, 3), [2, 3], {'w': 2, 'h': 3}"
    assert first(diagnosed(cell, setup)) == (wanted, certain)


def test_gather_takes_each_task(diagnosed):
    tasks = "tasks = [asyncio.get_running_loop().create_future() for _ in '12']\n"
    found = diagnosed(f"{tasks}await asyncio.gather(tasks)", "import asyncio")
    assert first(found) == (f"{tasks}await asyncio.gather(*tasks)", True)


def test_a_function_is_handed_over_without_calling_it(diagnosed):
    found = diagnosed("sorted(['b', 'aa'], key=size())", "def size(word):\n    return len(word)")
    assert first(found) == ("sorted(['b', 'aa'], key=size)", True)


@pytest.mark.parametrize(
    ("made", "wanted"),
    [("(n * n for n in [1, 2])", "[n * n for n in [1, 2]]"), ("map(int, '12')", "list(map(int, '12'))")],
)
def test_what_is_used_up_is_kept_in_a_list(diagnosed, made, wanted):
    found = diagnosed(f"squares = {made}\ntotal = sum(squares)\nbest = max(squares)")
    assert found.rule == "used-up"
    assert first(found) == (f"squares = {wanted}\ntotal = sum(squares)\nbest = max(squares)", True)


def test_a_dict_whose_keys_have_two_letters(diagnosed):
    setup = "prices = {'ab': 1, 'cd': 2}"
    found = diagnosed("for code, price in prices:\n    print(price + 1)", setup)
    assert first(found) == ("for code, price in prices.items():\n    print(price + 1)", True)


def test_tuples_in_a_list_are_put_back_changed(diagnosed):
    setup = "stock = [('pen', 3), ('cup', 0)]"
    found = diagnosed("for s in stock:\n    if s[1] == 0:\n        s[1] = 10", setup)
    assert found.rewrites[0].cell == ("for i, s in enumerate(stock):\n    if s[1] == 0:\n        stock[i] = (s[0], 10)")
    assert found.rewrites[1].cell.startswith("stock = [list(s) for s in stock]\nfor s in stock:")
    point = diagnosed("points[0][1] = 5", "points = [(1, 2)]")
    assert point.rewrites[0].cell == "points[0] = list(points[0])\npoints[0][1] = 5"
