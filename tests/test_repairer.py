from __future__ import annotations

import pytest

from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.language import Language
from qwen_magic.notebook.context import capture
from qwen_magic.notebook.failures import FailureLog
from qwen_magic.notebook.forking import ForkedTrials
from qwen_magic.prompt import Question
from qwen_magic.repairer import Repairer
from qwen_magic.reply import Badge, Finish, Origin
from qwen_magic.tasks import TASKS


class Renderer:
    """Keeps what it is told."""

    def __init__(self, at_progress=None):
        self.events = []
        self.at_progress = at_progress

    def start(self, model):
        self.events.append(("start", model))

    def progress(self, words):
        self.events.append(("progress", words))
        if self.at_progress:
            raise self.at_progress

    def write(self, text):
        self.events.append(("write", text))

    def finish(self, reply):
        self.events.append(("finish", reply))

    def abandon(self):
        self.events.append(("abandon", None))


def engine(*replies):
    """What loads one engine, however often it is asked for."""
    loaded = ScriptedEngine(*replies)
    return lambda: loaded


def no_engine():
    pytest.fail("the model was asked")


@pytest.fixture
def repair(shell):
    """Runs a cell that fails and repairs it."""
    shell.showtraceback = lambda *args, **kwargs: None
    log = FailureLog(shell)
    shell.events.register("post_run_cell", log.record)

    def run(cell, engine=no_engine, *, setup="", language=Language.ENGLISH, renderer=None, seconds=20.0):
        shell.run_cell(setup, store_history=True)
        shell.run_cell(cell, store_history=True)
        question = Question(TASKS["fix"], "", language, capture(shell, cell, log[-1]))
        repairer = Repairer(ForkedTrials(shell), engine, seconds)
        return repairer.answer(question, log[-1], frozenset(), renderer or Renderer())

    return run


def test_what_follows_from_the_error_needs_no_model(repair):
    reply = repair("total = stock['aple'] + 1", setup="stock = {'apple': 3}")
    assert reply.code == "total = stock['apple'] + 1"
    assert reply.badge is Badge.CERTAIN
    assert reply.origin is Origin.RULE
    assert reply.model == "diagnosis, no model"
    assert (reply.weights, dict(reply.parameters)) == ("", {})


def test_the_notebook_is_as_the_failed_cell_left_it(repair, shell):
    repair("seen.append(1)\nx = seen['a']", engine(""), setup="seen = []")
    assert shell.user_ns["seen"] == [1]
    assert "x" not in shell.user_ns


# Nobody can know which class was meant.
UNKNOWABLE = (
    "class Shape:\n    def area(self):\n        raise NotImplementedError('say which')\n\narea = Shape().area()"
)
KNOWN = UNKNOWABLE.replace("raise NotImplementedError('say which')", "return 4")


def test_without_a_rule_the_models_answer_is_tried(repair):
    reply = repair(UNKNOWABLE, engine(f"```python\n{KNOWN}\n```", "It was left out.\nMore."))
    assert reply.code == KNOWN
    assert reply.badge is Badge.RUNS
    assert reply.origin is Origin.ANSWER
    assert reply.model == "scripted"
    assert reply.parameters == {"temperature": 0.0}


def test_the_cause_follows_in_a_sentence(repair):
    renderer = Renderer()
    reply = repair(UNKNOWABLE, engine(f"```python\n{KNOWN}\n```", "It was left out."), renderer=renderer)
    assert reply.text.endswith("It was left out.")
    assert "".join(text for kind, text in renderer.events if kind == "write") == reply.text


def test_nothing_found_is_said(repair):
    reply = repair(UNKNOWABLE, engine("I do not know."))
    assert reply.badge is Badge.FAILS
    assert "No change was found that works" in reply.text
    assert reply.code == ""


def test_in_chinese(repair):
    reply = repair("边长 = math.sqrt(9)", language=Language.CHINESE)
    assert reply.code == "import math\n边长 = math.sqrt(9)"
    assert "笔记本副本" in reply.notes[0]


def test_an_interruption_keeps_what_was_found(repair):
    reply = repair("total = stock['aple']", setup="stock = {'apple': 3}", renderer=Renderer(KeyboardInterrupt()))
    assert reply.usage.finish is Finish.INTERRUPTED
    assert reply.code == "total = stock['apple']"


def test_what_goes_wrong_leaves_nothing_half_shown(repair):
    renderer = Renderer(RuntimeError("broken"))
    with pytest.raises(RuntimeError, match="broken"):
        repair("total = stock['aple']", setup="stock = {'apple': 3}", renderer=renderer)
    assert renderer.events[-1] == ("abandon", None)
