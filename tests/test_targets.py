from __future__ import annotations

import pytest

from qwen_magic.targets import missing, named, targets
from qwen_magic.wanted import wanted


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ("put the total units into `totals` (a Series)", ("totals",)),
        ("Make `best`: the name of the best product of every region", ("best",)),
        ("store it in a dict `per_hour`, and the rest in a list `others`", ("per_hour", "others")),
        ("average score per class, save the result in a variable called class_mean", ("class_mean",)),
        ("keep the three best and store them as top3.", ("top3",)),
        ("a dict from names to ages, call it age_of", ("age_of",)),
        ("Build a dict with the total of each category, called totals", ("totals",)),
        ("save the cleaned rows as df_clean", ("df_clean",)),
        ("把平均分存到字典 `平均分` 里，再把最高的人存到变量 `第一名`", ("平均分", "第一名")),
        ("按部门统计，结果放到 DataFrame `统计` 里", ("统计",)),
        ("求每一行的最大值,结果保存为 row_max", ("row_max",)),
        ("根据 df 生成一个透视表 `result`（DataFrame）", ("result",)),
    ],
)
def test_names_that_a_request_wants_its_results_under(request_, names):
    assert targets(request_, {"df", "sales"}) == names


@pytest.mark.parametrize(
    "request_",
    [
        "Add a column `ratio` to df",
        "add columns called `first` and `last` to df",
        "Write a function `median(xs)` that returns the median as a float",
        "sort it in place",
        "count the vowels in 'hello'",
        "put them in order.",
        "save it as csv",
        "group `sales` by region and put the rows in `df`",
        "convert the list to `int`",
        "给 df 增加一列 `等级`",
        "把 df 中缺失的库存填成 0,并把这一列转换为整数类型",
        "结果放到 DataFrame 里",
    ],
)
def test_columns_functions_and_what_the_notebook_has_are_no_such_names(request_):
    assert targets(request_, {"df", "sales"}) == ()


def test_what_is_neither_bound_nor_a_column_is_missing():
    assert missing("totals = 1\nfor best in xs: pass", ["totals", "best", "rest"]) == ("rest",)
    assert missing("def f():\n    totals = 1\nf()", ["totals"]) == ("totals",)
    assert missing("df['ratio'] = df.assign(share=1).mean", ["ratio", "share", "mean"]) == ()
    assert missing("import numpy as np\ndef f(xs): pass", ["numpy", "xs"]) == ()
    assert missing("x = = 1", ["y"]) == ()


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("found = [1]\nprint(found)", "best = [1]\nprint(best)"),
        ("found = [1]\nprint('Found:', found)", "best = [1]\nprint('Found:', best)"),
        ("print(max(xs))", "best = max(xs)\nprint(best)"),
        ("df.groupby('a').sum()", "best = df.groupby('a').sum()\nbest"),
        ("df = df.dropna()\nprint(df)", "best = df.dropna()\nprint(best)"),
        (
            "def f(found):\n    return found\nfound = f(1)",
            "def f(found):\n    return found\nfound = f(1)\nbest = found",
        ),
        ("print(df)", "print(df)"),
        ("for x in xs:\n    print(x)", "for x in xs:\n    print(x)"),
        ("print('done')", "print('done')"),
    ],
)
def test_the_last_result_gets_the_name(code, result):
    assert named(code, "best", {"df", "xs"}) == result


def test_examples_may_speak_of_the_names_that_are_wanted():
    asked = wanted("Count the rows per hour into a dict `per_hour`, e.g. per_hour[14] == 2", {"log"})
    assert asked.names == ("per_hour",)
    assert [example.shown for example in asked.examples] == ["per_hour[14] == 2"]
