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
from qwen_magic.reply import Badge, Reply
from qwen_magic.reviewer import Reviewer, calls_of_tests
from qwen_magic.snapshot import NotebookContext
from qwen_magic.tasks import TASKS


@pytest.fixture
def reviewed(shell):
    """Reviews an answer to a request, with an engine that has other answers to draw."""

    def review(answer, request="", *, verb="code", cell="", others=()):
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
        return reviewer.reply(Reply(f"```python\n{answer}\n```"), question, prompt, engine, lambda words: None)

    return review


def test_examples_of_the_request_are_run(reviewed):
    reply = reviewed("def square(x):\n    return x * x", "Write square. square(3) == 9, square(2) == 4")
    assert reply.badge is Badge.VERIFIED
    assert "2 of 2 examples hold" in reply.notes[0]


def test_where_examples_fail_other_answers_are_drawn(reviewed):
    right = "def square(x):\n    return x * x"
    others = ["```python\ndef square(x):\n    return x + x\n", f"```python\n{right}\n"]
    reply = reviewed("def square(x):\n    return x", "Write square. square(3) == 9, square(2) == 4", others=others)
    assert reply.code == right
    assert reply.badge is Badge.VERIFIED
    assert "square(3) gave 3, not 9" in reply.text


def test_where_none_holds_the_answer_stays_and_says_so(reviewed):
    reply = reviewed("def square(x):\n    return x", "Write square. square(3) == 9, square(2) == 4")
    assert reply.badge is Badge.FAILS
    assert "square(3) gave 3, not 9" in reply.notes[0]
    assert reply.code == "def square(x):\n    return x"


def test_missing_standard_imports_are_added(reviewed):
    reply = reviewed("def area(r):\n    return math.pi * r ** 2", "Write area. area(0) == 0, round(area(1)) == 3")
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
    assert "1 of 2 tests pass" in reply.notes[0]
    assert "test_wrong" in reply.notes[0]
    assert reply.code == answer
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


def test_tests_as_pytest_finds_them():
    code = (
        "def test_a(): ...\ndef test_fixture(tmp_path): ...\ndef helper(): ...\n"
        "class TestThing:\n    def test_b(self): ...\n    def other(self): ..."
    )
    assert calls_of_tests(code) == ["test_a()", "TestThing().test_b()"]


def test_other_answers_are_mended_as_well(reviewed):
    others = ["```python\ndef total(xs):\n    return suum(xs)\n"]
    reply = reviewed("def total(xs):\n    return 0", "Write total. total([1, 2]) == 3, total([]) == 0", others=others)
    assert reply.code == "def total(xs):\n    return sum(xs)"
    assert reply.badge is Badge.VERIFIED
