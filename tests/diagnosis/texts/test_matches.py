from __future__ import annotations

import pytest
from rewriting import candidates


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ('m = re.search("1", "a1")\n"No. " + m', 'm = re.search("1", "a1")\n"No. " + m.group()'),
        ('m = re.search("1", "a1")\nm + 1', 'm = re.search("1", "a1")\nint(m.group()) + 1'),
        ('for m in re.findall("a", "aa"):\n    m.group()', 'for m in re.finditer("a", "aa"):\n    m.group()'),
        ('m = re.findall("a", "aa")\nm.group()', 'm = re.search("a", "aa")\nm.group()'),
        ('m = re.search("(a)", "a")\nm.group(2)', 'm = re.search("(a)", "a")\nm.group(1)'),
    ],
)
def test_a_match_and_its_text(diagnosed, cell, wanted):
    assert candidates(diagnosed(cell, "import re"))[0] == wanted


def test_a_pattern_that_is_meant_as_one_is_not_taken_literally(diagnosed):
    found = diagnosed(r're.findall(r"(?<=a+)\d", "aa1")', "import re")
    assert found is None or not found.rewrites
    assert diagnosed('re.split("a(", "a(b")', "import re").rewrites[0].cell == r're.split(r"a\(", "a(b")'
