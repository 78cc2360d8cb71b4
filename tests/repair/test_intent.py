from __future__ import annotations

import pytest

from qwen_magic.repair.intent import doubt, judge
from qwen_magic.snapshot import Variable
from qwen_magic.trial import Ending, TrialResult

CELL = "total = 0\nfor price in prices:\n    total += price\nmean = total / len(prices)"


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (CELL + "  # fixed", "changes nothing"),
        ("total = 0\nfor price in prices:\n    total += price", "no longer defines mean"),
        (f"try:\n    {CELL.replace(chr(10), chr(10) + '    ')}\nexcept Exception:\n    mean = 0", "hides the error"),
        ("prices = [1]\n" + CELL, "overwrites prices"),
        (CELL.replace("    total += price", "    pass\n    total += price"), "hides the error"),
        ("exit()\n" + CELL, "hides the error"),
        (CELL.replace("total / len(prices)", "2.5"), "no longer computes mean"),
        ("total = (", "does not parse"),
        (CELL.replace("mean =", "average =") + "\nprint(mean)", "uses mean of another cell"),
    ],
)
def test_some_changes_are_no_repair(candidate, reason):
    assert judge(CELL, candidate, frozenset({"prices"})).refused == reason


def test_a_rule_may_know_why_something_is_given_up_but_not_leave_old_values_in_its_place():
    cell = "name, age = row\nprint(name, age)"
    assert judge(cell, "name = row\nprint(name)").excusable
    assert not judge(cell, "name, *_ = row\nprint(name, age)").excusable


def test_a_loop_variable_may_be_renamed():
    assert not judge("for a in xs:\n    print(a)", "for b in xs:\n    print(b)").refused


def cost(candidate):
    change = judge(CELL, candidate)
    assert not change.refused
    return change.cost


def test_the_more_is_given_up_the_more_is_to_be_doubted():
    converted = cost(CELL.replace("+= price", "+= float(price)"))
    assert converted < cost(CELL.replace("total / len(prices)", "total"))
    assert converted < cost(CELL.replace("total / len(prices)", "total / len(prices) if prices else 0"))
    assert converted < cost(CELL.replace("    total += price", "    if price:\n        total += price"))


def test_an_invented_default_costs_more_than_the_right_name():
    cell = "x = stock['aple']"
    assert judge(cell, "x = stock['apple']").cost < judge(cell, "x = stock.get('aple', 0)").cost


def test_of_a_cell_that_does_not_parse_the_words_count():
    cell = "for x in xs\n    total += x"
    assert judge(cell, "for x in xs:\n    total += x").cost == 0
    assert judge(cell, "for x in xs:\n    pass").refused == "hides the error"
    assert judge(cell, "total = 1").cost > 1


def test_results_that_came_to_nothing_are_doubtful():
    def result(*variables):
        return TrialResult(Ending.RAN, variables=variables)

    full = Variable("mean", "float", "2.5")
    assert doubt(CELL, result(full)) == 0
    assert doubt(CELL, result(Variable("mean", "NoneType", "None"))) > 0
    assert doubt("found = [x for x in xs]", result(Variable("found", "list", "[]"))) > 0
    assert doubt(CELL, result(full, Variable("helper", "list", "[]"))) == 0


@pytest.mark.parametrize(
    "candidate",
    ["total = sum(xs)", "total = sum(xs)\nassert total == 12", "total = sum(xs)\nassert True"],
)
def test_a_check_that_fails_is_not_what_is_to_be_repaired(candidate):
    assert judge("total = sum(xs)\nassert total == 11", candidate).refused == "checks less"


def test_what_a_check_looks_at_may_be_corrected():
    cell = "assert sales['unit'].sum() == 11, 'units'"
    assert not judge(cell, "assert sales['units'].sum() == 11, 'units'").refused


def test_a_function_of_the_notebook_is_still_called():
    cell = "last_names(['Ada Lovelace'])"
    assert judge(cell, "import re", frozenset({"last_names"})).refused == "no longer calls last_names"
    assert not judge(cell, "last_names(['Ada Lovelace'.split()])", frozenset({"last_names"})).refused
