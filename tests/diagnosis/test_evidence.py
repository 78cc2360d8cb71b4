from __future__ import annotations

import ast

from qwen_magic.diagnosis.evidence import MISSING


def test_the_node_that_raised_is_found_and_replaced_where_it_stands(evidence):
    found = evidence("stock = {'梨': 1}\nn = [stock['梨'], stock['苹果']]  # 水果")
    step = found.in_cell
    assert ast.unparse(step.node) == "stock['苹果']"
    assert step.value(step.node.value) == {"梨": 1}
    replaced = found.replaced(step, step.node.slice, "'梨'")
    assert replaced == "stock = {'梨': 1}\nn = [stock['梨'], stock['梨']]  # 水果"


def test_blank_lines_that_ipython_drops_are_counted(evidence):
    found = evidence("\n\n# why\nx = 1\ny = x + 'a'\n")
    assert found.line == 5
    assert found.replaced(found.in_cell, found.in_cell.node.right, "2") == "\n\n# why\nx = 1\ny = x + 2\n"


def test_below_a_magic_the_cell_can_be_edited_too(evidence):
    found = evidence("%%time\n\nx = 1\ny = x + 'a'")
    assert found.replaced(found.in_cell, found.in_cell.node.right, "2") == "%%time\n\nx = 1\ny = x + 2"


def test_a_line_that_ipython_rewrites_is_not_edited(evidence):
    found = evidence("%time y = 1 + 'a'")
    step = found.last
    assert step.node is None or found.replaced(step, step.node, "2") is None


def test_functions_of_earlier_cells_cannot_be_edited_and_their_caller_can(evidence):
    found = evidence("first([])", "def first(xs):\n    return xs[0]")
    assert found.last.function == "first"
    assert found.last.value(found.last.node.value) == []
    assert found.replaced(found.last, found.last.node, "None") is None
    assert found.replaced(found.in_cell, found.in_cell.node.args[0], "[1]") == "first([1])"


def test_values_that_would_run_code_stay_unknown(evidence):
    found = evidence(
        "thing.name + 1", "class Thing:\n    @property\n    def name(self):\n        return 'x'\nthing = Thing()"
    )
    assert found.last.value(found.last.node.left) is MISSING
    assert found.last.value(found.last.node.right) == 1


def test_statements_with_branches_keep_their_place(evidence):
    cell = "def f(n):\n    if n:\n        return n + 'a'\n    else:\n        return 0\nf(1)"
    found = evidence(cell)
    branch = found.last.parents[found.last.statement]
    assert found.replaced(found.last, branch, "return n") == "def f(n):\n    return n\nf(1)"
