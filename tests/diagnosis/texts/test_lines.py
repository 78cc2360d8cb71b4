from __future__ import annotations

import pytest
from rewriting import certain

LOOP = "for line in text.split('\\n'):\n    name, n = line.split(',')\n    stock[name] = int(n)"


def test_a_blank_line_is_skipped(diagnosed):
    expected = LOOP.replace("    name,", "    if not line.strip():\n        continue\n    name,")
    assert certain(diagnosed(LOOP, "text = 'a,1\\n\\nb,2\\n'\nstock = {}")) == expected


def test_a_comment_is_skipped(diagnosed):
    assert "line.lstrip().startswith('#')" in certain(diagnosed(LOOP, "text = 'a,1\\n# spare\\nb,2'\nstock = {}"))


def test_in_a_comprehension_too(diagnosed):
    cell = "pairs = [int(line.split(',')[1]) for line in lines]"
    assert certain(diagnosed(cell, "lines = ['a,1', '', 'b,2']")) == cell.replace(
        "in lines", "in lines if line.strip()"
    )


def test_the_names_of_columns_are_left_out(diagnosed):
    cell = "for line in lines:\n    total += int(line.split(',')[1])"
    assert certain(diagnosed(cell, "lines = ['name,n', 'a,1', 'b,2']\ntotal = 0")) == cell.replace(
        "lines:", "lines[1:]:"
    )


@pytest.mark.parametrize("lines", ["['a,1', 'b', 'c,2']", "['a,1', 'b,x', 'c,2']"])
def test_a_line_that_says_something_is_not_dropped(diagnosed, lines):
    found = diagnosed("for line in lines:\n    n = int(line.split(',')[1])", f"lines = {lines}")
    assert found is None or not any("continue" in rewrite.cell and rewrite.certain for rewrite in found.rewrites)
