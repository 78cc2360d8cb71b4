from __future__ import annotations

import pytest

from qwen_magic.diagnosis.texts import numerals


def cells(diagnosis):
    return [rewrite.cell for rewrite in diagnosis.rewrites]


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("age = '31'", "adult = age >= 18", "adult = int(age) >= 18"),
        ("total, x = 0, '2.5'", "total += x", "total += float(x)"),
        ("price = '¥1,299.00'", "price + 100", 'float(price.replace("¥", "").replace(",", "")) + 100'),
        ("rate = '45%'", "1 - rate", '1 - (float(rate.rstrip("%")) / 100)'),
        ("w = '12kg'", "w - 2", 'int(w.removesuffix("kg")) - 2'),
        ("分数 = {'语文': '90', '数学': 95}", "分数['语文'] + 分数['数学']", "int(分数['语文']) + 分数['数学']"),
        ("start, end = '3', '10'", "end - start", "int(end) - int(start)"),
        ("s = 'abc-x'", "s - 'x'", "s.replace('x', \"\")"),
    ],
)
def test_text_that_is_a_number_is_read_as_one(diagnosed, setup, cell, wanted):
    assert diagnosed(cell, setup).rewrites[0].cell == wanted


def test_the_cause_names_both_values(diagnosed):
    found = diagnosed("age >= 18", "age = '31'")
    assert found.rule == "text-and-number"
    assert "`age` is the text '31'" in found.cause.en
    assert "`age` 是文本 '31'" in found.cause.zh
    assert "int(age)" in found.hint.en


def test_neighbours_decide_between_int_and_float(diagnosed):
    cell = "total = 0\nfor x in xs:\n    total += x"
    assert cells(diagnosed(cell, "xs = ['1', '2.5']"))[0].endswith("total += float(x)")


def test_the_conversion_is_also_offered_where_the_value_was_made(diagnosed):
    found = cells(diagnosed("a, b = line.split()\na / 2", "line = '3 4'"))
    assert found[:2] == ["a, b = line.split()\nint(a) / 2", "a, b = map(int, line.split())\na / 2"]
    found = cells(diagnosed('def add(a, b):\n    return a + b\nadd("3", 4)'))
    assert "def add(a, b):\n    return a + b\nadd(3, 4)" in found


@pytest.mark.parametrize(
    ("setup", "cell", "wanted", "certain"),
    [
        ("n = 5", 'print("Total: " + n)', 'print("Total: " + str(n))', True),
        ("a, n = 'Li', 3", '"I am " + a + ", " + n + "!"', '"I am " + a + ", " + str(n) + "!"', True),
        ("a, b = 1, 2", '"Sum: " + a + b', '"Sum: " + str(a) + str(b)', False),
        ("s, n = 'abc', 5", "s + n", "s + str(n)", False),
    ],
)
def test_a_number_in_a_sentence_becomes_text(diagnosed, setup, cell, wanted, certain):
    first = diagnosed(cell, setup).rewrites[0]
    assert (first.cell, first.certain) == (wanted, certain)


def test_digits_plus_a_number_stay_open(diagnosed):
    found = diagnosed("a + b", "a, b = '3', 4")
    assert not any(rewrite.certain for rewrite in found.rewrites)
    assert {"int(a) + b", "a + str(b)"} <= set(cells(found))


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("xs, ys = [1, 2, 3], [2]", "xs - ys", "[x for x in xs if x not in ys]"),
        ("xs = ['a']", "xs + 'b'", "xs + ['b']"),
        ("xs = ['a']", '"Items: " + xs', '"Items: " + str(xs)'),
        ("xs = [1, 2]", "xs + (3, 4)", "xs + list((3, 4))"),
        ("xs = [1, 2]", "xs / 2", "[x / 2 for x in xs]"),
        ("xs = [1, 2]", "big = xs > 1", "big = len(xs) > 1"),
        ("p, q = [1, 2], [3, 4]", "p * q", "[a * b for a, b in zip(p, q)]"),
        ("s = 'a'", "s.upper + '!'", "s.upper() + '!'"),
        ("b = b'a'", "b + 'c'", "b.decode() + 'c'"),
    ],
)
def test_collections_have_other_ways(diagnosed, setup, cell, wanted):
    assert wanted in cells(diagnosed(cell, setup))


def test_dicts_are_merged(diagnosed):
    first = diagnosed("c = a + b", "a, b = {'x': 1}, {'y': 2}").rewrites[0]
    assert (first.cell, first.certain) == ("c = a | b", True)


@pytest.mark.parametrize(
    ("setup", "cell", "wanted", "certain"),
    [
        ("xs = ['90', '85']", "sum(xs)", "sum(map(int, xs))", False),
        ("xs = ['90', '8.5']", "sum(xs)", "sum(map(float, xs))", False),
        ("rows = ['a 1']", "sum(r.split()[1] for r in rows)", "sum(int(r.split()[1]) for r in rows)", False),
        ("xs = ['a', 'b']", "sum(xs)", '"".join(xs)', False),
        ("xs = [3, None, 1]", "sorted(xs)", "sorted([x for x in xs if x is not None])", False),
        ("xs = [1, '2']", "max(xs)", "max(map(int, xs))", False),
        ("ds = [{'n': 'a', 'v': 3}, {'n': 'b', 'v': 5}]", "max(ds)", "max(ds, key=lambda x: x['v'])", False),
        ("ps = [('a', 3), ('b', 5)]", "sum(ps)", "sum(x[1] for x in ps)", False),
    ],
)
def test_sums_and_orders(diagnosed, setup, cell, wanted, certain):
    first = diagnosed(cell, setup).rewrites[0]
    assert (first.cell, first.certain) == (wanted, certain)


def test_a_function_without_return(diagnosed):
    cell = "def total(xs):\n    s = 0\n    for x in xs:\n        s += x\n\nt = total([1]) + 1"
    found = diagnosed(cell)
    assert found.rule == "missing-return"
    assert found.rewrites[0].cell == cell.replace("s += x\n", "s += x\n    return s\n")
    assert found.rewrites[0].certain
    assert "`total` returns nothing" in found.cause.en


def test_a_function_that_prints_may_have_been_meant_to_return(diagnosed):
    found = diagnosed("def f(x):\n    print(x * 2)\ny = f(2) + 1")
    assert found.rewrites[0].cell == "def f(x):\n    return x * 2\ny = f(2) + 1"
    assert not found.rewrites[0].certain


def test_a_method_that_works_in_place(diagnosed):
    found = diagnosed("xs = xs.sort()\nxs[0]", "xs = [3, 1]")
    assert found.rule == "in-place-method"
    assert cells(found) == ["xs.sort()\nxs[0]", "xs = sorted(xs)\nxs[0]"]


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("from datetime import date, timedelta\nd = date(2024, 1, 5)", "d + 7", "d + timedelta(days=7)"),
        ("from datetime import date\nd = date(2024, 1, 5)", "d - '2024-01-01'", "d - date.fromisoformat('2024-01-01')"),
        ("from decimal import Decimal\nd = Decimal('1.5')", "d * 0.1", "d * Decimal(str(0.1))"),
        ("name = 'Li'", 'print("%s is %d" % name, 5)', 'print("%s is %d" % (name, 5))'),
        ("price = '3.5'", 'f"{price:.2f}"', 'f"{float(price):.2f}"'),
        ("x = 3.5", 'f"{x:d}"', 'f"{x:.0f}"'),
    ],
)
def test_dates_decimals_and_formats(diagnosed, setup, cell, wanted):
    assert diagnosed(cell, setup).rewrites[0].cell == wanted


def test_operators_of_the_users_own_classes_are_left_alone(diagnosed):
    assert diagnosed("Point() + 1", "class Point:\n    pass") is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12", ["int(s)", "float(s)"]),
        ("1.234,5", ['float(s.replace(".", "").replace(",", "."))']),
        ("3,5", ['float(s.replace(",", "."))']),
        ("20元", ['int(s.replace("元", ""))', 'float(s.replace("元", ""))']),
        ("nothing", []),
        ("", []),
    ],
)
def test_readings_of_numbers(text, wanted):
    assert numerals.reading(text, "s") == wanted
