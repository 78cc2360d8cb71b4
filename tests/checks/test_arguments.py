"""Calls that signatures refuse."""

from __future__ import annotations

import collections
import functools

import numpy as np
import pandas as pd
import pytest


def area(width, height=1, *, unit="m"):
    return width, height, unit


def anything(*args, **kwargs):
    return args, kwargs


def place_only(a, /, b):
    return a, b


@functools.wraps(area)
def wrapped(*args, **kwargs):
    return args, kwargs


def signed(x):
    return x


signed.__signature__ = "read by nobody"


class Box:
    def __init__(self, size, colour="red"):
        self.size = size

    def open(self, wide=False):
        return wide

    @classmethod
    def make(cls, size):
        return cls(size)

    @staticmethod
    def help(topic):
        return topic


class Meta(type):
    def __call__(cls, *args, **kwargs):
        raise AssertionError("called")


class Made(metaclass=Meta):
    pass


class Empty:
    pass


Pair = collections.namedtuple("Pair", "left right")


def namespace():
    return globals() | {
        "np": np,
        "box": Box(1),
        "df": pd.DataFrame({"a": [1]}),
        "bound": Box(1).open,
        "items": [1],
        "text": "a",
    }


FINE = [
    "area(1), area(1, 2), area(1, unit='cm'), area(width=1), area(*items), area(**kw), area(1, **kw)",
    "anything(1, 2, a=3), wrapped(1, 2, 3, bad=1), signed(1)",
    "place_only(1, 2), place_only(1, b=2)",
    "Box(1), Box(size=1, colour='b'), Box.make(1), Box.help('x'), Box.open(box, True), box.open(wide=True)",
    "bound(), bound(True), Made(1, 2, a=3), Empty(), Pair(1, 2), Pair(left=1, right=2)",
    "area = other\narea(1, 2, 3, 4, nope=1)",
    "def area(a, b, c, d):\n    pass\narea(1, 2, 3, 4)",
    "box.open = other\nbox.open(1, 2, 3)",
    "print(1, 2, sep='', end='', flush=True, file=None)",
    "sorted(items, key=len, reverse=True), sum(items, 1), sum(items, start=1), open('x', 'w', encoding='utf8')",
    "'a'.split(','), 'a'.split(sep=','), 'a b'.split(maxsplit=1), 'a'.encode('utf8', errors='x'), [].pop(), [].pop(0)",
    "{}.get(1), {}.get(1, 2), {}.pop(1, 2), [].sort(key=len), 'a'.replace('a', 'b', 1), 'x'.format(1, 2, a=3)",
    "int('3', base=2), int('3', 2), dict(a=1), range(1, 2, 3), max(1, 2, key=len), enumerate(items, start=1)",
    "import math, json, re\nmath.sqrt(2), math.log(2, 3), json.dumps({}, indent=2), re.sub('a', 'b', 'c', flags=re.I)",
    "import random\nrandom.randint(1, 2), random.choices(items, k=3), random.sample(items, 2)",
    "import datetime\ndatetime.datetime(2024, 1, 1, tzinfo=None), datetime.timedelta(days=1)",
    "np.array([1], dtype=float), np.zeros((2, 2)), np.mean(items, axis=0), np.linspace(0, 1, 5), np.arange(0, 1, 0.1)",
    "np.concatenate([items, items], axis=0), np.where(items, 1, 2), np.random.default_rng(0), np.sum(items, axis=0)",
    "pd.DataFrame({'a': [1]}, columns=['a']), pd.read_csv('x', sep=';', index_col=0)",
    "df.head(), df.head(3), df.sort_values('a', ascending=False), df.fillna(0), df.to_csv('x.csv', index=False)",
    "df.drop(columns=['a']), df.groupby('a', as_index=False), df.merge(df, on='a', how='left'), df.sample(frac=1)",
    "df.rename(columns={'a': 'b'}), df.apply(len, axis=1), df.pivot_table(index='a', aggfunc='sum'), df.plot(x='a')",
    "import matplotlib.pyplot as plt\nplt.subplots(1, 2, figsize=(1, 2)), plt.plot([1], label='a'), plt.savefig('x')",
    "import collections\ncollections.defaultdict(list), collections.Counter('a'), collections.deque([], maxlen=3)",
    "try:\n    area()\nexcept TypeError:\n    pass",
]


@pytest.mark.parametrize("code", FINE)
def test_calls_that_are_or_may_be_right(code, found):
    import matplotlib.pyplot  # noqa: F401  # looked into because it is imported

    names = namespace() | {"kw": {}, "other": anything}
    assert [each for each in found(code, names) if each[0] == "wrong-argument"] == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("area()", "`area()` is called without `width`"),
        ("area(1, 2, 3)", "`area()` takes 2 arguments by place, not 3"),
        ("area(1, units='m')", "`area()` has no argument `units`, did you mean `unit`?"),
        ("area(1, width=2)", "`area()` is given `width` twice"),
        ("area(1, **kw, nope=2)", "`area()` has no argument `nope`"),
        ("place_only(a=1, b=2)", "`place_only()` has no argument `a`"),
        ("Box()", "`Box()` is called without `size`"),
        ("Box(1, color='red')", "did you mean `colour`?"),
        ("box.open(1, 2)", "`box.open()` takes 1 arguments by place, not 2"),
        ("Box.make()", "`Box.make()` is called without `size`"),
        ("Box.help()", "`Box.help()` is called without `topic`"),
        ("bound(1, 2)", "`bound()` takes 1 arguments by place, not 2"),
        ("Empty(1)", "`Empty()` takes 0 arguments by place, not 1"),
        ("Pair(1)", "`Pair()` is called without `right`"),
        ("sorted(items, by=len)", "`sorted()` has no argument `by`"),
        ("text.split(',', max=1)", "`text.split()` has no argument `max`"),
        ("[1].append(1, 2)", "takes 1 arguments by place, not 2"),
        ("import json\njson.loads()", "`json.loads()` is called without `s`"),
        ("df.sort_values(columns='a')", "`df.sort_values()` has no argument `columns`"),
        ("pd.read_csv('x', seperator=';')", "`pd.read_csv()` has no argument `seperator`"),
        ("np.mean([1], axes=0)", "`np.mean()` has no argument `axes`, did you mean `axis`?"),
    ],
)
def test_calls_that_fail(code, words, said, errors):
    assert any(words in each for each in said(code, namespace() | {"kw": {}}))
    assert "wrong-argument" in errors(code, namespace() | {"kw": {}})


def test_in_a_branch_nothing_is_said(found):
    assert found("if items:\n    area()", namespace()) == []
