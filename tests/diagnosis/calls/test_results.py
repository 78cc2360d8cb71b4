from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("seen = {}", "for c in 'abca':\n    seen[c] = seen.get(c) + 1",
         "for c in 'abca':\n    seen[c] = seen.get(c, 0) + 1"),
        ("notes = {}", "notes['x'] = notes.get('x') + ['new']", "notes['x'] = notes.get('x', []) + ['new']"),
    ],
)  # fmt: skip
def test_a_key_that_comes_for_the_first_time_has_an_empty_value(diagnosed, setup, cell, wanted):
    found = diagnosed(cell, setup)
    assert found.rule == "get-is-none"
    assert (found.rewrites[0].cell, found.rewrites[0].certain) == (wanted, True)


def test_a_missing_number_may_be_something_else_where_it_is_only_read(diagnosed):
    found = diagnosed("total = prices.get('tea') * 2", "prices = {'coffee': 3}")
    assert found.rewrites[0].cell == "total = prices.get('tea', 0) * 2"
    assert not any(rewrite.certain for rewrite in found.rewrites)


def test_a_function_of_an_earlier_cell_without_return_is_defined_again(diagnosed):
    setup = "def area(w, h):\n    size = w * h\n    print(f'area {size}')"
    found = diagnosed("double = area(2, 3) * 2", setup)
    assert found.rule == "missing-return"
    assert "    return size\n" in found.rewrites[0].cell
    assert found.rewrites[0].cell.endswith("double = area(2, 3) * 2")


def test_a_decorator_returns_the_function_that_it_makes(diagnosed):
    cell = (
        "def twice(f):\n    def inner(x):\n        return f(f(x))\n\n"
        "@twice\ndef add(x):\n    return x + 1\n\nn = add(1)"
    )
    found = diagnosed(cell)
    assert "        return f(f(x))\n\n    return inner\n" in found.rewrites[0].cell
    assert found.rewrites[0].certain
    assert "装饰器" in found.cause.zh


def test_what_only_a_function_knows_is_returned_and_kept(diagnosed):
    cell = "def count(words):\n    size = 0\n    for w in words:\n        size += 1\n\ncount(['a'])\nprint(size)"
    found = diagnosed(cell)
    assert found.rule == "name-local"
    assert "        size += 1\n    return size\n\nsize = count(['a'])\n" in found.rewrites[0].cell
