from __future__ import annotations

import pytest
from rewriting import candidates, certain

FRAME = """import pandas as pd
df = pd.DataFrame({"Name": ["ann"], "unit price": [1], "date": ["2024-01-01"]})"""
DOG = """class Dog:
    def __init__(self, name):
        self.name, self._age = name, 3
    def bark(self):
        return "woof"
d = Dog("Rex")
dogs = [Dog("Rex"), Dog("Ada")]"""


@pytest.mark.parametrize(
    ("setup", "cell", "meant"),
    [
        ("xs = [1, 2]", "xs.push(3)", "xs.append(3)"),
        ("xs = [1, 2]", "xs.add(3)", "xs.append(3)"),
        ("s = {1}", "s.append(2)", "s.add(2)"),
        ("xs = [1, 2]", "n = xs.length", "n = len(xs)"),
        ("xs = [1, 2]", "for i in range(xs.size()):\n    pass", "for i in range(len(xs)):\n    pass"),
        ("xs = [1, 2]", "if xs.contains(1):\n    pass", "if 1 in xs:\n    pass"),
        ("xs = [1, 2]", "ok = not xs.contains(1)", "ok = not (1 in xs)"),
        ("name = '小明a'", "print(name.toUpperCase())", "print(name.upper())"),
        ("name = ' a '", "name.trim()", "name.strip()"),
        ("name = 'abc'", "name.substring(0, 2)", "name[0:2]"),
        ("name = 'abc'", "name.lenght", "len(name)"),
        ("name = 'abc'", "name.splt('b')", "name.split('b')"),
        ("d = {'a': 1}", "d.has_key('a')", "'a' in d"),
        ("d = {'a': 1}", "for k, v in d.iteritems():\n    pass", "for k, v in d.items():\n    pass"),
        ("d = {'a': 1}", "d.put('b', 2)", "d['b'] = 2"),
        ("user = {'name': 'Ann'}", "print(user.name)", 'print(user["name"])'),
        ("words = ['a', 'b']", "words.join(', ')", "', '.join(words)"),
        ("nums = [1, 2]", "nums.join('-')", "'-'.join(map(str, nums))"),
        ("nums = [1, 2]", "total = nums.sum()", "total = sum(nums)"),
        ("x = 3.14159", "x.round(2)", "round(x, 2)"),
        ("n = 5", "n.zfill(3)", "str(n).zfill(3)"),
        ("a = 1\nb = 2", "(a + b).zfill(3)", "str(a + b).zfill(3)"),
        (DOG, "d.brak()", "d.bark()"),
        (FRAME, "df.Nmae", "df.Name"),
        (FRAME, "df.unit_price", 'df["unit price"]'),
        (FRAME, "df.hed()", "df.head()"),
        (FRAME, "df['Name'].upper()", "df['Name'].str.upper()"),
        (FRAME, "df['date'].dt.year", "pd.to_datetime(df['date']).dt.year"),
        (FRAME, "df['unit price'].str.zfill(4)", "df['unit price'].astype(str).str.zfill(4)"),
        (FRAME, "df.groupby('Name').cout()", "df.groupby('Name').count()"),
    ],
)
def test_what_can_be_meant_in_one_way(diagnosed, setup, cell, meant):
    diagnosis = diagnosed(cell, setup)
    assert certain(diagnosis) == meant
    assert diagnosis.hint.en.startswith("Write `")


@pytest.mark.parametrize(
    ("setup", "cell", "meant"),
    [
        (DOG, "print(dogs.name)", "print([item.name for item in dogs])"),
        (DOG, "print(d.age)", "print(d._age)"),
        ("words = ['a b', 'c d']", "words.split(' ')", "[item.split(' ') for item in words]"),
        ("from time import time", "time.sleep(0)", "from time import sleep\nsleep(0)"),
        ("t = (1, 2)", "t.append(3)", "t = t + (3,)"),
        ("s = 'abc'", "s.append('d')", "s = s + 'd'"),
        ("text = ' a '", "print(text.upper.strip())", "print(text.upper().strip())"),
        ("ks = {'b': 1}.keys()", "ks.sort()", "ks = sorted(ks)"),
        ("import numpy as np\na = np.array([1])", "a.append(2)", "a = np.append(a, 2)"),
        ("import numpy as np\nxs = [1, 2]", "m = xs.std()", "m = np.std(xs)"),
        (FRAME, "df['date'].year", "pd.to_datetime(df['date']).dt.year"),
    ],
)
def test_what_may_be_meant(diagnosed, setup, cell, meant):
    assert diagnosed(cell, setup).rewrites[0].cell == meant


def test_where_the_method_belongs_is_said(diagnosed):
    diagnosis = diagnosed("print(dogs.name)", DOG)
    assert "belongs to each `Dog`" in diagnosis.cause.en
    assert "`Dog`" in diagnosis.cause.zh


@pytest.mark.parametrize(
    ("setup", "cell", "meant"),
    [
        ("import datetime", "datetime.now()", "datetime.datetime.now()"),
        ("from datetime import datetime", "datetime.datetime.now()", "datetime.now()"),
        ("import datetime", "datetime(2024, 1, 1)", "datetime.datetime(2024, 1, 1)"),
        ("import glob", "files = glob('*.py')", "files = glob.glob('*.py')"),
        ("import json", "json.laods('1')", "json.loads('1')"),
        ("import random", "random.randInt(1, 2)", "random.randint(1, 2)"),
        ("import numpy as np\nimport pandas as pd", "np.DataFrame({'a': [1]})", "pd.DataFrame({'a': [1]})"),
    ],
)
def test_modules_and_what_is_in_them(diagnosed, setup, cell, meant):
    assert certain(diagnosed(cell, setup)) == meant


def test_modules_that_may_be_meant(diagnosed):
    assert candidates(diagnosed("os.exists('a')", "import os")) == ["os.path.exists('a')"]
    assert candidates(diagnosed("math.mean([1])", "import math")) == ["import statistics\nstatistics.mean([1])"]


def test_strangers_stay_unknown(diagnosed):
    assert diagnosed("d.fetch_everything()", DOG) is None
    assert diagnosed("x = None\nraise AttributeError('no luck')") is None


def test_no_code_of_the_user_runs(diagnosed):
    own = "class A:\n    def __getattr__(self, name):\n        raise AttributeError(name)\n    def load(self): 0"
    assert certain(diagnosed("a.laod()", own, "a = A()")) == "a.load()"
