from __future__ import annotations

import builtins

import pytest
from IPython.core.error import StdinNotImplementedError

from qwen_magic.engines.scripted import ScriptedEngine


@pytest.fixture
def engine():
    return ScriptedEngine("A list is ordered.", "A tuple does not change.")


@pytest.fixture
def run(shell, engine, answering, monkeypatch, capsys):
    """Runs a cell in a shell where `engine` answers, and gives what it printed."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    answering(engine)

    def run(cell):
        shell.run_cell(cell, store_history=False)
        return capsys.readouterr().out

    return run


@pytest.fixture
def typed(monkeypatch):
    """What somebody types at the prompt; then they leave."""

    def type_(*lines):
        left = iter(lines)

        def read(prompt=""):
            try:
                return next(left)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr(builtins, "input", read)

    return type_


def test_a_terminal_asks_until_nothing_is_typed(run, typed, engine):
    typed("What is a list?", "And a tuple?", "", "never asked")
    printed = run("%qwen chat")
    assert "A list is ordered." in printed
    assert "A tuple does not change." in printed
    assert [prompt[-1].content for prompt in engine.prompts] == ["What is a list?", "And a tuple?"]


def test_each_question_knows_those_before(run, typed, engine):
    run("%qwen What is a number?")
    typed("What is a list?", "And a tuple?")
    run("%qwen chat")
    said = [message.content for message in engine.prompts[-1]]
    assert "What is a number?" in said
    assert "What is a list?" in said


def test_a_question_may_look_like_an_option(run, typed, engine):
    typed("--fresh what does this do?")
    run("%qwen chat")
    assert engine.prompts[-1][-1].content == "--fresh what does this do?"


def test_magics_at_the_prompt_are_magics(run, typed, engine):
    typed("What is a list?", "%qwen reset", "And a tuple?")
    printed = run("%qwen chat")
    assert "Forgot 1 turn." in printed
    assert "What is a list?" not in [message.content for message in engine.prompts[-1]]


def test_stopping_an_answer_goes_back_to_the_prompt(run, typed, engine, monkeypatch):
    def interrupted(*arguments, **more):
        raise KeyboardInterrupt
        yield

    typed("What is a list?", "And a tuple?")
    stream = engine.stream
    answers = iter([interrupted, stream])
    monkeypatch.setattr(engine, "stream", lambda *arguments, **more: next(answers)(*arguments, **more))
    assert "A list is ordered." in run("%qwen chat")


def test_a_cell_is_one_question_of_a_conversation(run, engine):
    run("%%qwen chat\nWhat is a list?")
    printed = run("%%qwen chat\nAnd <b>a tuple</b>?")
    assert "A tuple does not change." in printed
    assert [message.content for message in engine.prompts[-1]][-3:] == [
        "What is a list?",
        "A list is ordered.",
        "And <b>a tuple</b>?",
    ]


def test_where_nobody_can_type_it_says_so(run, monkeypatch):
    def nobody(prompt=""):
        raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")

    monkeypatch.setattr(builtins, "input", nobody)
    printed = run("%qwen chat")
    assert "There is nobody here to type a question." in printed
    assert "Ask with %qwen" in printed
