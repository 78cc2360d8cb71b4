from __future__ import annotations

from rewriting import candidates, certain

VECTOR = "class V:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n"
SUB = "\n    def __sub__(self, other):\n        return V(self.x - other.x, self.y - other.y)\n"
MUL = "\n    def __mul__(self, k):\n        return V(self.x * k, self.y * k)\n"
ITEM = "class Item:\n    def __init__(self, name, price):\n        self.name = name\n        self.price = price\n\n"


def test_an_operator_is_written_like_another_one(diagnosed):
    added = "\n    def __add__(self, other):\n        return V(self.x + other.x, self.y + other.y)\n"
    assert candidates(diagnosed(f"{VECTOR}{SUB}\nv = V(1, 2) + V(3, 4)"))[0].startswith(VECTOR + SUB + added)


def test_fields_that_are_not_given_are_not_added_up(diagnosed):
    hidden = VECTOR + "        self.log = []\n\nv = V(1, 2) + V(3, 4)"
    found = diagnosed(hidden)
    assert found is None or not found.rewrites


def test_texts_are_not_put_together(diagnosed):
    found = diagnosed(ITEM + "both = Item('tea', 3) + Item('milk', 1)")
    assert found is None or not found.rewrites


def test_a_factor_may_stand_on_the_left(diagnosed):
    cell = f"{VECTOR}{MUL}\nv = 3 * V(1, 2)"
    assert f"{MUL}\n    __rmul__ = __mul__\n" in candidates(diagnosed(cell))[0]
    assert candidates(diagnosed(cell))[1].endswith("v = V(1, 2) * 3")


def test_a_sum_of_objects_is_one_of_a_field(diagnosed):
    setup = ITEM + "items = [Item('tea', 3), Item('milk', 1)]"
    assert candidates(diagnosed("sum(items)", setup))[0] == "sum(item.price for item in items)"
    cell = "total = 0\nfor item in items:\n    total += item"
    assert candidates(diagnosed(cell, setup))[0] == cell + ".price"


def test_a_text_is_put_together_with_the_field_that_it_speaks_of(diagnosed):
    shown = ITEM + "    def __str__(self):\n        return self.name\n\ntea = Item('tea', 3)"
    assert candidates(diagnosed("'One ' + tea", shown))[0] == "'One ' + str(tea)"
    found = candidates(diagnosed("'Price: ' + tea", ITEM + "tea = Item('tea', 3)"))
    assert found == ["'Price: ' + str(tea.price)", "'Price: ' + tea.name"]


def test_the_value_of_a_member_is_meant(diagnosed):
    setup = "from enum import Enum\nclass Level(Enum):\n    LOW = 1"
    assert certain(diagnosed("Level.LOW + 1", setup)) == "Level.LOW.value + 1"
