from __future__ import annotations

from textwrap import dedent

import pytest

from qwen_magic.sample_data import with_own_data
from qwen_magic.snapshot import Variable

SALES = Variable("sales", "DataFrame", "6 rows x 2 columns")
CART = Variable("cart", "list", "[('bread', 1)]")
MADE_UP = """
import pandas as pd

# Sample DataFrame
{name} = pd.DataFrame({{
    'region': ['A', 'B'],
    'units': [100, 200],
}})

total = {name}['units'].sum()
"""


def own(code, words="Sum the units of sales into total.", *variables):
    return with_own_data(dedent(code).strip(), words, variables or (SALES,))


def test_a_made_up_table_does_not_take_the_place_of_the_real_one():
    assert own(MADE_UP.format(name="sales")) == "import pandas as pd\n\ntotal = sales['units'].sum()"


def test_under_another_name_it_becomes_a_copy_of_the_real_one():
    assert "df = sales.copy()\n\ntotal = df['units'].sum()" in own(MADE_UP.format(name="df"))


def test_rows_that_were_written_down_first_go_with_it():
    code = "data = {'units': [100, 200]}\nsales = pd.DataFrame(data)\ntotal = sales['units'].sum()"
    assert own(code) == "total = sales['units'].sum()"
    assert own(code.replace("sales", "df")) == "df = sales.copy()\ntotal = df['units'].sum()"


def test_files_that_nobody_spoke_of_are_not_read():
    assert own("sales = pd.read_csv('sales.csv')\ntotal = sales.units.sum()") == "total = sales.units.sum()"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sales = pd.read_csv('sales.csv')\nprint(sales)", "Read sales.csv into sales and print it."),
        ("cart = ['a', 'b']\nprint(cart)", "Let cart be a and b, and print it."),
        ("cart = ['x', 'y']", "Put two letters into cart."),
        ("cart = [item for item in cart if item]\nprint(cart)", "Leave empty items of cart out."),
        ("cart = []\nfor n in range(3):\n    cart.append(n)", "Fill cart with numbers."),
        (
            "before = len(cart)\ncart = ['x', 'y']\nprint(before, cart)",
            "Put two letters into cart, print how many it had.",
        ),
        ("cart = ['x', 'y']; size = len(cart)\nprint(cart)", "Print the size of cart."),
        ("cart = cart + ['milk']\nprint(cart)", "Add something to cart."),
        ("prices = {'bread': 2}\nprint([prices[name] for name, _ in cart])", "Prices of the cart."),
        ("def total(cart):\n    return len(cart)\n\nitems = ['x']\nprint(total(items))", "A function total of a cart."),
        ("cart = ['x'\nprint(cart)", "Print the cart."),
    ],
)
def test_what_was_asked_for_or_computed_stays(code, words):
    assert own(code, words, CART, SALES) == code


def test_a_function_is_shown_with_what_the_notebook_has():
    code = "def total(items):\n    return len(items)\n\n# Example usage\ncart = ['x', 'y']\nprint(total(cart))"
    assert own(code, "A function that counts cart", CART).endswith("    return len(items)\n\nprint(total(cart))")


def test_dates_in_made_up_rows_are_made_up_too():
    code = "from datetime import date\ncart = [('x', date(2024, 1, 2))]\nprint(cart[0])"
    assert own(code, "Print the first of cart", CART) == "from datetime import date\nprint(cart[0])"


def test_of_two_tables_nobody_knows_which_was_meant():
    code = MADE_UP.format(name="df").strip()
    assert own(code, "sales and orders", SALES, Variable("orders", "DataFrame", "")) == code


def test_names_that_are_no_data_are_no_reason():
    code = MADE_UP.format(name="df").strip()
    assert own(code, "sales", Variable("sales", "function", "")) == code
