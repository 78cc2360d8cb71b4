from __future__ import annotations

from rewriting import candidates, certain

POINT = "class Point:\n    x: int\n    y: int\n\n"
IMPORT = "from dataclasses import dataclass\n"
TUPLE = "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')"


def test_a_class_of_fields_is_a_dataclass(diagnosed):
    assert certain(diagnosed(POINT + "p = Point(1, 2)")) == f"{IMPORT}@dataclass\n{POINT}p = Point(1, 2)"


def test_fields_have_a_type(diagnosed):
    cell = f"{IMPORT}@dataclass\nclass Size:\n    w = 1\n    name = 'box'\n\nSize(2, 'a')"
    assert certain(diagnosed(cell)) == cell.replace("w = 1", "w: int = 1").replace("name = ", "name: str = ")


def test_an_empty_class_gets_no_fields(diagnosed):
    assert diagnosed("class Empty:\n    pass\n\nEmpty(2)") is None


def test_a_record_takes_its_fields_one_by_one(diagnosed):
    assert certain(diagnosed("Point(pair)", TUPLE, "pair = (1, 2)")) == "Point(*pair)"
    assert certain(diagnosed("Point(row)", TUPLE, "row = {'x': 1, 'y': 2}")) == "Point(**row)"


def test_fields_of_a_named_tuple_stand_in_one_text(diagnosed):
    found = diagnosed('P = namedtuple("P", "x", "y")', "from collections import namedtuple")
    assert certain(found) == 'P = namedtuple("P", "x y")'
    assert certain(diagnosed("p['x']", TUPLE, "p = Point(1, 2)")) == "p.x"


def test_a_frozen_object_is_completed_around_the_ban(diagnosed):
    square = "class Sq:\n    a: int\n    def __post_init__(self):\n        self.b = 2\n\nSq(1)"
    cell = f"{IMPORT}@dataclass(frozen=True)\n{square}"
    assert certain(diagnosed(cell)) == cell.replace("self.b = 2", 'object.__setattr__(self, "b", 2)')


def test_objects_in_a_set_are_frozen(diagnosed):
    cell = f"{IMPORT}@dataclass\n{POINT}seen = {{Point(1, 2)}}"
    assert candidates(diagnosed(cell))[0] == cell.replace("@dataclass\n", "@dataclass(frozen=True)\n")
