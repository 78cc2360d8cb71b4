from __future__ import annotations

from rewriting import candidates, certain

ANIMALS = "class Animal: ...\nclass Swimmer(Animal): ...\n"
SHAPES = "from abc import ABC, abstractmethod\nclass Shape(ABC):\n    @abstractmethod\n    def area(self): ...\n\n"


def test_the_special_base_comes_before_the_general_one(diagnosed):
    cell = ANIMALS + "class Duck(Animal, Swimmer): ..."
    assert certain(diagnosed(cell)) == ANIMALS + "class Duck(Swimmer, Animal): ..."


def test_a_method_that_is_nearly_the_abstract_one_is_it(diagnosed):
    cell = SHAPES + "class Square(Shape):\n    def aera(self):\n        return 4\n\nprint(Square().area())"
    assert certain(diagnosed(cell)) == cell.replace("aera", "area")


def test_nothing_is_made_up_for_an_abstract_method(diagnosed):
    found = diagnosed(SHAPES + "class Square(Shape):\n    def side(self):\n        return 2\n\nsquare = Square()")
    assert found is None or not found.rewrites


def test_a_method_that_takes_the_class_is_a_class_method(diagnosed):
    cell = "class Day:\n    def parse(cls, text):\n        return text.split('-')\n\nprint(Day.parse('1-2'))"
    assert certain(diagnosed(cell)) == cell.replace("    def parse", "    @classmethod\n    def parse")


def test_a_method_that_takes_self_is_not_static(diagnosed):
    cell = "class Day:\n    @staticmethod\n    def add(self, n):\n        return n + 1\n\nprint(Day().add(1))"
    assert certain(diagnosed(cell)) == cell.replace("    @staticmethod\n", "")


def test_a_private_attribute_has_a_longer_name(diagnosed):
    account = "class Account:\n    def __init__(self):\n        self.__balance = 5\n\naccount = Account()"
    assert candidates(diagnosed("print(account.__balance)", account)) == ["print(account._Account__balance)"]


def test_a_static_method_that_takes_the_class_is_a_class_method(diagnosed):
    cell = "class Day:\n    @staticmethod\n    def parse(cls, text):\n        return cls\n\nDay.parse('1')"
    assert certain(diagnosed(cell)) == cell.replace("staticmethod", "classmethod")


def test_a_module_is_no_base_class(diagnosed):
    cell = "import enum\nclass Colour(enum):\n    RED = 1"
    assert certain(diagnosed(cell)) == cell.replace("(enum)", "(enum.Enum)")
