from __future__ import annotations

import pytest
from rewriting import candidates, certain

FRAME = "import pandas as pd\ndf = pd.DataFrame({'a': [1]})"
GREET = "def greet(name, greeting):\n    return greeting + name"
DOG = "class Dog:\n    def bark(self):\n        return 'w'"


@pytest.mark.parametrize(
    ("setup", "cell", "meant"),
    [
        (FRAME, 'df.sort_values("a", acsending=False)', 'df.sort_values("a", ascending=False)'),
        (FRAME, 'df.sort_values("a", descending=True)', 'df.sort_values("a", ascending=False)'),
        ("xs = [3, 1]", "sorted(xs, reversed=True)", "sorted(xs, reverse=True)"),
        ("xs = [3, 1]", "sorted(xs, descending=True)", "sorted(xs, reverse=True)"),
        ("x = 1", "print(x, ends='')", "print(x, end='')"),
        (GREET, "greet('小明', greting='你好')", "greet('小明', greeting='你好')"),
        ("import json", "json.dumps({}, ident = 2)", "json.dumps({}, indent = 2)"),
    ],
)
def test_keywords_that_are_called_otherwise(diagnosed, setup, cell, meant):
    diagnosis = diagnosed(cell, setup)
    assert certain(diagnosis) == meant
    assert "has no parameter" in diagnosis.cause.en
    assert "没有参数" in diagnosis.cause.zh


def test_a_keyword_like_no_other_brings_those_there_are(diagnosed):
    diagnosis = diagnosed("greet('A', volume=3)", GREET)
    assert diagnosis.rewrites == ()
    assert "name, greeting" in diagnosis.hint.en


def test_what_is_missing_is_named(diagnosed):
    diagnosis = diagnosed("greet('Ann')", GREET)
    assert diagnosis.rewrites == ()
    assert "greeting" in diagnosis.cause.en
    assert candidates(diagnosed("greet('Ann')", GREET, "greeting = 'Hi '")) == ["greet('Ann', greeting=greeting)"]


def test_methods_are_called_on_objects(diagnosed):
    assert candidates(diagnosed("Dog.bark()", DOG)) == ["Dog().bark()"]
    assert candidates(diagnosed("Dog.bark()", DOG, "rex = Dog()"))[0] == "rex.bark()"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("def bark():\n        return 'w'\nDog().bark()", "def bark(self):\n        return 'w'\nDog().bark()"),
        (
            "def add(a, b):\n        return a + b\nDog().add(1, 2)",
            "def add(self, a, b):\n        return a + b\nDog().add(1, 2)",
        ),
        ("def __int__(self, n):\n        self.n = n\nDog(1)", "def __init__(self, n):\n        self.n = n\nDog(1)"),
        ("def _init_(self, n):\n        self.n = n\nDog(1)", "def __init__(self, n):\n        self.n = n\nDog(1)"),
    ],
)
def test_classes_of_the_cell(diagnosed, typed, meant):
    assert certain(diagnosed(f"class Dog:\n    {typed}")) == f"class Dog:\n    {meant}"


def test_too_many_for_another_reason_is_not_a_missing_self(diagnosed):
    cell = "class Dog:\n    def bark(self):\n        return 'w'\nDog().bark(1)"
    diagnosis = diagnosed(cell)
    assert diagnosis is None or not any(rewrite.certain for rewrite in diagnosis.rewrites)


@pytest.mark.parametrize(
    ("setup", "cell", "meant"),
    [
        ("import numpy as np", "np.zeros(2, 3)", "np.zeros((2, 3))"),
        ("import numpy as np\na = np.array([1])", "np.concatenate(a, a)", "np.concatenate([a, a])"),
        ("import numpy as np", "np.array(1, 2, 3)", "np.array([1, 2, 3])"),
        (FRAME, "pd.concat(df, df)", "pd.concat([df, df])"),
        ("x = 1", "total = sum(x, 2, 3)", "total = sum([x, 2, 3])"),
        ("x = 1", "s = set(1, 2, 3)", "s = set([1, 2, 3])"),
        ("import random", "random.choice(1, 2, 3)", "random.choice([1, 2, 3])"),
        ("xs = [1, 2]", "list(map(xs, str))", "list(map(str, xs))"),
        ("xs = [1, 2]", "list(filter(xs, lambda x: x > 1))", "list(filter(lambda x: x > 1, xs))"),
        ("x = 1", "isinstance(int, x)", "isinstance(x, int)"),
    ],
)
def test_one_list_or_the_other_way_round(diagnosed, setup, cell, meant):
    assert certain(diagnosed(cell, setup)) == meant


def test_several_things_to_append(diagnosed):
    assert candidates(diagnosed("xs.append(1, 2)", "xs = []"))[:2] == ["xs.append((1, 2))", "xs.extend([1, 2])"]
