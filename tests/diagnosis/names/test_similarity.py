from __future__ import annotations

import pytest

from qwen_magic.diagnosis.names.similarity import close, distance, only_slip, similarity


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("userName", "user_name"),
        ("totalprice", "total_price"),
        ("lenght", "length"),
        ("prnit", "print"),
        ("Total", "Total "),
        ("averge", "average"),
        ("calculate_avrage", "calculate_average"),
        ("ｐrice", "price"),
        ("单价 ", "单价"),
    ],
)
def test_a_slip_has_one_meaning(typed, meant):
    assert only_slip(typed, [meant, "other", "thing"]) == meant


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("df1", "df2"),
        ("start_x", "start_y"),
        ("min_val", "max_val"),
        ("sales_2023", "sales_2024"),
        ("小明", "小红"),
        ("date", "data"),
        ("item", "items"),
        ("encode", "decode"),
        ("sum_", "sum"),
        ("train", "trailer"),
    ],
)
def test_what_may_be_meant_is_not_a_slip(typed, other):
    assert only_slip(typed, [other]) is None


def test_two_equally_close_names_are_no_certainty():
    assert only_slip("colour1", ["color1", "colours1"]) is None
    assert only_slip("Name", ["name", "NAME"]) is None


def test_plurals_are_certain_only_if_asked_for():
    assert only_slip("Prices", ["Price", "Cost"]) is None
    assert only_slip("Prices", ["Price", "Cost"], plural=True) == "Price"
    assert only_slip("category", ["categories"], plural=True) == "categories"


def test_the_closest_come_first_and_strangers_not_at_all():
    names = ["unit_price", "price_list", "prices", "Price", "weather", "pr"]
    assert close("price", names) == ["Price", "prices", "price_list", "unit_price"]
    assert close("avg", ["average", "args", "mean"]) == ["average"]
    assert close("价格", ["单价格", "数量"]) == ["单价格"]


def test_swapped_neighbours_are_one_mistake():
    assert distance("recieve", "receive") == 1
    assert similarity("recieve", "receive") > similarity("receive", "deceive") - 0.01
