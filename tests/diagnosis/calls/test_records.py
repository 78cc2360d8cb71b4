from __future__ import annotations

from rewriting import candidates, certain

IMPORT = "from dataclasses import dataclass\n\n"
ITEM = IMPORT + "@dataclass\nclass Item:\n    name: str\n    count: int = 1\n    price: float\n\n"
ORDERED = ITEM.replace("    count: int = 1\n    price: float\n", "    price: float\n    count: int = 1\n")
POINT = IMPORT + "@dataclass(frozen=True)\nclass Point:\n    x: int\n    y: int = 0\n\np = Point(1)"


def test_fields_with_a_default_come_last(diagnosed):
    assert (
        certain(diagnosed(ITEM + "egg = Item(name='egg', price=0.3)")) == ORDERED + "egg = Item(name='egg', price=0.3)"
    )


def test_where_fields_are_given_by_position_the_order_may_matter(diagnosed):
    assert candidates(diagnosed(ITEM + "egg = Item('egg', 12, 0.3)"))[0].startswith(ORDERED)


def test_a_frozen_object_is_replaced_by_another(diagnosed):
    assert certain(diagnosed("p.x = 3", POINT)) == "from dataclasses import replace\np = replace(p, x=3)"
    assert certain(diagnosed("p.x += 3", POINT)) == "from dataclasses import replace\np = replace(p, x=p.x + 3)"


def test_a_new_object_in_a_loop_would_not_get_into_the_list(diagnosed):
    candidates(diagnosed("for p in [p]:\n    p.x = 3", POINT))


def test_a_named_tuple_has_a_method_for_it(diagnosed):
    setup = "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\np = Point(1, 2)"
    assert certain(diagnosed("p.x = 3", setup)) == "p = p._replace(x=3)"


def test_a_word_of_python_is_no_field(diagnosed):
    found = diagnosed("from collections import namedtuple\nPupil = namedtuple('Pupil', 'name class')")
    assert "'name class_'" in candidates(found)[0]
