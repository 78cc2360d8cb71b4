from __future__ import annotations

from rewriting import candidates, certain

SHELF = "class Shelf:\n    def __init__(self, *books):\n        self.books = list(books)\n\n    def __iter__(self):\n"


def test_an_iterator_is_made_of_what_iter_gives_back(diagnosed):
    cell = f"{SHELF}        return self.books\n\ntitles = [title for title in Shelf('Emma', 'Dracula')]"
    assert certain(diagnosed(cell)) == cell.replace("return self.books", "return iter(self.books)")


def test_a_text_is_made_of_what_str_gives_back(diagnosed):
    cell = "class Page:\n    def __str__(self):\n        return 7\n\nprint(Page())"
    assert certain(diagnosed(cell)) == cell.replace("return 7", "return str(7)")


def test_what_is_equal_by_its_fields_has_their_hash(diagnosed):
    cell = (
        "class Point:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n\n"
        "    def __eq__(self, other):\n        return (self.x, self.y) == (other.x, other.y)\n\n"
        "seen = {Point(1, 2), Point(1, 2)}"
    )
    assert "def __hash__(self):\n        return hash((self.x, self.y))\n" in candidates(diagnosed(cell))[0]
