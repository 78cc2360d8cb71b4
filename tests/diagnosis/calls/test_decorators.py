from __future__ import annotations

from rewriting import certain

TRACED = """def traced(func):
    def wrapper({parameters}):
        print(func.__name__)
        return func({handed})
    return wrapper

@traced
def price(amount, currency="EUR"):
    return f"{{amount}} {{currency}}"

label = price(3, currency="USD")"""


def test_a_wrapper_hands_on_all_arguments(diagnosed):
    whole = TRACED.format(parameters="*args, **kwargs", handed="*args, **kwargs")
    assert certain(diagnosed(TRACED.format(parameters="*args", handed="*args"))) == whole
    assert certain(diagnosed(TRACED.format(parameters="", handed=""))) == whole
    assert certain(diagnosed(TRACED.format(parameters="amount", handed="amount"))) == whole


def test_a_wrapper_that_looks_at_an_argument_is_left_alone(diagnosed):
    cell = TRACED.format(parameters="amount", handed="amount").replace("print(func.__name__)", "print(amount + 1)")
    found = diagnosed(cell)
    assert found is None or not any("*args" in rewrite.cell for rewrite in found.rewrites)


def test_a_generator_in_a_with_statement_is_made_a_context_manager(diagnosed):
    cell = "def section(title):\n    print(title)\n    yield\n    print('end')\n\nwith section('A'):\n    print('text')"
    expected = "from contextlib import contextmanager\n@contextmanager\n" + cell
    assert certain(diagnosed(cell)) == expected
