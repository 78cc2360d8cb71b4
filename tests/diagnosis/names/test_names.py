from __future__ import annotations

import pytest
from rewriting import candidates, certain

ACCOUNT = """class Account:
    def __init__(self, balance):
        self.balance = balance
    def show(self):
        print({})
Account(3).show()"""


@pytest.mark.parametrize(
    ("cell", "statement"),
    [
        ("x = np.arange(3)", "import numpy as np"),
        ("df = pd.read_csv('a.csv')", "import pandas as pd"),
        ("counts = Counter('hello')", "from collections import Counter"),
        ("print(sqrt(16), sqrt(4))", "from math import sqrt"),
        ("print(2 * pi)", "from math import pi"),
        ("now = datetime.now()", "from datetime import datetime"),
        ("now = datetime.datetime.now()", "import datetime"),
        ("time.sleep(1)", "import time"),
        ("p = path.join('a', 'b')", "from os import path"),
        ("files = glob.glob('*.csv')", "import glob"),
        ("stack = deque([1])\nstack.append(5)", "from collections import deque"),
        ("@dataclass\nclass P:\n    x: int", "from dataclasses import dataclass"),
        ("class P(ABC):\n    @abstractmethod\n    def f(self): ...", "from abc import ABC, abstractmethod"),
        ("def f(xs: List[int]) -> Optional[int]: ...", "from typing import List, Optional"),
        ("tree = ET.fromstring('<a/>')", "import xml.etree.ElementTree as ET"),
    ],
)
def test_a_name_that_only_one_import_can_bring(diagnosed, cell, statement):
    diagnosis = diagnosed(cell)
    assert certain(diagnosis) == f"{statement}\n{cell}"
    assert "never imported" in diagnosis.cause.en
    assert statement.partition(",")[0] in diagnosis.hint.en
    assert "没有导入" in diagnosis.cause.zh


def test_everything_that_lacks_an_import_is_imported_at_once(diagnosed):
    diagnosis = diagnosed("words = re.findall('a', 'b')\nprint(json.dumps(Counter(words)))")
    assert certain(diagnosis).startswith("import re\nimport json\nfrom collections import Counter\n")


def test_two_origins_are_both_offered(diagnosed):
    assert candidates(diagnosed("print(sqrt(16))", "import numpy as np")) == [
        "print(np.sqrt(16))",
        "from math import sqrt\nprint(sqrt(16))",
    ]
    assert candidates(diagnosed("start = time()"))[0] == "from time import time\nstart = time()"


def test_the_module_that_the_notebook_has_is_used(diagnosed):
    assert certain(diagnosed("print(choice([1, 2]))", "import random")) == "print(random.choice([1, 2]))"


def test_words_of_everyday_are_not_imported_as_a_matter_of_course(diagnosed):
    for cell in ("remove(3)", "result = compute(3)", "print(queue)", "name + 'x'", "print(string)"):
        diagnosis = diagnosed(cell)
        assert diagnosis is None or not any(rewrite.certain for rewrite in diagnosis.rewrites), cell


def test_a_library_that_is_missing_is_named(diagnosed, monkeypatch):
    monkeypatch.setattr("qwen_magic.diagnosis.names.exports.installed", lambda name: False)
    diagnosis = diagnosed("st.write('x')")
    assert diagnosis.rewrites == ()
    assert "%pip install streamlit" in diagnosis.hint.en


@pytest.mark.parametrize(
    ("setup", "cell", "meant"),
    [
        ("user_name = 'Ann'", "print('Hello', userName)", "print('Hello', user_name)"),
        ("numbers = [3, 1]", "print(sorted(nubmers))", "print(sorted(numbers))"),
        ("x = 1", "pritn(x)", "print(x)"),
        ("x = 1", "if Flase:\n    x = 2", "if False:\n    x = 2"),
        ("x = 1", "print(Len([x]))", "print(len([x]))"),
        ("total_price = 3", "print(totalprice * 2, totalprice)", "print(total_price * 2, total_price)"),
    ],
)
def test_a_slip_of_the_keyboard_is_certain(diagnosed, setup, cell, meant):
    diagnosis = diagnosed(cell, setup)
    assert certain(diagnosis) == meant
    assert "is not defined" in diagnosis.cause.en


def test_plurals_and_parts_are_only_offered(diagnosed):
    assert candidates(diagnosed("print(sale)", "sales = [1]"))[0] == "print(sales)"
    assert candidates(diagnosed("print(平均)", "平均分 = 3"))[0] == "print(平均分)"
    assert diagnosed("print(x2)", "x1 = 3") is None


def test_a_name_whose_value_does_not_fit_is_passed_over(diagnosed):
    diagnosis = diagnosed("print(reslut.mean())", "result = [1]\nimport numpy as np\nresults = np.array([1])")
    assert "print(results.mean())" in [rewrite.cell for rewrite in diagnosis.rewrites]
    assert "print(result.mean())" not in [rewrite.cell for rewrite in diagnosis.rewrites]


def test_the_loop_variable_or_parameter_that_nothing_reads_is_meant(diagnosed):
    assert candidates(diagnosed("squares = [n * n for number in range(5)]")) == [
        "squares = [number * number for number in range(5)]"
    ]
    assert "def f(radius):\n    return 3 * radius\nf(2)" in candidates(
        diagnosed("def f(radius):\n    return 3 * r\nf(2)")
    )


@pytest.mark.parametrize(("name", "meant"), [("true", "True"), ("null", "None"), ("FALSE", "False"), ("none", "None")])
def test_words_of_other_languages(diagnosed, name, meant):
    diagnosis = diagnosed(f'data = {{"a": {name}, "b": [{name}]}}')
    assert certain(diagnosis) == f'data = {{"a": {meant}, "b": [{meant}]}}'
    assert f"Write `{meant}`" in diagnosis.hint.en


def test_attributes_of_the_object_need_self(diagnosed):
    diagnosis = diagnosed(ACCOUNT.format("balance"))
    assert certain(diagnosis) == ACCOUNT.format("self.balance")
    assert "self.balance" in diagnosis.hint.zh


def test_columns_and_keys_without_quotes(diagnosed):
    frame = "import pandas as pd\ndf = pd.DataFrame({'name': ['Ann'], 'age': [3], '城市': ['上海']})"
    assert certain(diagnosed("df[name]", frame)) == 'df["name"]'
    assert certain(diagnosed("df[[城市, age]]", frame)) == 'df[["城市", "age"]]'
    assert certain(diagnosed("df.groupby(name).age.mean()", frame)) == 'df.groupby("name").age.mean()'
    assert certain(diagnosed("user[name]", "user = {'name': 1}")) == 'user["name"]'
    assert certain(diagnosed("f = open(data.csv)")) == 'f = open("data.csv")'


def test_words_that_may_be_text(diagnosed):
    assert candidates(diagnosed("names = [Ann, Bob]")) == ['names = ["Ann", "Bob"]']
    assert candidates(diagnosed("print(Hello)")) == ['print("Hello")']
    assert candidates(diagnosed("student = {name: 'Ann', age: 3}"))[0] == """student = {"name": 'Ann', "age": 3}"""
    assert diagnosed("print(accuracy)") is None


def test_what_is_defined_further_down_is_moved_up(diagnosed):
    diagnosis = diagnosed("main()\n\ndef main():\n    print(1)")
    assert "line 3" in diagnosis.cause.en
    assert candidates(diagnosis)[0] == "def main():\n    print(1)\nmain()"


def test_what_the_cell_itself_defines_is_no_import(diagnosed, monkeypatch):
    # Any library may have a name like it.
    monkeypatch.setattr("numpy.main", lambda: None, raising=False)
    assert "line 3" in diagnosed("main()\n\ndef main():\n    print(1)").cause.en


def test_totals_need_a_first_value_before_the_loop(diagnosed):
    cell = "for x in [1, 2]:\n    if x:\n        {}"
    for change, start in (("total += x", "total = 0"), ("kept.append(x)", "kept = []"), ("seen[x] = 1", "seen = {}")):
        diagnosis = diagnosed(cell.format(change))
        assert candidates(diagnosis)[0] == f"{start}\n{cell.format(change)}"
        assert start in diagnosis.hint.en


def test_functions_that_change_what_is_outside(diagnosed):
    cell = "count = 0\ndef inc():\n    'One more.'\n{}    count += 1\ninc()"
    assert candidates(diagnosed(cell.format("")))[0] == cell.format("    global count\n")
    nested = "def outer():\n    n = 0\n    def inner():\n{}        n += 1\n    inner()\nouter()"
    assert candidates(diagnosed(nested.format("")))[0] == nested.format("        nonlocal n\n")


def test_functions_that_hide_a_builtin(diagnosed):
    diagnosis = diagnosed("def f(xs):\n    sum = sum(xs)\n    return sum\nf([1])")
    assert candidates(diagnosis) == ["def f(xs):\n    sum_ = sum(xs)\n    return sum_\nf([1])"]


def test_a_name_that_only_one_branch_sets(diagnosed):
    cell = "def grade(score):\n{}    if score > 90:\n        level = 'A'\n    return level\ngrade(50)"
    assert candidates(diagnosed(cell.format("")))[0] == cell.format('    level = ""\n')


def test_names_of_libraries_own_failures_are_not_ours(diagnosed):
    assert diagnosed("import re\nraise NameError('name re is not here')") is None
