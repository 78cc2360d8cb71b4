from __future__ import annotations

import ast
import re

import pytest

from qwen_magic.recipes import RECIPES, recipe_for
from qwen_magic.snapshot import Variable

FRAME = Variable("df", "DataFrame", "3 rows", "pd.DataFrame({'a': [1]})")
ARRAY = Variable("m", "ndarray", "", "np.array([1])")
LIST = Variable("xs", "list", "", "[1]")
DICT = Variable("d", "dict", "", "{'a': 1}")


@pytest.mark.parametrize(
    ("request_", "variable", "code"),
    [
        ("the mean price per town", FRAME, 'df.groupby("key")["v"].mean()'),
        ("按部门统计平均工资", FRAME, 'df.groupby("key")["v"].mean()'),
        ("每个城市的数量之和", FRAME, 'df.groupby("key")["v"].sum()'),
        ("the total of every shop, largest first", FRAME, ".sort_values(ascending=False)"),
        ("each user's most recent login", FRAME, 'drop_duplicates("key", keep="last")'),
        ("fill the missing heights with the mean of the same class", FRAME, "transform"),
        ("turn it into long format", FRAME, "melt"),
        ("透视表，行索引是城市，列是月份", FRAME, "pivot_table"),
        ("拆分姓名列", FRAME, "str.split"),
        ("how many days lie between start and end", FRAME, ".dt.days"),
        ("divide each row by its sum", ARRAY, "keepdims=True"),
        ("把数组归一化", ARRAY, "a.min()"),
        ("the numbers without duplicates", LIST, "dict.fromkeys"),
        ("累计值", LIST, "itertools.accumulate"),
        ("swap keys and values", DICT, "for key, value in d.items()"),
    ],
)
def test_a_line_of_code_that_belongs_to_a_request(request_, variable, code):
    recipe = recipe_for(request_, [variable])
    assert recipe is not None
    assert code in recipe.code


def test_nothing_for_other_requests_other_data_and_none():
    assert recipe_for("plot it in blue", [FRAME]) is None
    assert recipe_for("the mean price per town", [LIST]) is None
    assert recipe_for("the mean price per town", []) is None
    assert recipe_for("the mean price per town", [Variable("df", "DataFrame", "described, but not shown")]) is None


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title.en)
def test_every_recipe_is_code_in_two_languages_and_can_be_asked_for_in_both(recipe):
    ast.parse(recipe.code if not recipe.code.endswith(":") else f"{recipe.code} pass")
    assert recipe.title.en != recipe.title.zh
    for pattern in recipe.patterns:
        assert re.search("[a-z%$]", pattern)
        assert re.search("[一-鿿]", pattern)


def test_every_recipe_can_be_the_first():
    """One that others stand before for all of its words would never be seen."""
    for number, recipe in enumerate(RECIPES):
        for other in RECIPES[:number]:
            assert not (other.types >= recipe.types and set(other.patterns) <= set(recipe.patterns)), (
                f"{recipe.title.en} stands behind {other.title.en}"
            )
