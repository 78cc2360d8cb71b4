"""What is known about a cell when a question about it is asked."""

from __future__ import annotations

import pytest

from qwen_magic.errors import NothingToWorkOn
from qwen_magic.notebook.context import VARIABLES, capture, capture_mentioned, find_failure, history_cell
from qwen_magic.notebook.failures import FailureLog


@pytest.fixture
def log(shell):
    log = FailureLog(shell)
    shell.events.register("post_run_cell", log.record)
    return log


def known(shell, cell, failure=None):
    return [str(variable) for variable in capture(shell, cell, failure).variables]


def test_the_variables_a_cell_uses_in_the_order_it_uses_them(shell):
    shell.run_cell("import pandas as pd\nprices = pd.DataFrame({'price': [1.5]})\nrate = 2\nunused = 3")

    assert known(shell, "prices['price'] * rate") == [
        "prices: DataFrame = 1 row x 1 column: 'price': float64",
        "rate: int = 2",
    ]


def test_functions_and_classes_of_the_notebook_by_their_signature(shell):
    shell.run_cell("def area(w, h=1): return w * h\nclass Box:\n    def open(self): ...")

    assert known(shell, "area(Box())") == ["area: function = def area(w, h=1)", "Box: type = class Box; methods: open"]


@pytest.mark.parametrize(
    "cell",
    [
        "count += 1",
        "print(count",
        "%time count + 1",
        "%%time\ncount + 1",
        "x = ?count\nif count",
        "!echo {count}",
        "def f():\n    return count",
        "count = count + 1",
    ],
)
def test_broken_cells_and_magics_use_variables_too(shell, cell):
    shell.user_ns["count"] = 1

    assert known(shell, cell) == ["count: int = 1"]


def test_names_only_assigned_attributes_and_ipythons_own_are_left_out(shell, log):
    shell.user_ns.update(total=1, shape=2, Err=log, _=3, _i1="x")

    assert known(shell, "total = grid.shape; In, Out, _, _i1, Err, get_ipython(), exit, print, __name__") == []


def test_no_more_variables_than_a_prompt_can_hold(shell):
    shell.user_ns.update({f"v{n}": n for n in range(50)})

    assert len(known(shell, " + ".join(f"v{n}" for n in range(50)))) == VARIABLES


def test_what_the_failing_function_of_an_earlier_cell_uses(shell, log, capsys):
    shell.run_cell(
        "RATES = {'EUR': 1.1}\namount = 'outer'\ndef convert(amount, code):\n    return amount * RATES[code]"
    )
    shell.run_cell("def report(): return convert(3, 'USD')")
    shell.run_cell("report()")

    assert known(shell, "report()", log.latest()) == [
        "report: function = def report()",
        "convert: function = def convert(amount, code)",
        "RATES: dict = {'EUR': 1.1}",
    ]


def test_the_variables_that_a_question_speaks_of(shell):
    shell.user_ns.update(total=3, 成绩={"小明": 80}, rows=[1])
    context = capture_mentioned(shell, "Don't change total; 请算出成绩的平均分")
    assert [str(variable) for variable in context.variables] == ["total: int = 3", "成绩: dict = {'小明': 80}"]
    assert context.cell == ""


def test_where_a_question_names_nothing_the_table_whose_columns_it_speaks_of(shell):
    shell.run_cell(
        "import pandas as pd\nold = pd.DataFrame({'工资': [1]})\nstaff = pd.DataFrame({'部门': ['a'], '工资': [1]})"
    )
    shell.run_cell("people = [{'name': 'Ann', 'age': 3}]\nlimits = {'low': 1}")
    assert [each.name for each in capture_mentioned(shell, "按部门统计平均工资").variables] == ["staff"]
    assert [each.name for each in capture_mentioned(shell, "who has the highest age?").variables] == ["people"]
    assert capture_mentioned(shell, "write a function that reads a file").variables == ()


def test_the_data_that_a_question_speaks_of_comes_with_its_beginning_as_code(shell):
    shell.run_cell("xs = [1, 2, 3, 4]\ndef f(): pass")
    literals = {each.name: each.literal for each in capture_mentioned(shell, "call f with xs").variables}
    assert literals == {"f": "", "xs": "[1, 2, 3]"}


def test_looking_does_not_change_the_notebook(shell):
    shell.run_cell("letters = iter('ab')")
    before = dict(shell.user_ns)

    capture(shell, "%%time\nnext(letters)")

    assert shell.user_ns == before
    assert next(shell.user_ns["letters"]) == "a"


def test_the_latest_failure_of_just_this_cell(shell, log, capsys):
    for cell in ("1/0", "nowhere\n", "1/0", "other"):
        shell.run_cell(cell, store_history=True)

    assert find_failure(log, "\n1/0\n").execution_count == 3
    assert find_failure(log, "nowhere").execution_count == 2
    assert find_failure(log, "1/1") is None


def test_a_cell_of_the_history_as_it_was_typed(shell, capsys):
    shell.run_cell("%time 1 + 1", store_history=True)

    assert history_cell(shell, 1) == "%time 1 + 1"
    for number in (0, 2, -1):
        with pytest.raises(NothingToWorkOn) as caught:
            history_cell(shell, number)
        assert caught.value.message == f"There is no In[{number}]."
        assert caught.value.hint == "This session has In[1] to In[1]."


def test_a_session_without_history(shell):
    with pytest.raises(NothingToWorkOn, match="No cell has run"):
        history_cell(shell, 1)
