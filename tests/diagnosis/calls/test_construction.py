from __future__ import annotations

import pytest
from rewriting import candidates, certain

PET = "class Pet:\n    def __init__(self, name):\n        self.name = name\n\n"
DOG = "class Dog(Pet):\n    def __init__(self, name, age):\n        {}\n        self.age = age\n\ndog = Dog('Rex', 3)"


@pytest.mark.parametrize("call", ["super.__init__(name)", "super().__init__(self, name)"])
def test_super_is_called_and_brings_the_object_itself(diagnosed, call):
    assert certain(diagnosed(DOG.format(call), PET)) == DOG.format("super().__init__(name)")


def test_the_base_class_named_needs_the_object(diagnosed):
    assert certain(diagnosed(DOG.format("Pet.__init__(name)"), PET)) == DOG.format("Pet.__init__(self, name)")


def test_the_base_class_gets_what_it_takes(diagnosed):
    found = candidates(diagnosed(DOG.format("super().__init__(name, age)"), PET))
    assert found == [DOG.format("super().__init__(name)")]


def test_a_parameter_is_stored_in_the_object(diagnosed):
    cell = PET.replace("self.name", "name") + "print(Pet('Rex').name)"
    assert certain(diagnosed(cell)) == PET + "print(Pet('Rex').name)"


def test_what_init_reads_it_sets_before(diagnosed):
    early = (
        "class Cart:\n    def __init__(self, prices):\n        self.total = self.add()\n        self.prices = prices\n"
    )
    method = "\n    def add(self):\n        return sum(self.prices)\n\nCart([1, 2])"
    lines = early.split("\n")
    assert certain(diagnosed(early + method)) == "\n".join([*lines[:2], lines[3], lines[2], ""]) + method


def test_methods_that_are_chained_return_their_object(diagnosed):
    cell = (
        "class Query:\n    def where(self, x):\n        self.x = x\n\n    def limit(self, n):\n        self.n = n\n\n"
        "query = Query().where(1).limit(2)"
    )
    fixed = cell.replace("self.x = x", "self.x = x\n        return self")
    assert certain(diagnosed(cell)) == fixed.replace("self.n = n", "self.n = n\n        return self")


def test_an_attribute_that_nothing_sets_is_not_made_up(diagnosed):
    found = diagnosed("print(Pet('Rex').colour)", PET)
    assert found is None or not any(rewrite.certain for rewrite in found.rewrites)


def test_an_object_is_made_with_parentheses(diagnosed):
    setup = "class Box:\n    def __init__(self, size=2):\n        self.size = size"
    assert certain(diagnosed("box = Box\nprint(box.size)", setup)) == "box = Box()\nprint(box.size)"
