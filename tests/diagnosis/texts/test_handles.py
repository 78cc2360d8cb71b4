from __future__ import annotations

import pytest
from rewriting import candidates, certain

TABLE = "import csv\nfrom pathlib import Path\nPath('a.csv').write_text('name,age\\nann,2\\n')"
ROWS = "with open('a.csv') as f:\n    for row in csv.{}(f):\n        print(row[{}])"


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ('json.dump({"a": 1}, "a.json")', 'json.dump({"a": 1}, open("a.json", "w"))'),
        ('json.load("a.json")', 'json.load(open("a.json"))'),
        ("json.load('{\"a\": 1}')", "json.loads('{\"a\": 1}')"),
        ('pickle.load("a.pkl")', 'pickle.load(open("a.pkl", "rb"))'),
        ('json.dump({"a": 1})', 'json.dumps({"a": 1})'),
        ("with open('b', 'w') as f:\n    json.dumps({}, f)", "with open('b', 'w') as f:\n    json.dump({}, f)"),
        ("with open('b', 'w') as f:\n    json.dump(f, {})", "with open('b', 'w') as f:\n    json.dump({}, f)"),
    ],
)
def test_a_path_is_no_open_file(diagnosed, cell, wanted):
    assert certain(diagnosed(cell, "import json, pickle")) == wanted


def test_rows_by_name_and_by_place(diagnosed):
    found = candidates(diagnosed(ROWS.format("reader", '"name"'), TABLE))
    assert found[0] == ROWS.format("DictReader", '"name"')
    found = candidates(diagnosed(ROWS.format("DictReader", "0")))
    assert found[:2] == [ROWS.format("DictReader", "'name'"), ROWS.format("reader", "0")]


def test_a_list_that_no_reader_made_is_left_alone(diagnosed):
    found = diagnosed('for row in [[1, 2]]:\n    row["name"]', TABLE)
    assert found is None or all("DictReader" not in rewrite.cell for rewrite in found.rewrites)


def test_a_row_is_a_list(diagnosed):
    found = diagnosed("with open('b.csv', 'w') as f:\n    csv.writer(f).writerow(3)", TABLE)
    assert candidates(found)[0].endswith(".writerow([3])")
