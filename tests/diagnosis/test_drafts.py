from __future__ import annotations

import ast

from qwen_magic.diagnosis.drafts import LIMIT, Drafts, diagnosis

PAIR = ("why", "原因")


def test_only_the_first_cell_can_be_certain():
    made = diagnosis("rule", PAIR, PAIR, [None, "a", "b", "a"], certain=True)
    assert [(rewrite.cell, rewrite.certain) for rewrite in made.rewrites] == [("a", True), ("b", False)]


def test_no_more_cells_are_offered_than_anybody_tries():
    assert len(diagnosis("rule", PAIR, PAIR, map(str, range(20))).rewrites) == LIMIT


def test_an_edit_changes_nodes_adds_a_line_and_imports(evidence):
    found = evidence("x = 'a'\nfor n in [1]:\n    x + n")
    drafts = Drafts(found, found.last)
    drafts.edit((found.last.node.right, "str(n)"), line_above="# here", imports="import re", certain=True)
    rewrite = drafts.diagnosis("rule", PAIR, PAIR).rewrites[0]
    assert rewrite.cell == "import re\nx = 'a'\nfor n in [1]:\n    # here\n    x + str(n)"
    assert rewrite.certain


def test_what_cannot_be_edited_or_changes_nothing_is_left_out(evidence):
    found = evidence("f('a')", "def f(x):\n    return x + 1")
    drafts = Drafts(found, found.last)
    drafts.edit((found.last.node.right, "2"))
    drafts.edit(line_above="# here")
    here = Drafts(found, found.in_cell)
    here.edit((found.in_cell.node, "f('a')"))
    assert drafts.rewrites == here.rewrites == ()


def test_calls_are_written_with_other_arguments(evidence):
    found = evidence("(print)(1, sep = 2, **{})")
    drafts = Drafts(found, found.last)
    call = found.last.node
    assert isinstance(call, ast.Call)
    assert drafts.called(call, drop=("sep",), add="end=''") == "print(1, **{}, end='')"
    assert drafts.called(call, function="f") == "f(1, sep=2, **{})"
