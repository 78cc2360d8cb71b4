from __future__ import annotations

import pytest

from qwen_magic import checks
from qwen_magic.assistant import Prompt
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.language import Language
from qwen_magic.messages import Message, Role
from qwen_magic.notebook import names
from qwen_magic.notebook.forking import ForkedTrials
from qwen_magic.prompt import CODE, Question
from qwen_magic.reply import Badge, Finish, Reply, Usage
from qwen_magic.reviewer import Reviewer
from qwen_magic.snapshot import NotebookContext
from qwen_magic.tasks import TASKS


@pytest.fixture
def reviewed(shell):
    """Reviews an answer to a request, with an engine that has other answers to draw."""

    def review(answer, request="", *, verb="code", cell="", others=(), cut=False):
        reviewer = Reviewer(
            ForkedTrials(shell),
            lambda code: checks.check(code, shell.user_ns, transform=shell.transform_cell),
            lambda code: names.undefined(shell, code),
            names.of_user(shell),
            seconds=20,
        )
        question = Question(TASKS[verb], request, Language.ENGLISH, NotebookContext(cell))
        engine = ScriptedEngine(*others) if others else ScriptedEngine("")
        prompt = Prompt((Message(Role.USER, request),), request, prefill=CODE)
        usage = Usage(finish=Finish.LENGTH if cut else Finish.STOP)
        reply = Reply(f"```python\n{answer}" + ("" if cut else "\n```"), usage=usage)
        return reviewer.reply(reply, question, prompt, engine, lambda words: None)

    return review


def test_examples_of_the_request_are_run(reviewed):
    reply = reviewed("def square(x):\n    return x * x", "Write square. square(3) == 9, square(2) == 4, square(0) == 0")
    assert reply.badge is Badge.VERIFIED
    assert "3 of 3 examples hold" in reply.notes[0]


def test_where_examples_fail_other_answers_are_drawn(reviewed):
    right = "def square(x):\n    return x * x"
    others = ["```python\ndef square(x):\n    return x + x\n", f"```python\n{right}\n"]
    reply = reviewed(
        "def square(x):\n    return x", "Write square. square(3) == 9, square(2) == 4, square(0) == 0", others=others
    )
    assert reply.code == right
    assert reply.badge is Badge.VERIFIED
    assert "square(3) gave 3, not 9" in reply.text


def test_where_none_holds_the_answer_stays_and_says_so(reviewed):
    reply = reviewed("def square(x):\n    return x", "Write square. square(3) == 9, square(2) == 4, square(0) == 0")
    assert reply.badge is Badge.FAILS
    assert "square(3) gave 3, not 9" in reply.notes[0]
    assert reply.code == "def square(x):\n    return x"


def test_missing_standard_imports_are_added(reviewed):
    reply = reviewed(
        "def area(r):\n    return math.pi * r ** 2",
        "Write area. area(0) == 0, round(area(1)) == 3, round(area(2)) == 13",
    )
    assert reply.code.startswith("import math\n")
    assert reply.badge is Badge.VERIFIED


def test_a_result_is_put_under_the_name_that_was_asked_for(reviewed):
    reply = reviewed("squares = [n * n for n in range(3)]\nprint(squares)", "The squares of 0 to 2, into `result`")
    assert reply.code == "result = [n * n for n in range(3)]\nprint(result)"
    assert "nothing is stored in result" in reply.text
    assert reply.badge is Badge.RUNS


def test_a_column_is_not_changed_in_place_which_pandas_does_to_a_copy(reviewed, shell):
    shell.run_cell("import pandas as pd\ndf = pd.DataFrame({'age': [1.0, None]})")
    reply = reviewed("df['age'].fillna(0, inplace=True)\ndf", "Fill the ages of df with 0")
    assert reply.code == "df['age'] = df['age'].fillna(0)\ndf"


def test_what_is_only_shown_is_no_result(reviewed):
    reply = reviewed("numbers = []\nnumbers.append(3)", "Put the number 3 into `result`")
    assert "nothing is stored in result" in reply.notes[0]


def test_other_answers_are_drawn_where_code_without_examples_fails(reviewed):
    other = "```python\ntotal = sum([1, 2])\n"
    reply = reviewed("total = helper([1, 2])", "Sum up 1 and 2 into `total`", others=[other])
    assert reply.code == "total = sum([1, 2])"


def test_code_that_fails_is_mended_by_the_same_search(reviewed, shell):
    shell.user_ns["prices"] = {"apple": 3}
    reply = reviewed("total = prices['aple'] * 2", "The price of two apples into total")
    assert reply.code == "total = prices['apple'] * 2"
    assert reply.badge is Badge.RUNS
    assert "KeyError" in reply.text


def test_what_is_dangerous_is_not_run_and_is_said(reviewed, tmp_path, shell):
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    shell.user_ns["path"] = str(kept)
    reply = reviewed("import os\nos.remove(path)", "Delete the file")
    assert reply.badge is Badge.UNTRIED
    assert any("os.remove" in note for note in reply.notes)
    assert kept.exists()


def test_tests_are_run_after_the_cell_and_reported_one_by_one(reviewed):
    cell = "def square(x):\n    return x * x"
    answer = "def test_three():\n    assert square(3) == 9\n\ndef test_wrong():\n    assert square(2) == 5"
    reply = reviewed(answer, verb="test", cell=cell)
    assert "1 of 2 tests fails: it may have found a mistake" in reply.notes[0]
    assert "test_wrong" in reply.notes[0]
    assert reply.code == answer
    assert reply.text == f"```python\n{answer}\n```"
    assert reply.badge is Badge.FAILS
    assert len(reply.notes) == 1


def test_of_an_explanation_the_last_block_is_tried_and_nothing_mended(reviewed):
    explained = "total = suum([1])\n```\nis wrong; better:\n```python\ntotal = sum([1])"
    reply = reviewed(explained, "why?", verb="explain")
    assert reply.code == "total = sum([1])"
    assert reply.badge is Badge.RUNS
    assert reply.text.endswith("total = sum([1])\n```")


def test_a_file_that_only_the_user_has_is_no_mistake_of_the_code(reviewed):
    reply = reviewed("text = open('data.csv').read()", "Read data.csv", others=["```python\ntext = ''\n"])
    assert reply.code == "text = open('data.csv').read()"
    assert "FileNotFoundError" in reply.notes[0]


def test_the_notebook_is_as_it_was(reviewed, shell):
    reviewed("made = 1\nprint('hello')", "Make it")
    assert "made" not in shell.user_ns


WRONG = "def square(x):\n    return x * 3"
TEST = "def test_two():\n    assert square(2) == 4"


def test_tests_test_the_cell_and_not_a_copy_of_it_that_was_corrected(reviewed):
    copied = f"def square(x):\n    return x * x\n\n{TEST}\n\npytest.main()"
    reply = reviewed(copied, verb="test", cell=WRONG)
    assert reply.code == TEST
    assert reply.badge is Badge.FAILS
    assert "1 of 1 tests fails" in reply.notes[0]
    assert reply.text == f"```python\n{copied}\n```\n\nThe tests as they were run:\n\n```python\n{TEST}\n```"


def test_of_tests_that_were_cut_off_the_whole_ones_are_run(reviewed):
    reply = reviewed(f"{TEST}\n\ndef test_three():\n    assert square(", verb="test", cell=WRONG, cut=True)
    assert reply.code == TEST
    assert [block.code for block in reply.code_blocks][1:] == [f"{TEST}\n"]
    assert "the last test was cut off" in reply.notes[0]


def test_cases_of_a_test_are_run_one_by_one_and_fixtures_named(reviewed):
    answer = (
        "import pytest\n\n@pytest.mark.parametrize('x, y', [(0, 0), (3, 9), (2, 4)])\n"
        "def test_square(x, y):\n    assert square(x) == y\n\ndef test_file(tmp_path):\n    assert square(0) == 0"
    )
    reply = reviewed(answer, verb="test", cell=WRONG)
    assert "1 of 3 tests fails" in reply.notes[0]
    assert "test_square(x=2, y=4): AssertionError" in reply.notes[0]
    assert "only pytest can: test_file" in reply.notes[0]
    assert reply.code == answer


def test_a_document_is_the_users_own_cell_with_docstrings(reviewed):
    answer = 'def square(x: int) -> int:\n    """The square."""\n    return x ** 2'
    reply = reviewed(answer, verb="doc", cell=f"{WRONG}  # sic\n")
    assert reply.code == 'def square(x: int) -> int:\n    """The square."""\n    return x * 3  # sic'
    assert reply.text.startswith(f"```python\n{answer}\n```\n\nThe cell with this documentation")
    assert reply.code_blocks[-1].code == f"{reply.code}\n"
    assert reply.badge is Badge.RUNS


def test_a_document_that_is_nothing_but_that_is_not_shown_twice(reviewed):
    answer = 'def square(x: int) -> int:\n    """The square."""\n    return x * 3'
    assert reviewed(answer, verb="doc", cell=WRONG).text == f"```python\n{answer}\n```"


def test_a_document_with_nothing_to_add_is_the_cell_as_it_was(reviewed):
    reply = reviewed("def square(x):\n    return x ** 2", verb="doc", cell=WRONG)
    assert reply.code == WRONG
    assert reply.text == "```python\ndef square(x):\n    return x ** 2\n```"


def test_type_hints_that_break_the_cell_are_left_out(reviewed, shell):
    shell.run_cell("import math")
    answer = 'def square(x: math.number):\n    """The square."""'
    assert reviewed(answer, verb="doc", cell=WRONG).code == 'def square(x):\n    """The square."""\n    return x * 3'


def test_code_that_fails_is_documented_and_not_mended(reviewed):
    answer = 'def f(x: int) -> int:\n    """One more."""\n    return x + 1\n\nf(1)'
    reply = reviewed(answer, verb="doc", cell="def f(x):\n    return x + 1\n\nf('1')")
    assert reply.code.endswith("f('1')")
    assert "f(x: int) -> int" in reply.code
    assert reply.badge is Badge.FAILS


def test_better_code_follows_a_block_that_was_not_closed(reviewed, shell):
    shell.user_ns["prices"] = {"apple": 3}
    reply = reviewed("total = prices['aple'] * 2", "The price of two apples into total", cut=True)
    assert [block.code for block in reply.code_blocks] == [
        "total = prices['aple'] * 2\n",
        "total = prices['apple'] * 2\n",
    ]


def test_other_answers_are_mended_as_well(reviewed):
    others = ["```python\ndef total(xs):\n    return suum(xs)\n"]
    reply = reviewed(
        "def total(xs):\n    return 0",
        "Write total. total([1, 2]) == 3, total([]) == 0, total([5]) == 5",
        others=others,
    )
    assert reply.code == "def total(xs):\n    return sum(xs)"
    assert reply.badge is Badge.VERIFIED
