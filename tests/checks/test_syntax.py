"""Code parses as a notebook runs it."""

from __future__ import annotations

import pytest

from qwen_magic.checks import Severity, check

FINE = [
    "",
    "\n\n",
    "%matplotlib inline\nx = 1",
    "!ls -la\nfiles = !ls",
    "await thing()",
    "async with a as b:\n    pass",
    "[x async for x in y]",
    "%%time\nx = 1",
    "%%html\n<b>not Python</b>",
    "%%bash\nls | wc -l",
    "str?",
    "    x = 1\n    y = 2",
    ">>> x = 1\n>>> y = x",
    "match 1:\n    case 1:\n        pass",
    "x = '\\d'",
]


@pytest.mark.parametrize("code", FINE)
def test_what_a_notebook_can_run_parses(code):
    assert not [each for each in check(code, {"thing": 1, "a": 1, "y": 1}) if each.rule == "syntax"]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("print(1", 1),
        ("x = 1\nif x\n    pass", 2),
        ("\n\nx = 1\nreturn x", 4),
        ("%%time\n\nx = (", 3),
        ("x = 1\nbreak", 2),
        ("def f(a, a):\n    pass", 1),
        ("print 'x'", 1),
    ],
)
def test_what_does_not_parse_and_where(code, line, found):
    assert found(code) == [("syntax", line)]


@pytest.mark.parametrize("code", ["\0", "x = '\0'", "(" * 500, "-" * 100_000 + "1", "\ud800"])
def test_code_that_breaks_parsers_is_a_finding(code):
    (finding,) = check(code, {})
    assert (finding.rule, finding.severity) == ("syntax", Severity.ERROR)


def test_both_languages():
    (finding,) = check("f(1", {})
    assert finding.message.en == "does not parse: '(' was never closed"
    assert finding.message.zh == "语法错误：'(' 没有闭合"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("\n\nnope", 3),
        ("!ls \\\n  -l\nnope", 3),
        ("x = 1\n\n%time y = 2\nnope", 4),
        ("%%capture out\n\nx = 1\nnope", 4),
        ("%time nope", 1),
    ],
)
def test_lines_are_those_of_the_code_as_given(code, line, found):
    assert found(code) == [("undefined-name", line)]


def test_a_transformer_that_breaks_is_left_out(found):
    def broken(code):
        raise KeyError(code)

    assert found("x = 1", transform=broken) == []
