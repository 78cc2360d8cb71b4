from __future__ import annotations

from rewriting import candidates


def test_lines_above_a_table_are_skipped(diagnosed):
    setup = "import pandas as pd, io\ntext = 'Exported by us\\nStation 4\\ntime,temp\\n8,11\\n'"
    found = diagnosed("df = pd.read_csv(io.StringIO(text))", setup)
    assert candidates(found)[0] == "df = pd.read_csv(io.StringIO(text), skiprows=2)"
