from __future__ import annotations

import ast

import pytest

CERTAIN = [
    ("if x > 3\n    print(x)", "if x > 3:\n    print(x)"),
    ("while True\n    if x\n        break", "while True:\n    if x:\n        break"),
    ("def f(x)  # 求和\n    return x", "def f(x):  # 求和\n    return x"),
    ('print "hello", x', 'print("hello", x)'),
    ("if x = 3:\n    pass", "if x == 3:\n    pass"),
    ("print（“你好，世界”）", 'print("你好，世界")'),
    ("names = ['甲，乙'， '丙']  # 名单，三人", "names = ['甲，乙', '丙']  # 名单，三人"),
    ("x\u00a0= 1", "x = 1"),
    ("x = [1, 2, 3\nprint(x)", "x = [1, 2, 3]\nprint(x)"),
    ('print("sum", sum([1, 2])', 'print("sum", sum([1, 2]))'),
    ('print("hello)', 'print("hello")'),
    ("print('It's fine')", 'print("It\'s fine")'),
    ("s = \"abc'", 's = "abc"'),
    ('d = {\n    "a": 1\n    "b": 2,\n}', 'd = {\n    "a": 1,\n    "b": 2,\n}'),
    ("if a && b || !c:\n    pass", "if a and b or not c:\n    pass"),
    ("i++", "i += 1"),
    ("if x:\n    pass\nelse if y:\n    pass", "if x:\n    pass\nelif y:\n    pass"),
    ("for i in range(3):\nprint(i)", "for i in range(3):\n    print(i)"),
    ("def f(a):\n    b = a\nreturn b", "def f(a):\n    b = a\n    return b"),
    ("if True:\n    x = 1\n   y = 2", "if True:\n    x = 1\n    y = 2"),
    ("5 = x", "x = 5"),
    ("x + 1 = y", "y = x + 1"),
    ('open("C:\\Users\\li\\a.csv")', 'open(r"C:\\Users\\li\\a.csv")'),
    ("int x = 5", "x = 5"),
    ("import numpy an np", "import numpy as np"),
    ("pip install pandas\nimport pandas", "%pip install pandas\nimport pandas"),
    ("[x if x > 0 for x in xs]", "[x for x in xs if x > 0]"),
    ("[x for x in xs if x > 0 else 0]", "[x if x > 0 else 0 for x in xs]"),
    ("def f():\n    await g()", "async def f():\n    await g()"),
    ("whlie x:\n    pass", "while x:\n    pass"),
    ("for x range(10):\n    pass", "for x in range(10):\n    pass"),
    ("print(len(x)))", "print(len(x))"),
    ("if x not is None:\n    pass", "if x is not None:\n    pass"),
    ("function add(a, b) {\n    return a + b;\n}", "def add(a, b):\n    return a + b;\n"),
    ("print(xs[0)", "print(xs[0])"),
    ("path = 'C:\\data\\'", "path = 'C:/data/'"),
    ("%time x = 1\nfor i in y\n    pass", "%time x = 1\nfor i in y:\n    pass"),
    ("1 x = 1\n2 y = 2", "x = 1\ny = 2"),
    ('print("a", x\nprint("b", y', 'print("a", x)\nprint("b", y)'),
    ("d = {\n    'n': 1,\n    'm': 2\nprint(d)", "d = {\n    'n': 1,\n    'm': 2\n}\nprint(d)"),
    ("if x > 0:\n    pass\nelse x < 0:\n    pass", "if x > 0:\n    pass\nelif x < 0:\n    pass"),
    ("f = lambda x return x + 1", "f = lambda x: x + 1"),
    ('print(f"Hi {name}")"', 'print(f"Hi {name}")'),
    ("s = 'she said \"hi\", it's ok'", "s = 'she said \"hi\", it\\'s ok'"),
    ("```python\nx = 1\n```", "x = 1"),
    ("x = 3 y = 4", "x = 3\ny = 4"),
    ("for i in xs: print(i) print(2)", "for i in xs: print(i); print(2)"),
    ("def f(x) return x", "def f(x): return x"),
    ("print(x):", "print(x)"),
    ("if x:\n    a\nelse:\n    b\nelif y:\n    c", "if x:\n    a\nelif y:\n    c\nelse:\n    b"),
    ("    import os\n    x = 1\ny = 2", "import os\nx = 1\ny = 2"),
    ("x = a > b ? a : b", "x = a if a > b else b"),
    ("for i = 0; i < 3; i++:\n    print(i)", "for i in range(0, 3):\n    print(i)"),
    ("plot(kind: 'bar', color: 'red')", "plot(kind='bar', color='red')"),
    ('dict("a"=1)', "dict(a=1)"),
    ("sum(i for i in xs, 0)", "sum((i for i in xs), 0)"),
    ("sorted(xs, key=lambda (a, b): b)", "sorted(xs, key=lambda pair: pair[1])"),
    ("f = lambda x: if x > 0: 1 else: 2", "f = lambda x: 1 if x > 0 else 2"),
    ("d = {'a: 1}", "d = {'a': 1}"),
    ('d = {\n    "a: 1,\n    "b": 2\n}', 'd = {\n    "a": 1,\n    "b": 2\n}'),
    ("from math sqrt", "from math import sqrt"),
    ("with open('a') f:\n    pass", "with open('a') as f:\n    pass"),
    ("x = 10L", "x = 10"),
    ('x = b"中文"', 'x = "中文".encode()'),
    ('s = "他说"你好""', "s = '他说\"你好\"'"),
]


@pytest.mark.parametrize(("cell", "wanted"), CERTAIN)
def test_what_can_have_been_meant_in_one_way_only(diagnosed, cell, wanted):
    first = diagnosed(cell).rewrites[0]
    assert (first.cell, first.certain) == (wanted, True)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("total = (a + b / 2", "total = (a + b) / 2"),
        ("f(x) = 3", "f[x] = 3"),
        ("x = 007", 'x = "007"'),
        ("x = 2y + 1", "x = 2 * y + 1"),
        ("plot(x, color='r', y)", "plot(x, y, color='r')"),
        ("class = 3\nprint(class)", "class_ = 3\nprint(class_)"),
        ("df.class", 'df["class"]'),
        ('print("Name:" name)', 'print("Name:" + name)'),
        ("x = 10 if y > 3", "x = 10 if y > 3 else None"),
        ("return 5", "5"),
        ("def f(a=1, b):\n    return a", "def f(b, a=1):\n    return a"),
        ("d = {'a': 1, 'b' 2}", "d = {'a': 1, 'b': 2}"),
        ("x = 1\n  y = 2", "x = 1\ny = 2"),
        ("total price = 3\nprint(total price)", "total_price = 3\nprint(total_price)"),
        ('f"{x}}"', 'f"{x}"'),
        ('print("%d" % x")', 'print("%d" % x)'),
        ('print("total:" len(x))', 'print("total:", len(x))'),
        ("def f(a):\nb = a\nreturn b\n\nf(1)", "def f(a):\n    b = a\n    return b\n\nf(1)"),
    ],
)
def test_what_can_have_been_meant_otherwise_too(diagnosed, cell, wanted):
    rewrites = diagnosed(cell).rewrites
    assert wanted in [rewrite.cell for rewrite in rewrites]
    assert not any(rewrite.certain for rewrite in rewrites)


def test_quotes_inside_an_f_string(diagnosed):
    with_quotes = 'f"{d["a"]}"'
    try:
        ast.parse(with_quotes)
    except SyntaxError:
        assert diagnosed(with_quotes).rewrites[0].cell == "f\"{d['a']}\""


def test_words_say_what_stands_there(diagnosed):
    found = diagnosed("print（1）")
    assert "`（`" in found.cause.en
    assert "英文" in found.cause.zh
    assert "`while`" in diagnosed("while True\n    pass").hint.en + diagnosed("while True\n    pass").cause.en


def test_what_no_small_repair_mends_stays_unexplained(diagnosed):
    assert diagnosed("x = 3 +\ny = 4") is None


def test_a_syntax_error_in_text_that_was_run_is_not_the_cells(diagnosed):
    found = diagnosed("eval('1 +')")
    assert found is None or not found.rewrites
