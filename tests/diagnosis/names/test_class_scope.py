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
