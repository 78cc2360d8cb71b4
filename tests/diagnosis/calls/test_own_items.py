from __future__ import annotations

import pytest
from rewriting import candidates, certain

STACK = "class Stack:\n    def __init__(self):\n        self.items = [1, 2]\n"


@pytest.mark.parametrize(
    ("use", "method", "other"),
    [
        ("len(s)", "    def __len__(self):\n        return len(self.items)\n", "len(s.items)"),
        ("[x for x in s]", "    def __iter__(self):\n        return iter(self.items)\n", "[x for x in s.items]"),
        ("s[0]", "    def __getitem__(self, index):\n        return self.items[index]\n", "s.items[0]"),
        ("1 in s", "    def __contains__(self, item):\n        return item in self.items\n", "1 in s.items"),
    ],
)
def test_a_class_does_what_the_list_in_it_can_do(diagnosed, use, method, other):
    assert candidates(diagnosed(f"{STACK}\ns = Stack()\nresult = {use}")) == [
        f"{STACK}\n{method}\ns = Stack()\nresult = {use}",
        f"{STACK}\ns = Stack()\nresult = {other}",
    ]


def test_a_class_of_an_earlier_cell_is_asked_for_its_list(diagnosed):
    assert candidates(diagnosed("for x in s:\n    print(x)", STACK, "s = Stack()")) == [
        "for x in s.items:\n    print(x)"
    ]


def test_of_two_lists_none_is_chosen(diagnosed):
    found = diagnosed("len(s)", STACK + "        self.names = []", "s = Stack()")
    assert found is None or not found.rewrites


def test_an_iterator_is_its_own_iterator(diagnosed):
    cell = (
        "class Once:\n    done = False\n\n    def __next__(self):\n"
        "        if self.done:\n            raise StopIteration\n"
        "        self.done = True\n        return 1\n\nones = [x for x in Once()]"
    )
    method = "        return 1\n\n    def __iter__(self):\n        return self\n"
    assert certain(diagnosed(cell)) == cell.replace("        return 1\n", method)
