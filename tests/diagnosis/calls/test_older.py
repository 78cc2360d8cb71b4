from __future__ import annotations

from rewriting import certain

BY_AGE = "people = [('ann', 3), ('bob', 2)]\ndef by_age(a, b):\n    return a[1] - b[1]"


def test_a_comparing_function_becomes_a_key(diagnosed):
    expected = "from functools import cmp_to_key\npeople.sort(key=cmp_to_key(by_age))"
    assert certain(diagnosed("people.sort(cmp=by_age)", BY_AGE)) == expected
    assert certain(diagnosed("people.sort(by_age)", BY_AGE)) == expected


def test_a_function_of_one_item_is_a_key_already(diagnosed):
    assert certain(diagnosed("people.sort(lambda p: p[1])", BY_AGE)) == "people.sort(key=lambda p: p[1])"


def test_super_is_called(diagnosed):
    cell = (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\n"
        "class B(A):\n    def __init__(self, x):\n        super.__init__(x)\n\nB(1)"
    )
    assert certain(diagnosed(cell)) == cell.replace("super.", "super().")


def test_several_separators_make_a_pattern(diagnosed):
    cell = "parts = text.split('，', '。')"
    assert certain(diagnosed(cell, "text = '一，二。三'")) == 'import re\nparts = re.split(r"[，。]", text)'


def test_one_value_for_a_query_is_a_tuple_too(diagnosed):
    setup = "import sqlite3\ndb = sqlite3.connect(':memory:')\nname = 'ann'"
    found = diagnosed("db.execute('select ?', (name)).fetchall()\ndb.close()", setup)
    assert certain(found) == "db.execute('select ?', (name,)).fetchall()\ndb.close()"


def test_a_flag_is_given_its_value(diagnosed):
    assert diagnosed("xs.sort(reverse)", "xs = [1, 2]").rewrites[0].cell == "xs.sort(reverse=True)"
    assert diagnosed("print(revers)", "reverse = 3").rewrites[0].cell == "print(reverse)"
