"""Fixes that are none."""

from __future__ import annotations

import pytest

from qwen_magic.checks import Severity, check


def rules(code, original, namespace=None):
    changes = {"unchanged", "lost-definition", "hidden-error", "left-out", "overwritten"}
    return [each.rule for each in check(code, namespace or {}, original) if each.rule in changes]


ORIGINAL = "rows = load()\ntotal = sum(rows)\nprint(total / count)"
WHOLE = "try:\n    rows = load()\n    total = sum(rows)\n    print(total / count)\nexcept {}:\n    {}"
NAMES = {"load": print, "count": 3, "rows": [1], "data": [2]}


@pytest.mark.parametrize(
    ("code", "original"),
    [
        ("x = 1 + 'a'", "x = 1 + 'a'"),
        ("x = 1 + 'a'  # fixed", "x = 1 + 'a'"),
        ("\n# fixed\nx = (1 + 'a')\n", "x = 1 + 'a'"),
        ("%time x = 1", "%time x = 1"),
    ],
)
def test_unchanged(code, original):
    findings = check(code, {}, original)
    assert (findings[0].rule, findings[0].severity) == ("unchanged", Severity.ERROR)


def test_unchanged_and_still_not_parsing():
    assert [each.rule for each in check("f(1", {}, "f(1\n")] == ["syntax", "unchanged"]


@pytest.mark.parametrize(
    ("code", "original"),
    [
        ("if n:\n    n = 1\n", "if n:\nn = 1\n"),
        ("def up():\n    global count\n    count += 1", "def up():\n    count += 1"),
        ("x = 1 + int('a')", "x = 1 + 'a'"),
        ("if x:\n    pass", "if x\n    pass"),
        (ORIGINAL.replace("count", "len(rows)"), ORIGINAL),
        ("import math\n" + ORIGINAL, ORIGINAL),
        ("def f(x):\n    return x + 1\nf(2)", "def f(x):\n    return x + y\nf(2)"),
        ("totals = 1\nprint(totals)", "total = 1\nprint(totals)"),
        ("try:\n    n = int(s)\nexcept ValueError:\n    n = 0\nprint(n)", "n = int(s)\nprint(n)"),
        ("for row in rows:\n    print(row)", "for r in rows:\n    print(row)"),
        ("from collections.abc import Mapping\nMapping", "from collections import Mapping\nMapping"),
        ("x = 1", ""),
    ],
)
def test_fixes_that_are_some(code, original):
    assert rules(code, original, {"count": 3}) == []


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("rows = load()\nprint(sum(rows) / count)", "lost-definition"),
        ("rows = load()\ntotal = sum(rows)", "left-out"),
        ("rows = load()\ntotal = sum(rows)\n# print(total / count)", "left-out"),
        ("rows = load()\ntotal = sum(rows)\npass", "left-out"),
        (WHOLE.format("Exception", "pass"), "hidden-error"),
        (WHOLE.format("TypeError as e", "print(e)"), "hidden-error"),
        ("rows = load()\ntry:\n    total = sum(rows)\nexcept:\n    total = None\nprint(total / count)", "hidden-error"),
        (
            "from contextlib import suppress\nrows = load()\ntotal = 1\nwith suppress(Exception):\n    print(total)",
            "hidden-error",
        ),
        ("count = 1\n" + ORIGINAL, "overwritten"),
        ("data = [0]\n" + ORIGINAL, "overwritten"),
    ],
)
def test_fixes_that_are_suspicious(code, rule):
    assert rule in rules(code, ORIGINAL, NAMES)
    assert all(each.severity is Severity.WARNING for each in check(code, NAMES, ORIGINAL) if each.rule == rule)


def test_definitions_lost_from_an_original_that_did_not_parse():
    assert rules("x = 1", "def total(a:\n    pass\nx = 1") == ["lost-definition"]


def test_a_handler_that_was_there_before_is_no_news():
    original = "try:\n    x = load(\nexcept Exception:\n    pass".replace("load(", "load()")
    assert rules(original.replace("load()", "load(1)"), original) == []
