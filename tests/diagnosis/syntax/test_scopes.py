from __future__ import annotations

from rewriting import certain


def test_a_declaration_comes_first_in_its_function(diagnosed):
    cell = "score = 0\ndef hit(n):\n    score = score + n\n    global score\n    return score"
    assert (
        certain(diagnosed(cell)) == "score = 0\ndef hit(n):\n    global score\n    score = score + n\n    return score"
    )


def test_names_of_constants_in_patterns_are_written_as_their_values(diagnosed):
    cell = "NORTH, SOUTH = 'n', 's'\nmatch 's':\n    case NORTH:\n        x = 1\n    case SOUTH:\n        x = 2"
    assert certain(diagnosed(cell)) == cell.replace("case NORTH", "case 'n'").replace("case SOUTH", "case 's'")


def test_a_name_that_is_not_known_may_be_meant_as_a_variable(diagnosed):
    found = diagnosed(
        "def f(x):\n    match x:\n        case other:\n            pass\n        case 's':\n            pass"
    )
    assert found is None or not found.rewrites


def test_declarations_only_declare(diagnosed):
    assert certain(diagnosed("def f():\n    global n = 3\nf()")) == "def f():\n    global n\n    n = 3\nf()"
    assert certain(diagnosed("def f():\n    nonlocal n\n    n = 3\nf()")) == "def f():\n    global n\n    n = 3\nf()"


def test_the_case_for_the_rest_comes_last(diagnosed):
    cell = "match 2:\n    case 1:\n        x = 1\n    case _:\n        x = 0\n    case 2:\n        x = 2"
    fixed = "match 2:\n    case 1:\n        x = 1\n    case 2:\n        x = 2\n    case _:\n        x = 0"
    assert certain(diagnosed(cell)) == fixed
    assert certain(diagnosed("match 2:\n    case str:\n        x = 1\n    case int:\n        x = 2")) == (
        "match 2:\n    case str():\n        x = 1\n    case int():\n        x = 2"
    )
