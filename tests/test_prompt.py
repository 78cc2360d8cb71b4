from __future__ import annotations

import pytest

from qwen_magic.errors import PromptTooLong
from qwen_magic.language import Language
from qwen_magic.prompt import Question, compose, data, fenced, own_words
from qwen_magic.snapshot import Failure, Frame, NotebookContext, Variable
from qwen_magic.tasks import TASKS

CELL = "ages = load()\nadults = count(ages)\nprint(adults)"
FRAME = Frame(
    "count", "In[1]", 2, ("def count(ages):", "    return ages >= 18"), 1, (Variable("ages", "list", "['31']"),)
)
FAILURE = Failure(
    3, CELL, "TypeError", "'>=' not supported", "Traceback ...", line=2, frame=FRAME, causes=("KeyError: 1",)
)
VARIABLES = (Variable("ages", "list", "['31', '17']"), Variable("load", "function", "def load()"))


def words(message):
    """A token a word."""
    return len(message.content.split())


def question(verb="fix", said="", language=Language.ENGLISH, context=None):
    return Question(TASKS[verb], said, language, context or NotebookContext(CELL, FAILURE, VARIABLES))


def test_a_fix_shows_the_cell_the_line_the_error_and_where_it_was_raised():
    text = compose(question(), 1000, words).text
    for part in (
        f"```python\n{CELL}\n```",
        "Line 2: adults = count(ages)",
        "TypeError: '>=' not supported",
        "Caused by: KeyError: 1",
        "->    2     return ages >= 18",
        "- ages: list = ['31']",
        "- load: function = def load()",
        TASKS["fix"].instruction[Language.ENGLISH],
    ):
        assert part in text


def test_a_frame_in_the_failed_cell_itself_adds_its_locals_only():
    frame = Frame("<listcomp>", "In[3]", 2, ("[a + 1 for a in ages]",), 2, (Variable("a", "str", "'31'"),))
    failure = Failure(3, "ages = ['31']\n[a + 1 for a in ages]", "TypeError", "", "", line=2, frame=frame)
    text = compose(question(context=NotebookContext(failure.cell, failure)), 1000, words).text
    assert "- a: str = '31'" in text
    assert text.count("a + 1") == 2  # in the cell, and as its failing line


def test_the_instruction_comes_last_and_then_the_users_own_words():
    text = compose(question(said="keep the name"), 1000, words).text
    assert text.endswith(f"{TASKS['fix'].instruction[Language.ENGLISH]}\n\nkeep the name")


def test_a_question_is_the_users_words_and_the_variables_they_name():
    context = NotebookContext("", None, VARIABLES)
    text = compose(question("ask", "what is in ages?", context=context), 1000, words).text
    assert text == (
        "Variables in the notebook:\n- ages: list = ['31', '17']\n- load: function = def load()\n\nwhat is in ages?"
    )


def test_chinese_questions_get_chinese_instructions():
    text = compose(question(language=Language.CHINESE), 1000, words).text
    assert "这个单元格运行出错" in text
    assert "This cell fails" not in text


def test_explaining_code_that_did_not_fail_does_not_speak_of_an_error():
    text = compose(question("explain", context=NotebookContext("x = 1")), 1000, words).text
    assert "what this code does" in text
    assert "error" not in text


def test_what_a_fix_and_an_explanation_are_told_alike_comes_first():
    fix, explain = (compose(question(verb), 1000, words).message for verb in ("fix", "explain"))
    assert fix.content[: fix.shared] == explain.content[: explain.shared]
    assert CELL in fix.content[: fix.shared]
    assert fix.content[fix.shared :].startswith("Write the whole cell again")
    assert explain.content[explain.shared :].startswith("Explain in a few sentences")


def test_where_room_is_short_details_go_first_and_the_user_is_told():
    everything = words(compose(question(), 1000, words).message)
    composed = compose(question(), everything - 3, words)
    assert words(composed.message) <= everything - 3
    assert CELL in composed.text
    assert "load: function" not in composed.text
    assert composed.left_out == ("1 of 5 details of the notebook did not fit into the prompt.",)


def test_of_a_failed_cell_that_is_too_long_the_failing_line_stays():
    cell = "\n".join(f"x{n} = {n}" for n in range(1, 401))
    failure = Failure(1, cell, "NameError", "name 'y' is not defined", "", line=300)
    composed = compose(question(context=NotebookContext(cell, failure)), 200, words)
    assert "x300 = 300" in composed.text
    assert "x1 = 1\n" not in composed.text
    assert words(composed.message) <= 200
    assert "too long" in composed.left_out[0]
    shown = composed.text.split("```python\n")[1].split("\n```")[0].splitlines()
    line = int(composed.text.split("Line ")[1].split(":")[0])
    assert shown[line - 1] == "x300 = 300"


@pytest.mark.parametrize("verb", ["ask", "doc"])
def test_a_question_that_does_not_fit_is_refused(verb):
    long = NotebookContext("x = 1\n" * 500)
    with pytest.raises(PromptTooLong, match="100 tokens"):
        compose(question(verb, "word " * 500, context=long), 100, words)


def test_code_with_fences_in_it_gets_a_longer_fence():
    assert fenced('print("```")\n') == '````python\nprint("```")\n````'


def test_data_is_the_code_that_an_answer_begins_with():
    variables = (
        Variable("df", "DataFrame", "1 row", "pd.DataFrame({'a': [1]})"),
        Variable("load", "function", "def load()"),
        Variable("xs", "list", "[1]", "[1]"),
    )
    assert data(variables) == "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\nxs = [1]\n\n"
    assert data(()) == data(variables[1:2]) == ""


def test_of_much_data_there_is_as_much_as_a_prompt_can_hold():
    lines = data([Variable(f"x{n}", "str", "", repr("y" * 400)) for n in range(9)]).splitlines()
    assert [line[:2] for line in lines if line] == ["x0", "x1"]


def test_its_own_words_are_neither_the_users_nor_the_notebooks():
    words = own_words(question("doc", "be brief"))
    assert TASKS["doc"].instruction[Language.ENGLISH] in words
    assert "The cell:" in words
    assert not {"be brief", CELL}.intersection(words)
