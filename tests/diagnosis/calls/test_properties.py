from __future__ import annotations

from rewriting import candidates, certain

BOX = (
    "class Box:\n    def __init__(self, width):\n        self.{}width = width\n\n    @property\n    def width(self):\n"
)
READ = "        return self._width\n"
SETTER = "\n    @width.setter\n    def width(self, value):\n        self._width = value\n"


def test_a_property_that_is_assigned_has_a_setter(diagnosed):
    cell = BOX.format("_") + READ + "\nbox = Box(2)\nbox.width = 3"
    assert candidates(diagnosed(cell))[0] == cell.replace(READ, READ + SETTER)


def test_init_stores_the_value_where_the_property_reads_it(diagnosed):
    cell = BOX.format("") + READ + "\nbox = Box(2)"
    assert certain(diagnosed(cell)) == cell.replace("self.width = width", "self._width = width")


def test_a_setter_has_the_name_of_its_property(diagnosed):
    cell = BOX.format("_") + READ + SETTER.replace("def width", "def set_width") + "\nBox(2).width = 3"
    assert certain(diagnosed(cell)) == cell.replace("set_width", "width")


def test_a_property_that_calculates_is_left_alone(diagnosed):
    cell = BOX.format("_") + READ.replace("_width", "_width * 2") + "\nBox(2).width = 3"
    found = diagnosed(cell)
    assert found is None or not found.rewrites


def test_slots_name_all_attributes(diagnosed):
    cell = "class P:\n    __slots__ = ('x',)\n\n    def __init__(self):\n        self.y = 2\n\nP()"
    assert certain(diagnosed(cell)) == cell.replace("('x',)", "('x', \"y\")")
