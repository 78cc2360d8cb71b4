from __future__ import annotations

import pytest
from rewriting import candidates, certain

DEFAULT = "from collections import defaultdict\n"


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("", 'd = dict(("a", 1))', 'd = dict([("a", 1)])'),
        ("names, ages = ['a'], [1]", "d = dict(names, ages)", "d = dict(zip(names, ages))"),
        ("d = {}", 'd.update("b", 2)', 'd["b"] = 2'),
        ("t = 'a=1;b=2;'", "dict(p.split('=') for p in t.split(';'))",
         "dict(p.split('=') for p in t.split(';') if p.strip())"),
        ("t = 'a=1=2'", "dict(p.split('=') for p in t.split(';'))", "dict(p.split('=', 1) for p in t.split(';'))"),
        ("counts = {'a': 1}", "total = sum(counts)", "total = sum(counts.values())"),
        ("d = {}", 'd["a"].append(1)', 'd.setdefault("a", []).append(1)'),
    ],
)  # fmt: skip
def test_dicts_are_made_of_pairs(diagnosed, setup, cell, wanted):
    assert candidates(diagnosed(cell, setup))[0] == wanted


def test_a_key_that_is_written_out_was_meant_to_be_there(diagnosed):
    found = diagnosed('d["b"] += 1', "d = {'x': 1}")
    assert all(".get(" not in rewrite.cell or "+ 1" not in rewrite.cell for rewrite in found.rewrites)


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("", "isinstance(3, [int, float])", "isinstance(3, (int, float))"),
        ("", "isinstance(3, int, float)", "isinstance(3, (int, float))"),
        ("import argparse\np = argparse.ArgumentParser()", 'p.add_argument("n", type="int")',
         'p.add_argument("n", type=int)'),
        ("import logging", 'logging.getLogger("t").setLevel("debug")', 'logging.getLogger("t").setLevel("DEBUG")'),
        ("rows = {}", "for k, v in [('a', 1)]:\n    rows[k][v] = 1",
         "for k, v in [('a', 1)]:\n    rows.setdefault(k, {})[v] = 1"),
        ("from collections import Counter\nc = Counter('aab')", "for k, v in c:\n    pass",
         "for k, v in c.items():\n    pass"),
    ],
)  # fmt: skip
def test_what_can_be_meant_in_one_way_only(diagnosed, setup, cell, wanted):
    assert certain(diagnosed(cell, setup)) == wanted


def test_a_notebook_has_no_command_line(diagnosed, monkeypatch):
    monkeypatch.setattr("sys.argv", ["kernel", "-f", "kernel.json"])
    setup = "import argparse\np = argparse.ArgumentParser()"
    assert candidates(diagnosed("a = p.parse_args()", setup))[0] == "a = p.parse_args([])"


@pytest.mark.parametrize(
    ("factory", "line", "wanted"),
    [("int", "d[w].append(1)", "list"), ("list", "d[w] += 1", "int"), ("lambda k: 0", "d[w] += 1", "lambda: 0")],
)
def test_first_values_of_the_kind_that_is_used(diagnosed, factory, line, wanted):
    cell = f"d = defaultdict({factory})\nfor w in 'ab':\n    {line}"
    assert diagnosed(cell, DEFAULT).rewrites[0].cell == cell.replace(f"({factory})", f"({wanted})")


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ('sorted(rows, key="a")', 'sorted(rows, key=lambda x: x["a"])'),
        ("max(counts, key=counts)", "max(counts, key=counts.get)"),
    ],
)
def test_a_key_is_a_function(diagnosed, cell, wanted):
    assert candidates(diagnosed(cell, "rows = [{'a': 1}, {'a': 0}]\ncounts = {'x': 1}"))[0] == wanted
