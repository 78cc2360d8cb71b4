from __future__ import annotations

import pytest
from rewriting import candidates, certain


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("", 'x = raw_input("name")', 'x = input("name")'),
        ("", "for i in xrange(3):\n    pass", "for i in range(3):\n    pass"),
        ("", 'isinstance("a", basestring)', 'isinstance("a", str)'),
        ("import math", "math.ln(2)", "math.log(2)"),
        ("import math", "math.max(1, 2)", "max(1, 2)"),
        ("import string", "string.letters", "string.ascii_letters"),
        ("import string", 'string.join(["a", "b"], "-")', '"-".join(["a", "b"])'),
        ("import json", 'json.stringify({"a": 1})', 'json.dumps({"a": 1})'),
    ],
)
def test_names_of_other_versions_and_languages(diagnosed, setup, cell, wanted):
    assert certain(diagnosed(cell, setup)) == wanted


def test_a_word_that_is_somebodys_value_is_no_type_of_python_2(diagnosed):
    found = diagnosed("total = long + 1", "longs = [1]")
    assert found is None or all("int" not in rewrite.cell for rewrite in found.rewrites)


def test_what_may_be_meant_otherwise_is_not_certain(diagnosed):
    assert candidates(diagnosed('re.find(r"a", "abc")', "import re"))[0] == 're.search(r"a", "abc")'


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("from collections import deque\nq = deque()", "q.enqueue(3)", "q.append(3)"),
        ("from datetime import date", "today = date.now()", "today = date.today()"),
        ('import re\nm = re.search("a", "cat")', "m.upper()", "m.group().upper()"),
        ("from pathlib import Path\np = Path('a.csv')", "p.endswith('.csv')", "str(p).endswith('.csv')"),
        ("xs = (x for x in [1, 2])", "xs.next()", "next(xs)"),
    ],
)
def test_methods_that_these_types_do_not_have(diagnosed, setup, cell, wanted):
    assert certain(diagnosed(cell, setup)) == wanted
