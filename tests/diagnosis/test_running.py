from __future__ import annotations

import ast
from dataclasses import replace

from qwen_magic.diagnosis.running import running_nodes, running_statement, suspects


def texts(nodes):
    return [ast.unparse(node) for node in nodes if isinstance(node, ast.expr)]


def test_the_node_that_raised_is_the_only_suspect(evidence):
    found = evidence("x = 1\ny = [x, x + 'a']")
    assert ast.unparse(running_statement(found, found.last)) == "y = [x, x + 'a']"
    assert texts(suspects(found, found.last)) == ["x + 'a'"]
    assert texts(running_nodes(found, found.last)) == ["x + 'a'", "x", "'a'"]


def test_of_two_statements_on_a_line_the_running_one_is_known(evidence):
    found = evidence("x = 1\na = x + 1; b = x + 'a'")
    assert ast.unparse(running_statement(found, found.last)) == "b = x + 'a'"
    assert texts(suspects(found, found.last)) == ["x + 'a'"]


def test_where_python_keeps_no_positions_either_is_suspected(evidence):
    found = evidence("x = 1\na = x + 1; b = x + 'a'")
    step = replace(found.last, node=None)
    assert {"x + 1", "x + 'a'"} <= set(texts(suspects(found, step)))
    assert running_statement(found, step) is None
    assert running_nodes(found, step) == []


def test_of_a_loop_only_its_head_was_running(evidence):
    found = evidence("for a, b in [1]:\n    print(a)")
    assert isinstance(running_statement(found, found.last), ast.For)
    assert "print(a)" not in texts(suspects(found, found.last))
