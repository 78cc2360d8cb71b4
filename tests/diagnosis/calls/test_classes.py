from __future__ import annotations

import pytest

SHAPE = "class Shape:\n    def __init__(self, name, sides=3):\n        self.name = name\n        self.sides = sides"


def test_a_base_class_that_was_never_made(diagnosed):
    cell = "class Box(Shape):\n    def __init__(self, name, w):\n        self.w = w\n\nBox('b', 2).sides"
    found = diagnosed(cell, SHAPE)
    assert found.rule == "base-not-made"
    assert "        super().__init__(name)\n        self.w = w" in found.rewrites[0].cell
    assert found.rewrites[0].certain


def test_nothing_is_invented_for_a_base_class_that_needs_more(diagnosed):
    cell = "class Box(Shape):\n    def __init__(self, w):\n        self.w = w\n\nBox(2).sides"
    found = diagnosed(cell, SHAPE)
    assert found is None or found.rule != "base-not-made"


@pytest.mark.parametrize(
    ("setup", "default", "wanted"),
    [
        ("from dataclasses import dataclass", "[]", "field(default_factory=list)"),
        ("from dataclasses import dataclass", "{'a': 1}", "field(default_factory=lambda: {'a': 1})"),
        ("from dataclasses import dataclass, field", "set()", "field(default_factory=set)"),
    ],
)
def test_a_default_that_all_objects_would_share(diagnosed, setup, default, wanted):
    found = diagnosed(f"@dataclass\nclass Cart:\n    items: object = {default}", setup)
    assert f"    items: object = {wanted}" in found.rewrites[0].cell
    assert found.rewrites[0].cell.startswith("from dataclasses import field\n") is ("field" not in setup)
    assert found.rewrites[0].certain


BOOKS = (
    "class Book:\n    def __init__(self, title, pages):\n        self.title = title\n        self.pages = pages\n\n"
    "books = [Book('b', 9), Book('a', 5)]"
)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("longest = max(books)", "longest = max(books, key=lambda x: x.pages)"),
        ("books.sort(reverse=True)", "books.sort(reverse=True, key=lambda x: x.pages)"),
        ("by_title = sorted(books)", "by_title = sorted(books, key=lambda x: x.title)"),
        ("thicker = books[0] > books[1]", "thicker = books[0].pages > books[1].pages"),
    ],
)
def test_objects_are_compared_by_something_that_they_hold(diagnosed, cell, wanted):
    found = diagnosed(cell, BOOKS)
    assert found.rule == "no-order"
    assert found.rewrites[0].cell == wanted
    assert not found.rewrites[0].certain


def test_dicts_are_compared_by_a_value(diagnosed):
    found = diagnosed("# 按价格排序\nrows = sorted(rows)", "rows = [{'名': 'a', '价格': 3}, {'名': 'b', '价格': 1}]")
    assert found.rewrites[0].cell == "# 按价格排序\nrows = sorted(rows, key=lambda x: x['价格'])"
