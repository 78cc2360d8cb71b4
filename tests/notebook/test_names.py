"""Which names a cell uses."""

from __future__ import annotations

import pytest

from qwen_magic.notebook import names


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("b + a", ("b", "a")),
        ("a = b", ("b",)),
        ("a += 1", ("a",)),
        ("a.b[c]", ("a", "c")),
        ("[x * rate for x in rows]", ("rate", "rows")),
        ("def f(x):\n    y = x\n    return y + z", ("z",)),
        ("x + 1\nlambda x: x", ("x",)),
        ("await fetch(url)", ("fetch", "url")),
        ("print(a", ("print", "a")),
        ("def f(a\n  b.c", ("a", "b")),
        ("get_ipython().run_cell_magic('time', '', 'a + b\\n')", ("get_ipython", "a", "b")),
        ("", ()),
    ],
)
def test_names_in_the_order_they_are_first_read(source, expected):
    assert names.used(source) == expected


FURNITURE = ["In", "Out", "Err", "_", "__", "_i", "_i12", "_5", "_oh", "get_ipython", "__name__", "a.b"]


@pytest.mark.parametrize("name", FURNITURE)
def test_names_that_are_not_the_users(name):
    assert not names.is_users(name)


@pytest.mark.parametrize("name", ["x", "_total", "In2", "_index", "数据"])
def test_names_that_can_be_the_users(name):
    assert names.is_users(name)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Sort sales by price, then plot df.", ("sales", "price", "df")),
        ("Why doesn't `df` have rows?  It's odd: sales does.", ("df", "sales")),
        ("给df增加一列 `等级`", ("df",)),
        ("按部门统计员工的平均工资", ("员工",)),
        ("员工表和员工", ("员工表", "员工")),
        ("Use df.price, not the prices.", ("df",)),
        ("A function that takes a list", ()),
        ("Print `a`, please.", ("a",)),
        ("", ()),
    ],
)
def test_names_that_a_question_speaks_of(words, expected):
    known = ["a", "A", "df", "price", "sales", "员工", "员工表"]
    assert names.mentioned(words, known) == expected


def test_without_names_none_are_spoken_of():
    assert names.mentioned("df", []) == ()
