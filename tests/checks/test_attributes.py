"""Attributes that live objects do not have."""

from __future__ import annotations

import collections
import math
import types

import numpy as np
import pandas as pd
import pytest

from qwen_magic.checks import Severity, check


class Plain:
    def __init__(self):
        self.held = 1

    def grow(self):
        self.grown = 2


class Slotted:
    __slots__ = ("x",)


class Answering:
    def __getattr__(self, name):
        raise AssertionError("asked")


def namespace():
    lazy = types.ModuleType("lazy")
    lazy.__getattr__ = lambda name: (_ for _ in ()).throw(AssertionError("asked"))
    return {
        "np": np,
        "pd": pd,
        "math": math,
        "lazy": lazy,
        "df": pd.DataFrame({"a": [1], "b c": [2]}),
        "s": pd.Series([1], index=["label"]),
        "plain": Plain(),
        "slotted": Slotted(),
        "answering": Answering(),
        "Plain": Plain,
        "n": 3,
        "items": [1],
        "counts": collections.Counter(),
    }


FINE = [
    "np.array, np.linalg.norm, np.testing, np.random.default_rng",
    "pd.DataFrame.from_dict, pd.api.types",
    "math.pi.real",
    "df.a, df.shape, df.T, df.groupby('a').foo, df.loc, df.attrs",
    "df['c'] = 1\ndf.c",
    "df.columns = ['x', 'y']\ndf.x",
    "df = load()\ndf.anything",
    "s.label, s.str, s.iloc",
    "plain.held, plain.grow()",
    "plain.grow()\nplain.grown",
    "plain.other = 1\nplain.other",
    "setattr(plain, 'other', 1)\nplain.other",
    "answering.whatever",
    "lazy.whatever",
    "slotted.x",
    "if hasattr(n, 'foo'):\n    n.foo",
    "try:\n    n.foo\nexcept AttributeError:\n    pass",
    "def f(n):\n    return n.foo",
    "[math.foo for math in thing]",
    "for n in thing:\n    n.foo",
    "x = []\nx = thing\nx.foo",
    "import os\nos.path.join('a')\nos.environ.get('x')",
    "import xml\nimport xml.dom.minidom\nxml.dom.minidom.parse",
    "Plain.grow, Plain.__name__, Plain.mro",
    "counts.most_common",
    "(1).real, 'a'.join([]), b'a'.hex(), {}.items(), f'{n}'.upper()",
    "n.__class__.__name__",
    "global_thing = 1\ndef f():\n    return global_thing.whatever",
]


@pytest.mark.parametrize("code", FINE)
def test_what_is_or_may_be_there(code, found):
    names = namespace() | {"thing": answering_list(), "load": lambda: None}
    assert found(code, names) == []


def answering_list():
    return [Answering()]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("math.sqroot(2)", "`math` has no `sqroot`, did you mean `sqrt`?"),
        ("np.arrray([1])", "`numpy` has no `arrray`, did you mean `array`?"),
        ("np.float(3)", "`numpy` has no `float`, did you mean `float`?"),
        ("pd.read_cvs('x')", "did you mean `read_csv`?"),
        ("df.append(1)", "`DataFrame` has no `append`, did you mean `pd.concat`?"),
        ("df.coluns", "`DataFrame` has no `coluns`, did you mean `columns`?"),
        ("df['new'] = df.nope", "`DataFrame` has no `nope`"),
        ("df = df.nope", "`DataFrame` has no `nope`"),
        ("s.lable", "`Series` has no `lable`"),
        ("''.lenght", "`str` has no `lenght`"),
        ("[].push(1)", "`list` has no `push`, did you mean `append`?"),
        ("x = []\nx.push(1)", "`list` has no `push`, did you mean `append`?"),
        ("items.length", "`list` has no `length`, did you mean `len()`?"),
        ("{}.has_key(1)", "`dict` has no `has_key`, did you mean `in`?"),
        ("'a b'.split().strip()", "`list` has no `strip`"),
        ("[2, 1].sort().reverse()", "`None` has no `reverse`"),
        ("input().foo", "`str` has no `foo`"),
        ("n.foo", "`int` has no `foo`"),
        ("slotted.y", "`Slotted` has no `y`"),
        ("import os\nos.getcwdd()", "did you mean `getcwd`?"),
        ("import math as m\nm.sqroot(2)", "`math` has no `sqroot`"),
        ("import datetime\ndatetime.now()", "`datetime` has no `now`"),
        ("from datetime import datetime\ndatetime.nowish()", "`datetime` has no `nowish`"),
        ("Plain.groww", "`Plain` has no `groww`, did you mean `grow`?"),
    ],
)
def test_what_is_not_there(code, words, said, errors):
    assert any(words in each for each in said(code, namespace()))
    assert "missing-attribute" in errors(code, namespace())


def test_an_object_that_can_be_given_attributes_gets_a_warning():
    (finding,) = check("plain.heldd", namespace())
    assert (finding.rule, finding.severity) == ("missing-attribute", Severity.WARNING)


def test_a_function_of_the_notebook_may_set_the_name(found):
    names = {"__name__": "__main__", "connection": None}
    exec("def connect():\n    global connection\n    connection = []", names)  # noqa: S102
    assert found("connect()\nconnection.append(1)", names) == []
    assert found("connection.append(1)", names) == [("missing-attribute", 1)]


def test_no_code_of_the_users_runs(trap, found):
    code = "trap.anything, trap.danger\ntrap['x']\ntrap(1, y=2)\ntrap.method(3)\ntrap.unlink()\nd['x']\ntrap == 3"
    assert found(code, {"trap": trap, "d": {trap_key(): 1}}) == [("deletes", 5)]


def trap_key():
    class Key:
        def __hash__(self):
            return 1

        def __eq__(self, other):
            raise AssertionError("compared")

    return Key()
