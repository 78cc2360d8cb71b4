from __future__ import annotations

from rewriting import certain

DECK = "class Deck:\n    suits = 'SH'\n    ranks = ['A', 'K']\n"


def test_a_comprehension_in_a_class_is_given_what_it_cannot_see(diagnosed):
    cell = DECK + "    cards = [s + r for s in suits for r in ranks]"
    made = "(lambda ranks, suits: [s + r for s in suits for r in ranks])(ranks, suits)"
    assert certain(diagnosed(cell)) == cell.replace("[s + r for s in suits for r in ranks]", made)


def test_a_method_reaches_what_belongs_to_the_class_by_self(diagnosed):
    cell = DECK + "    def size(self):\n        return len(suits) * len(self.ranks)\n\nDeck().size()"
    assert certain(diagnosed(cell)) == cell.replace("len(suits)", "len(self.suits)")


def test_a_name_of_another_class_is_no_attribute(diagnosed):
    found = diagnosed(DECK + "class Game:\n    def size(self):\n        return len(suits)\n\nGame().size()")
    assert found is None or not any("self.suits" in rewrite.cell for rewrite in found.rewrites)


def test_what_all_objects_count_belongs_to_the_class(diagnosed):
    cell = "class Cup:\n    made = 0\n    def __init__(self):\n        made += 1\n\nCup()"
    found = diagnosed(cell)
    assert [rewrite.cell for rewrite in found.rewrites][:2] == [
        cell.replace("made += 1", "Cup.made += 1"),
        cell.replace("made += 1", "self.made += 1"),
    ]


def test_a_name_of_the_function_around_is_not_global(diagnosed):
    cell = "def f():\n    n = 0\n    def g():\n        global n\n        n += 1\n    g()\n\nf()"
    assert diagnosed(cell).rewrites[0].cell == cell.replace("global", "nonlocal")
