from __future__ import annotations

import pytest
from rewriting import candidates, certain

FRAME = 'import pandas as pd\ndf = pd.DataFrame({"Name": ["Ann"], "Total ": [1], "unit_price": [2]})'
INDEXED = 'import pandas as pd\ndf = pd.DataFrame({"n": [1, 2]}, index=["ann", "bob"])'
FRAMES = 'import pandas as pd\na = pd.DataFrame({"user_id": [1]})\nb = pd.DataFrame({"id": [1]})'


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ('df["name"]', 'df["Name"]'),
        ("df['Total'] = df['Total'] * 2", "df['Total '] = df['Total '] * 2"),
        ('x = df[["name", "unitprice"]].head()', 'x = df[["Name", "unit_price"]].head()'),
        ('df.groupby("Name")["unit price"].sum()', 'df.groupby("Name")["unit_price"].sum()'),
        ('df.groupby("Name").agg({"unit_prices": "sum"})', 'df.groupby("Name").agg({"unit_price": "sum"})'),
        ('df.sort_values("Unit Price")', 'df.sort_values("unit_price")'),
        ('df.loc[:, ["name", "unit_price"]]', 'df.loc[:, ["Name", "unit_price"]]'),
        ('df.set_index("nmae")', 'df.set_index("Name")'),
        ('df.drop(columns=["total"])', 'df.drop(columns=["Total "])'),
        ('for c in ["Name", "total"]:\n    df[c]', 'for c in ["Name", "Total "]:\n    df[c]'),
        ('df.apply(lambda r: r["unit_prise"] * 2, axis=1)', 'df.apply(lambda r: r["unit_price"] * 2, axis=1)'),
    ],
)
def test_columns_with_one_close_name(diagnosed, cell, meant):
    diagnosis = diagnosed(cell, FRAME)
    assert certain(diagnosis) == meant
    assert "there is " in diagnosis.cause.en
    assert "没有" in diagnosis.cause.zh


def test_a_column_named_by_the_caller_is_changed_there(diagnosed):
    function = "def mean_of(frame, column):\n    return frame[column].mean()"
    assert certain(diagnosed('mean_of(df, "UnitPrice")', FRAME, function)) == 'mean_of(df, "unit_price")'


def test_columns_that_are_only_somewhat_close(diagnosed):
    setup = 'import pandas as pd\n销售 = pd.DataFrame({"商品名称": ["a"], "销售额": [1]})'
    assert candidates(diagnosed('销售["商品"]', setup)) == ['销售["商品名称"]']


def test_a_strange_column_only_brings_the_list_of_those_there(diagnosed):
    diagnosis = diagnosed('df["weight"]', FRAME)
    assert diagnosis.rewrites == ()
    assert "there are 'Name', 'Total ', 'unit_price'" in diagnosis.cause.en


def test_keys_of_dicts(diagnosed):
    assert certain(diagnosed("print(user['Name'])", "user = {'name': 'Ann', 'age': 3}")) == "print(user['name'])"
    assert certain(diagnosed('scores["1"]', "scores = {1: 'a', 2: 'b'}")) == "scores[1]"
    assert certain(diagnosed("df[2020]", "import pandas as pd\ndf = pd.DataFrame({'2020': [1]})")) == "df['2020']"
    assert candidates(diagnosed("print(user['email'])", "user = {'n': 1, 'm': 2}")) == ["print(user.get('email', 0))"]


def test_every_dict_that_a_loop_meets_must_have_the_key(diagnosed):
    loop = "for row in rows:\n    print(row['{}'])"
    rows = "rows = [{'name': 'a'}, {'name': 'b'}]"
    assert certain(diagnosed(loop.format("Name"), rows)) == loop.format("name")
    uneven = "rows = [{'name': 'a'}, {'nme': 'b'}]"
    assert "print(row.get('name', \"\"))" in candidates(diagnosed(loop.format("name"), uneven))[1]


def test_the_key_is_one_level_down(diagnosed):
    diagnosis = diagnosed("data['name']", "data = {'user': {'name': 'Ann', 'id': 3}, 'ok': True}")
    assert candidates(diagnosis)[0] == "data['user']['name']"
    assert "one level further down" in diagnosis.cause.en


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("counts[word] += 1", "counts[word] = counts.get(word, 0) + 1"),
        ("counts[word] = counts[word] + 1", "counts[word] = counts.get(word, 0) + 1"),
        ("counts[word].append(1)", "counts.setdefault(word, []).append(1)"),
    ],
)
def test_the_first_time_in_a_loop(diagnosed, line, meant):
    loop = "counts = {{}}\nfor word in ['a', 'b']:\n    {}"
    assert certain(diagnosed(loop.format(line))) == loop.format(meant)


def test_adding_to_a_key_that_is_written_out_is_no_counting(diagnosed):
    diagnosis = diagnosed("stock['pears'] += 1", "stock = {'pear': 1}")
    assert certain(diagnosis) == "stock['pear'] += 1"


def test_what_is_not_there_cannot_be_removed(diagnosed):
    assert candidates(diagnosed("del d['b']", "d = {'a': 1}")) == ["d.pop('b', None)"]
    assert candidates(diagnosed("s.remove(3)", "s = {1, 2}")) == ["s.discard(3)"]


def test_environment_variables(diagnosed, monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "x")
    cells = candidates(diagnosed("os.environ['MY_TOKNE']", "import os"))
    assert cells == ["os.environ['MY_TOKEN']", "os.environ.get('MY_TOKNE')"]


@pytest.mark.parametrize(
    ("setup", "cell", "meant"),
    [
        (FRAME, 'df.drop("Name")', 'df.drop(columns="Name")'),
        (FRAME, 'df.drop(["Name", "unit_price"])', 'df.drop(columns=["Name", "unit_price"])'),
        (FRAME, 'df["Name", "unit_price"]', 'df[["Name", "unit_price"]]'),
        (INDEXED, 'df["ann"]', 'df.loc["ann"]'),
        ("import pandas as pd\ns = pd.Series([1], index=['a'])", "s[0]", "s.iloc[0]"),
        ("import pandas as pd\ns = pd.Series([1, 2])", "s[-1]", "s.iloc[-1]"),
    ],
)
def test_pandas_looked_in_the_wrong_place(diagnosed, setup, cell, meant):
    if "s[0]" in cell:
        pandas = pytest.importorskip("pandas")
        # Before pandas 3, this still took a position.
        if int(pandas.__version__.split(".")[0]) < 3:
            return
    assert certain(diagnosed(cell, setup)) == meant


def test_positions_of_a_frame_may_be_rows_or_columns(diagnosed):
    assert candidates(diagnosed("df[0]", FRAME))[:2] == ["df.iloc[0]", "df.iloc[:, 0]"]


def test_a_column_that_has_become_the_index(diagnosed):
    diagnosis = diagnosed('df["Name"].unique()', FRAME, 'df = df.set_index("Name")')
    assert candidates(diagnosis)[0] == 'df.reset_index()["Name"].unique()'


def test_merges_on_a_column_of_one_side(diagnosed):
    diagnosis = diagnosed('a.merge(b, on="id")', FRAMES)
    assert "a.merge(b, left_on='user_id', right_on='id')" in [rewrite.cell for rewrite in diagnosis.rewrites]
    diagnosis = diagnosed('pd.merge(a, b, on="user_id")', FRAMES)
    assert "pd.merge(a, b, left_on='user_id', right_on='id')" in [rewrite.cell for rewrite in diagnosis.rewrites]


def test_a_column_that_was_looked_for_among_the_rows(diagnosed):
    diagnosis = diagnosed('df.loc["n"]', INDEXED)
    assert 'df["n"]' in [rewrite.cell for rewrite in diagnosis.rewrites]


def test_keys_of_unknown_mappings_are_left_alone(diagnosed):
    own = "class D(dict):\n    def __missing__(self, key):\n        raise KeyError(key)\nd = D(name=1)"
    assert diagnosed("d['nmae']", own) is None
    assert diagnosed("'{name}'.format(nme=3)") is None
