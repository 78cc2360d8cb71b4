from __future__ import annotations

import pytest
from rewriting import candidates, certain


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("import os\nn = 3", 'os.path.join("run", n, 4)', 'os.path.join("run", str(n), "4")'),
        ("import os", 'os.path.join("a", ["b", "c"])', 'os.path.join("a", *["b", "c"])'),
        ("import re\ncode = 12345", r're.findall(r"\d", code)', r're.findall(r"\d", str(code))'),
        ("import re", 're.sub("a", "b", ["ab", "cb"])', '[re.sub("a", "b", x) for x in ["ab", "cb"]]'),
        ("import re\nm = re.search('1', 'a1')", "int(m)", "int(m.group())"),
        ("import math\nn = '5'", "math.factorial(n)", "math.factorial(int(n))"),
        ("import math\nxs = [1.0, 4.0]", "ys = math.sqrt(xs)", "ys = [math.sqrt(x) for x in xs]"),
        ("from datetime import date", 'date("2024", "1", "5")', 'date(int("2024"), int("1"), int("5"))'),
        ("", 'codes = ord("abc")', 'codes = [ord(x) for x in "abc"]'),
        ("", "for x in range(0, 1, 0.25):\n    pass", "import numpy as np\nfor x in np.arange(0, 1, 0.25):\n    pass"),
        ("from datetime import date\nd = date(2024, 1, 5) - date(2024, 1, 1)", "range(d)", "range(d.days)"),
    ],
)
def test_arguments_are_converted(diagnosed, setup, cell, wanted):
    assert candidates(diagnosed(cell, setup))[0] == wanted


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("import math\nn = 7", "math.factorial(n / 2)", "math.factorial(n // 2)"),
        ("", '"abc".startswith(["a", "b"])', '"abc".startswith(tuple(["a", "b"]))'),
        ("import os", 'os.environ["QWEN_TEST_PORT"] = 8080', 'os.environ["QWEN_TEST_PORT"] = str(8080)'),
        ("n = 3", '[d for d in "2357" if n in "2357"]', '[d for d in "2357" if str(n) in "2357"]'),
    ],
)
def test_what_can_be_meant_in_one_way_only(diagnosed, setup, cell, wanted):
    assert certain(diagnosed(cell, setup)) == wanted


def test_the_length_of_what_another_function_wants_is_not_taken(diagnosed):
    assert diagnosed("random.choice(5)", "import random") is None


@pytest.mark.parametrize(
    "cell",
    [
        "import math\nmath.factorial([5])",
        "import math\nmath.sqrt(None)",
        "def run(n):\n    raise TypeError('must be str, not int')\nrun(3)",
    ],
)
def test_what_has_no_conversion_stays_as_it_is(diagnosed, cell):
    found = diagnosed(cell)
    assert found is None or not found.rewrites


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("sum(int(d) for d in n)", "sum(int(d) for d in str(n))"),
        ("sum(d for d in n)", "sum(d for d in range(n))"),
    ],
)
def test_digits_of_a_number(diagnosed, cell, wanted):
    assert candidates(diagnosed(cell, "n = 12345"))[0] == wanted
