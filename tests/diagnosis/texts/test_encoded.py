from __future__ import annotations

from rewriting import candidates, certain


def test_text_is_encoded_where_bytes_are_wanted(diagnosed):
    setup = "import hashlib\nname = 'ann'"
    assert certain(diagnosed("hashlib.md5(name).hexdigest()", setup)) == "hashlib.md5(name.encode()).hexdigest()"


def test_bytes_are_split_as_text(diagnosed):
    assert candidates(diagnosed("data.split(',')", "data = b'a,b'"))[0] == "data.decode().split(',')"


def test_a_byte_order_mark_is_no_part_of_a_name(diagnosed, tmp_path):
    path = tmp_path / "staff.csv"
    path.write_text("name,age\nann,3\n", encoding="utf-8-sig")
    cell = "with open(path, encoding='utf-8') as f:\n    for row in csv.DictReader(f):\n        print(row['name'])"
    found = diagnosed(cell, f"import csv\npath = {str(path)!r}")
    assert certain(found) == cell.replace("'utf-8'", '"utf-8-sig"')


def test_one_json_value_a_line(diagnosed):
    setup = 'import json\ntext = \'{"n": 1}\\n{"n": 2}\\n\''
    expected = "rows = [json.loads(line) for line in text.splitlines() if line.strip()]"
    assert certain(diagnosed("rows = json.loads(text)", setup)) == expected
