"""Names that nothing defines."""

from __future__ import annotations

import pytest

from qwen_magic.checks import Severity, check

DEFINED = [
    "x = 1\nx",
    "print(len(In), Out, _, __, _i3, _12)",
    "display(get_ipython())",
    "known",
    "for i in range(3):\n    print(i)\nprint(i)",
    "[a for a in range(3)]",
    "def f():\n    return later\nlater = 1",
    "try:\n    unicode\nexcept NameError:\n    pass",
    "from os.path import *\njoin('a')",
    "%run other.py\nthing",
    "%time z = 1\nz",
    "files = !ls\nfiles",
    "exec('a = 1')\na",
    "globals()['b'] = 1\nb",
    "def f(x: 'Missing') -> 'Missing':\n    y: Missing = x\n    return y",
    "from __future__ import annotations\ndef f(x: Missing):\n    pass",
    "class A:\n    b = 1\n    def c(self):\n        return __class__",
    "if (n := 3) > 2:\n    print(n)",
    "lambda x: x",
    "__name__, __doc__",
]


@pytest.mark.parametrize("code", DEFINED)
def test_defined_names(code, found):
    assert found(code, {"known": 1}) == []


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("nope", Severity.ERROR),
        ("print(nope)\nnope = 1", Severity.ERROR),
        ("def f():\n    return nope", Severity.WARNING),
        ("def f():\n    return nope\nf()", Severity.ERROR),
        ("def f(x):\n    if x:\n        return 1\n    return nope\nf(1)", Severity.WARNING),
        ("def f(x=nope):\n    pass", Severity.ERROR),
        ("class A:\n    x = nope", Severity.ERROR),
        ("class A:\n    def f(self):\n        return nope", Severity.WARNING),
        ("if True:\n    nope", Severity.ERROR),
        ("if known:\n    nope", Severity.WARNING),
        ("if __name__ == '__main__':\n    nope", Severity.ERROR),
        ("try:\n    nope\nexcept ValueError:\n    pass", Severity.WARNING),
        ("for i in nope:\n    pass", Severity.ERROR),
        ("x = 1\ndel x\nx", Severity.ERROR),
        ("print(__file__)", Severity.ERROR),
        ("known or nope", Severity.WARNING),
    ],
)
def test_undefined_names_are_as_bad_as_they_are_sure_to_be_reached(code, severity):
    findings = check(code, {"known": 1})
    assert {(each.rule, each.severity) for each in findings} == {("undefined-name", severity)}


def test_a_local_read_before_it_is_set(errors, said):
    code = "count = 0\ndef up():\n    count += 1\n    return count\nup()"
    assert errors(code) == ["undefined-name"]
    assert "global count" in said(code)[0]
    assert errors(code.removeprefix("count = 0\n"), {"count": 0}) == ["undefined-name"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("totl", "did you mean `total`?"),
        ("np.zeros(3)", "`import numpy as np` is missing"),
        ("os.getcwd()", "`import os` is missing"),
        ("Counter('aab')", "`from collections import Counter` is missing"),
        ("pritn(1)", "did you mean `print`?"),
    ],
)
def test_what_was_probably_meant(code, words, said):
    assert words in said(code, {"total": 1})[0]


@pytest.mark.parametrize(
    "code",
    ["'{} {}'.format(1)", "'{a}'.format(b=1)", "'%s %s' % (1,)", "'%q' % 1", "'%(a)s' % {'b': 1}", "'{'.format(1)"],
)
def test_formats_that_cannot_be_filled_in(code, errors):
    assert set(errors(code)) == {"format"}


def test_formats_that_can(found):
    assert found("'{} {}'.format(1, 2); '%s' % 1; '%d%%' % 3; f'{1}'; f'none'; '{0}'.format(1, 2)") == []


def test_assertion_of_a_tuple(found):
    assert found("assert (1, 'message')") == [("format", 1)]
