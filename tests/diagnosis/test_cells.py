from __future__ import annotations

import ast

import pytest

from qwen_magic.diagnosis import cells

LOOP = "total = '0'\nfor n in [1]:\n    total += n"


def test_several_nodes_are_changed_at_once(evidence):
    found = evidence("a = '数'\nb = [a + 1, a + 2]")
    step = found.in_cell
    names = [node for node in ast.walk(step.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    assert cells.changed(found, step, [(name, "len(a)") for name in names]) == (
        "a = '数'\nb = [len(a) + 1, len(a) + 2]"
    )
    assert cells.changed(found, step, []) is None
    assert cells.changed(found, step, [(names[0], "c"), (ast.Name("elsewhere"), "c")]) is None


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        (LOOP, "total = '0'\nfor n in [1]:\n    # first\n    # second\n    total += n"),
        ("x = 1\nif x: x + 'a'", "x = 1\n# first\n# second\nif x: x + 'a'"),
        ("x = 1; x + 'a'", None),
        ("def f(): return 1 + 'a'\nf()", None),
    ],
)
def test_lines_above_a_statement_have_it_to_themselves(evidence, cell, rewritten):
    found = evidence(cell)
    step = found.last
    statement = next(node for node in ast.walk(step.tree) if isinstance(node, ast.stmt) and "+" in ast.unparse(node)
                     and not hasattr(node, "body"))  # fmt: skip
    assert cells.with_line_above(found, step, statement, "# first\n# second") == rewritten


def test_a_line_above_a_decorated_function_is_above_its_decorators(evidence):
    found = evidence("@staticmethod\ndef f():\n    pass\n1 / 0")
    assert cells.with_line_above(found, found.in_cell, found.in_cell.tree.body[0], "# here").startswith("# here\n@")


def test_a_line_below_a_statement_may_be_the_last_of_the_cell(evidence):
    found = evidence(LOOP)
    loop = found.in_cell.tree.body[1]
    assert cells.with_line_below(found, found.in_cell, loop.body[0], "n = 2") == LOOP + "\n    n = 2"
    assert cells.with_line_below(found, found.in_cell, loop, "print(total)") == LOOP + "\nprint(total)"


@pytest.mark.parametrize(
    ("cell", "number", "rest"),
    [
        ("a = 1\nb = 2  # why\n1 / 0", 1, "a = 1\n1 / 0"),
        ("a = 1\n1 / 0\ndef f():\n    pass", 2, "a = 1\n1 / 0"),
        ("a = 1; b = 2\n1 / 0", 0, None),
        ("a = 1; b = 2\n1 / 0", 1, None),
    ],
)
def test_a_statement_is_taken_away_with_its_lines(evidence, cell, number, rest):
    found = evidence(cell)
    step = found.in_cell
    assert cells.edited(found, [cells.without(found, step, step.tree.body[number])]) == rest


def test_an_import_is_added_unless_it_is_there(evidence):
    found = evidence("from itertools import chain, count\nprint(math.pi)", "import json")
    known = found.cell
    assert cells.importing(found, known, "import json") == known
    assert cells.importing(found, known, "from itertools import count") == known
    assert cells.importing(found, known, "import math") == "import math\n" + known
    assert cells.importing(found, None, "import math") is None


def test_lines_on_top_go_below_a_magic(evidence):
    assert cells.with_lines_on_top("%%time\n\nx", "y") == "%%time\n\ny\nx"


def test_functions_get_other_names_and_parameters(evidence):
    found = evidence("class A:\n    def nxt(): return 1\n    def of(x): return x\nA().of(1)")
    first, second = found.in_cell.tree.body[0].body
    assert "def __next__(): return 1" in cells.with_function_named(found, found.in_cell, first, "__next__")
    assert "def nxt(self):" in cells.with_parameter(found, found.in_cell, first)
    assert "def of(cls, x):" in cells.with_parameter(found, found.in_cell, second, "cls")


def test_the_outermost_loop_is_within_the_same_function(evidence):
    found = evidence(
        "for a in [1]:\n    def f():\n        for b in [1]:\n            while True:\n                b + ''\n    f()"
    )
    step = found.last
    assert cells.outermost_loop(step, step.statement).target.id == "b"
    assert cells.outermost_loop(step, step.tree.body[0].body[0]) is None
