from __future__ import annotations

from rewriting import certain

SALES = "import pandas as pd\nsales = pd.DataFrame({'price': [4.0], 'cost': [3.0]})"


def test_a_column_of_the_same_assign_is_taken_from_the_new_frame(diagnosed):
    cell = "sales.assign(profit=sales['price'] - sales['cost'], margin=sales['profit'] / sales['price'])"
    assert certain(diagnosed(cell, SALES)) == cell.replace(
        "sales['profit'] / sales['price']", "lambda d: d['profit'] / d['price']"
    )


def test_a_column_that_is_nowhere_is_not_found_there(diagnosed):
    found = diagnosed("sales.assign(margin=sales['profit'] / sales['price'])", SALES)
    assert found is None or not any("lambda" in rewrite.cell for rewrite in found.rewrites)


def test_the_way_to_a_nested_value_is_a_list(diagnosed):
    setup = "import pandas as pd\norders = [{'id': 1, 'who': {'city': 'York'}, 'items': [{'n': 2}]}]"
    cell = "pd.json_normalize(orders, record_path='items', meta=['id', 'who.city'])"
    assert certain(diagnosed(cell, setup)) == cell.replace("'who.city'", '["who", "city"]')


def test_named_fields_have_no_positions(diagnosed):
    setup = "import numpy as np\ndata = np.array([(1, 2.5)], dtype=[('hour', int), ('wind', float)])"
    cell = "hour = data[:, 0]\nwind = data[:, 1]"
    assert certain(diagnosed(cell, setup)) == 'hour = data["hour"]\nwind = data["wind"]'
