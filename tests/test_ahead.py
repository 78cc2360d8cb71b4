from __future__ import annotations

import threading

import pytest
from IPython.core.interactiveshell import ExecutionInfo

from qwen_magic.ahead import Ahead, Likely
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.errors import EvaluationFailed
from qwen_magic.messages import Message, Role

FIRST, SECOND = ([Message(Role.USER, text)] for text in ("first", "second"))


def join():
    for thread in threading.enumerate():
        if thread.name == "qwen_magic ahead":
            thread.join(10)


class Slow(ScriptedEngine):
    """Reads for as long as it is not stopped."""

    def __init__(self):
        super().__init__("")
        self.reading = threading.Event()

    def prepare(self, messages, *, prefill="", stopped=None):
        super().prepare(messages, prefill=prefill)
        self.reading.set()
        while not stopped():
            pass


def test_likely_prompts_are_read_in_order():
    engine = ScriptedEngine("")
    Ahead().start(engine, lambda: [Likely(FIRST), Likely(SECOND)])
    join()
    assert [prompt[0].content for prompt in engine.prepared] == ["first", "second"]


def test_reading_stops_when_it_is_told_to():
    engine, ahead = Slow(), Ahead()
    ahead.start(engine, lambda: [Likely(FIRST), Likely(SECOND)])
    assert engine.reading.wait(10)
    ahead.stop()
    join()
    assert [prompt[0].content for prompt in engine.prepared] == ["first"]


def test_the_next_prompts_take_the_place_of_the_last():
    slow, engine, ahead = Slow(), ScriptedEngine(""), Ahead()
    ahead.start(slow, lambda: [Likely(FIRST)])
    assert slow.reading.wait(10)
    ahead.start(engine, lambda: [Likely(SECOND)])
    join()
    assert len(engine.prepared) == 1


def test_what_goes_wrong_is_left_to_the_question(monkeypatch):
    failed = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    engine = ScriptedEngine("")

    def fail(messages, **options):
        raise EvaluationFailed("no")

    monkeypatch.setattr(engine, "prepare", fail)
    Ahead().start(engine, lambda: [Likely(FIRST)])
    join()
    assert failed == []


@pytest.fixture
def reading(shell, answering):
    """A notebook whose model is ready and notes what it reads."""
    engine = ScriptedEngine("An answer.")
    answering(engine)
    session = shell.find_line_magic("qwen").__self__.session
    session.models.loader._engine = _Ready(engine)
    return engine, session


class _Ready:
    def __init__(self, engine):
        self.engine = engine

    def done(self):
        return True

    def exception(self):
        return None

    def result(self):
        return self.engine

    def add_done_callback(self, callback):
        pass


def test_a_failed_cell_is_read_at_once_for_a_fix_and_for_an_explanation(shell, reading):
    engine, _ = reading
    shell.run_cell("values = [1, 2]\nvalues[7]")
    join()
    fix, explain = (prompt[-1].content for prompt in engine.prepared)
    assert fix.startswith(explain[: fix.index("Write the whole cell again")])
    assert "Explain in a few sentences" in explain
    assert engine.prepared[1][-1].shared > 50
    shell.run_cell("%qwen explain")
    assert engine.prompts == [engine.prepared[1]]


def test_what_the_diagnosis_repairs_for_certain_needs_no_prompt_of_a_fix(shell, reading):
    engine, _ = reading
    shell.run_cell("math.pi")
    join()
    assert ["Explain" in prompt[-1].content for prompt in engine.prepared] == [True]


def test_a_setting_switches_it_off(shell, reading):
    engine, session = reading
    session.settings.ahead = False
    shell.run_cell("values = [1, 2]\nvalues[7]")
    join()
    assert engine.prepared == []


def test_a_model_that_is_not_there_is_not_waited_for(shell, reading):
    engine, session = reading
    session.models.loader._engine = None
    shell.run_cell("1 / 0")
    join()
    assert engine.prepared == []


@pytest.mark.parametrize(
    ("source", "stopped"), [("total = 1", True), ("%qwen fix", False), ("%%qwen explain\nx", False)]
)
def test_only_code_of_the_users_own_stops_it(shell, reading, source, stopped):
    _, session = reading
    session.ahead._stop.clear()
    shell.events.trigger("pre_run_cell", ExecutionInfo(source, False, False, True, ""))
    assert session.ahead._stop.is_set() is stopped
