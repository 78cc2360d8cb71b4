from __future__ import annotations

import pytest


def cells(diagnosis):
    return [rewrite.cell for rewrite in diagnosis.rewrites]


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("s = '3.5'", "int(s)", "int(float(s))"),
        ("s = '1,234'", "int(s)", 'int(s.replace(",", ""))'),
        ("s = '$ 1,234.5'", "float(s)", 'float(s.replace("$", "").replace(",", ""))'),
        ("s = '12.5%'", "rate = float(s)", 'rate = (float(s.rstrip("%")) / 100)'),
        ("s = 'ff'", "int(s)", "int(s, 16)"),
        ("s = '1e3'", "int(s)", "int(float(s))"),
        ("s = '12,13'", "[int(x) for x in s]", '[int(x) for x in s.split(",")]'),
        ("s = '1, 2'", "list(map(int, s.split()))", 'list(map(int, s.split(",")))'),
        ("rows = ['3.5']", "list(map(int, rows))", "list((int(float(x)) for x in rows))"),
    ],
)
def test_texts_that_are_nearly_numbers(diagnosed, setup, cell, wanted):
    found = diagnosed(cell, setup)
    assert found.rule == "not-a-number"
    assert wanted in cells(found)
    assert not any(rewrite.certain for rewrite in found.rewrites)


@pytest.mark.parametrize(
    ("setup", "cell", "wanted"),
    [
        ("rows = ['price', '3', '4']", "[float(r) for r in rows]", "[float(r) for r in rows[1:]]"),
        ("rows = ['1', '', '2']", "[int(r) for r in rows]", "[int(r) for r in rows if r.strip()]"),
        ("rows = [['a', '1'], []]", "for r in rows:\n    r[1]",
         "for r in rows:\n    if not any(r):\n        continue\n    r[1]"),
    ],
)  # fmt: skip
def test_headers_and_blank_lines_are_left_out(diagnosed, setup, cell, wanted):
    assert diagnosed(cell, setup).rewrites[0].cell == wanted


@pytest.mark.parametrize(
    ("text", "asked", "wanted", "certain"),
    [
        ("2024/01/05", "%Y-%m-%d", "%Y/%m/%d", True),
        ("2024年1月5日", "%Y-%m-%d", "%Y年%m月%d日", True),
        ("2024-01-05 08:30", "%Y-%m-%d", "%Y-%m-%d %H:%M", True),
        ("05/01/2024", "%d-%m-%Y", "%d/%m/%Y", False),
        ("01/25/2024", "%d/%m/%Y", "%m/%d/%Y", True),
    ],
)
def test_the_format_is_found_from_the_date(diagnosed, text, asked, wanted, certain):
    found = diagnosed(f"datetime.strptime(when, '{asked}')", f"from datetime import datetime\nwhen = '{text}'")
    assert found.rule == "date-format"
    assert found.rewrites[0].cell == f'datetime.strptime(when, "{wanted}")'
    assert found.rewrites[0].certain == certain


@pytest.mark.parametrize(
    ("setup", "cell", "wanted", "certain"),
    [
        ("text = \"{'a': 1}\"", "json.loads(text)", "import ast\nast.literal_eval(text)", False),
        ("data = {'a': 1}", "json.loads(data)", "data", True),
        ("text = '{}'", "json.load(text)", "json.loads(text)", True),
        ("data = {'a': {1, 2}}", "json.dumps(data)", "json.dumps(data, default=list)", False),
    ],
)
def test_json(diagnosed, setup, cell, wanted, certain):
    first = diagnosed(cell, f"import json\n{setup}").rewrites[0]
    assert (first.cell, first.certain) == (wanted, certain)


def test_a_pattern_that_matches_nothing(diagnosed):
    found = diagnosed(r"m = re.match(r'\d+', 'abc 12')" + "\nm.group()", "import re")
    assert r"m = re.search(r'\d+', 'abc 12')" + "\nm.group()" in cells(found)


def test_files(diagnosed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sales.csv").write_text("a,b\n", encoding="utf-8")
    found = diagnosed("open('Sale.csv')")
    assert found.rewrites[0].cell == "open('sales.csv')"
    assert not found.rewrites[0].certain
    read = "with open('sales.csv') as f:\n    text = f.read()\nlines = f.readlines()"
    assert diagnosed(read).rewrites[0].cell == read.replace("\nlines", "\n    lines")
    found = diagnosed("with open('sales.csv', 'w') as f:\n    f.read()")
    assert found.rewrites[0].cell == "with open('sales.csv', \"r\") as f:\n    f.read()"
    found = diagnosed("with open('n.txt', 'w') as f:\n    f.write(5)")
    assert found.rewrites[0].cell == "with open('n.txt', 'w') as f:\n    f.write(str(5))"
    (tmp_path / "old.txt").write_bytes("中文内容".encode("gbk"))
    read = "with open('old.txt', encoding='utf-8') as f:\n    f.read()"
    assert read.replace("'utf-8'", '"gb18030"') in cells(diagnosed(read))


def test_the_folder_is_made_first(diagnosed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = diagnosed("f = open('out/a.txt', 'w')", "import os")
    assert found.rewrites[0].cell == "os.makedirs('out', exist_ok=True)\nf = open('out/a.txt', 'w')"


@pytest.mark.parametrize(
    ("setup", "cell", "wanted", "certain"),
    [
        ("n = '5'", "for i in range(n):\n    pass", "for i in range(int(n)):\n    pass", False),
        ("n = 10", "for i in range(n / 2):\n    pass", "for i in range(n // 2):\n    pass", True),
        ("xs = [1, 2]", "for i in range(xs):\n    pass", "for i in range(len(xs)):\n    pass", False),
        ("xs = [1, 2]", "', '.join(xs)", "', '.join(map(str, xs))", True),
        ("xs = [1, 2]", "', '.join([x for x in xs])", "', '.join([str(x) for x in xs])", True),
        ("s = '3.14'", "round(s, 1)", "round(float(s), 1)", False),
        ("parts = ['1', '2']", "int(parts)", "[int(x) for x in parts]", False),
        ("x = 5", "isinstance(x, 'int')", "isinstance(x, int)", True),
    ],
)
def test_arguments_of_builtin_functions(diagnosed, setup, cell, wanted, certain):
    first = diagnosed(cell, setup).rewrites[0]
    assert (first.cell, first.certain) == (wanted, certain)
