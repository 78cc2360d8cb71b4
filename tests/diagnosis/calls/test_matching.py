from __future__ import annotations

from rewriting import certain


def test_patterns_name_the_fields(diagnosed):
    setup = "class P:\n    def __init__(self, x, y):\n        self.x, self.y = x, y"
    cell = "match P(0, 2):\n    case P(0, y):\n        print(y)\n    case P(x, y):\n        print(x)"
    fixed = cell.replace("case P(0, y)", "case P(x=0, y=y)").replace("case P(x, y)", "case P(x=x, y=y)")
    assert certain(diagnosed(cell, setup)) == fixed
