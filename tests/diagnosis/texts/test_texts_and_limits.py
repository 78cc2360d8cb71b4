from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("", "s = '<p a=\"{b: c}\">{}</p>'.format('hi')", "s = '<p a=\"{{b: c}}\">{}</p>'.format('hi')"),
        ("t = '{x}: {set} {0}'", "t = '{x}: {set} {0}'\nt.format(1)", "t = '{{x}}: {{set}} {0}'\nt.format(1)"),
        ("", "'{a: {name}}'.format(name='n')", "'{{a: {name}}}'.format(name='n')"),
    ],
)  # fmt: skip
def test_braces_that_are_meant_as_they_are(diagnosed, setup, cell, wanted):
    found = diagnosed(cell, setup)
    assert found.rule == "literal-braces"
    assert found.rewrites[0].cell == wanted


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("", "'{name}!'.format('Li')", "'{name}!'.format(name='Li')"),
        ("pair = (1, 2)", "'{} {}'.format(pair)", "'{} {}'.format(*pair)"),
        ("rows = [('a', 1, 2)]", "['%s: %d of %d' % (n, a) for n, a, b in rows]",
         "['%s: %d of %d' % (n, a, b) for n, a, b in rows]"),
        ("p = (1, 2)", "'point %s' % p", "'point %s' % (p,)"),
    ],
)  # fmt: skip
def test_places_get_the_values_that_are_there(diagnosed, setup, cell, wanted):
    assert diagnosed(cell, setup).rewrites[0].cell == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("p = base / 'a' + '/b.txt'", None),
        ("p = base + '/b.txt'", "p = base / 'b.txt'"),
        ("p = base + name", "p = base / name"),
        ("p = base + '_old'", "p = base.with_name(base.name + '_old')"),
        ("p = 'x/' + base", "p = 'x/' + str(base)"),
    ],
)
def test_paths_are_joined_with_a_slash(diagnosed, cell, wanted):
    found = diagnosed(cell, "from pathlib import Path\nbase, name = Path('out'), 'c.txt'")
    assert found.rule == "joined-path"
    assert wanted is None or found.rewrites[0].cell == wanted


def test_a_new_file_is_opened_to_be_written(diagnosed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = diagnosed("with open('log.txt', encoding='utf-8') as out:\n    out.write('hi')")
    assert found.rewrites[0].cell == "with open('log.txt', mode=\"w\", encoding='utf-8') as out:\n    out.write('hi')"
    assert found.rewrites[0].certain
    reading = diagnosed("with open('log.txt') as f:\n    f.read()")
    assert reading.rule == "no-such-file"


@pytest.mark.parametrize(
    ("setup", "cell", "rule", "wanted"),
    [
        ("import math\nxs = [4, -1]", "[math.sqrt(x) for x in xs]", "out-of-domain",
         "[math.sqrt(x) for x in xs if x >= 0]"),
        ("import math", "math.log(0)", "out-of-domain", "math.log1p(0)"),
        ("from datetime import date", "date(2024, 25, 12)", "no-such-day", "date(2024, 12, 25)"),
        ("import calendar\nfrom datetime import date", "date(2023, 2, 30)", "no-such-day",
         "date(2023, 2, min(30, calendar.monthrange(2023, 2)[1]))"),
        ("import re", "re.split('*', 'a*b')", "wrong-pattern", 're.split(r"\\*", \'a*b\')'),
    ],
)  # fmt: skip
def test_values_that_a_function_cannot_take(diagnosed, setup, cell, rule, wanted):
    found = diagnosed(cell, setup)
    assert (found.rule, found.rewrites[0].cell) == (rule, wanted)


def test_a_condition_asks_for_the_text_as_it_is_held(diagnosed):
    setup = "pets = [{'kind': 'Cat', 'age': 3}, {'kind': 'Dog', 'age': 5}]"
    found = diagnosed("oldest = max(p['age'] for p in pets if p['kind'] == 'cat')", setup)
    assert found.rewrites[0].cell == "oldest = max(p['age'] for p in pets if p['kind'] == \"Cat\")"


def test_a_function_hides_the_module_of_its_name(diagnosed):
    found = diagnosed("random.seed(1)\nrandom.choice([1])", "from random import random")
    assert found.rewrites[0].cell == "import random\nrandom.seed(1)\nrandom.choice([1])"
    assert found.rewrites[0].certain


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("def down(n):\n    return [n] + down(n - 1)\n\ndown(3)", "    if n <= 0:\n        return []\n"),
        ("def line(n):\n    return '*' + line(n - 1)\n\nline(3)", '    if n <= 0:\n        return ""\n'),
        ("def power(n):\n    return 2 * power(n - 1)\n\npower(3)", "    if n <= 1:\n        return 1\n"),
    ],
)
def test_the_last_result_leaves_the_others_as_they_are(diagnosed, cell, wanted):
    assert wanted in diagnosed(cell).rewrites[0].cell


def test_a_text_is_not_gone_into_for_ever(diagnosed):
    cell = (
        "def flat(xs):\n    for x in xs:\n        if hasattr(x, '__iter__'):\n            yield from flat(x)\n"
        "        else:\n            yield x\n\nlist(flat(['ab', [1]]))"
    )
    found = diagnosed(cell)
    assert "        if hasattr(x, '__iter__') and not isinstance(x, str):\n" in found.rewrites[0].cell
    assert found.rewrites[0].certain
