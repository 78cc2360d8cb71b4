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


def test_a_class_is_given_back_what_its_methods_are_asked_for(diagnosed):
    cell = "class Page:\n    def __str__(self):\n        print('page')\n\nstr(Page())"
    assert certain(diagnosed(cell)) == cell.replace("print('page')", "return 'page'")
    cell = "class Shelf:\n    def __len__(self):\n        return [1]\n\nlen(Shelf())"
    assert certain(diagnosed(cell)) == cell.replace("return [1]", "return len([1])")


def test_a_length_is_left_alone_where_nobody_asks_for_it(diagnosed):
    found = diagnosed("class Shelf:\n    def __len__(self):\n        return '1'\n\nrange('3')")
    assert "int('1')" not in str(found.rewrites)


def test_next_of_python_2_is_renamed(diagnosed):
    cell = (
        "class Ones:\n    def __iter__(self):\n        return self\n\n    def next(self):\n        return 1\n\n"
        "first = next(iter(Ones()))"
    )
    assert certain(diagnosed(cell)) == cell.replace("def next", "def __next__")


def test_init_returns_nothing(diagnosed):
    cell = "class Page:\n    def __init__(self, n):\n        self.n = n\n        return self\n\nPage(1)"
    assert certain(diagnosed(cell)) == cell.replace("        return self\n", "")


def test_equality_asks_first_what_it_is_compared_with(diagnosed):
    cell = "class P:\n    x = 1\n    def __eq__(self, o):\n        return self.x == o.x\n\nP() == 3"
    assert certain(diagnosed(cell)) == cell.replace("return ", "return isinstance(o, P) and ")


def test_one_comparison_gives_all(diagnosed):
    cell = "class P:\n    def __lt__(self, o):\n        return False\n\nP() <= P()"
    assert certain(diagnosed(cell)) == f"from functools import total_ordering\n@total_ordering\n{cell}"


def test_an_iterator_has_an_end(diagnosed):
    cell = (
        "class Up:\n    def __init__(self, xs):\n        self.xs, self.i = xs, -1\n\n    def __iter__(self):\n"
        "        return self\n\n    def __next__(self):\n        self.i += 1\n        return self.xs[self.i]\n\n"
        "list(Up([1, 2]))"
    )
    end = "        if self.i >= len(self.xs):\n            raise StopIteration\n"
    assert certain(diagnosed(cell)) == cell.replace("        return self.xs", end + "        return self.xs")
