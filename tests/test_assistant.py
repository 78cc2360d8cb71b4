from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from qwen_magic.assistant import UNCHANGED, Assistant, Prompt
from qwen_magic.conversation import Conversation, Turn
from qwen_magic.engines.base import Sampling
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.errors import EvaluationFailed, NoSource
from qwen_magic.language import Language
from qwen_magic.messages import Role
from qwen_magic.prompt import Question
from qwen_magic.reply import Finish
from qwen_magic.snapshot import NotebookContext, Variable
from qwen_magic.tasks import TASKS


class Recorder:
    """A renderer that remembers what it was told."""

    def __init__(self):
        self.events = []

    def start(self, model):
        self.events.append(("start", model))

    def progress(self, words):
        pass  # how long a model takes to begin is no part of these stories

    def write(self, text):
        self.events.append(("write", text))

    def finish(self, reply):
        self.events.append(("finish", reply.text))

    def abandon(self):
        self.events.append(("abandon", None))


@pytest.fixture
def assistant():
    return Assistant()


def asked(words, verb="ask"):
    return Question(TASKS[verb], words, Language.ENGLISH, NotebookContext(""))


def ask(assistant, engine, words, *, key="cell", fresh=False, renderer=None, verb="ask"):
    prompt = assistant.prompt(asked(words, verb), engine, key, 100, fresh=fresh)
    return assistant.answer(prompt, engine, Sampling(seed=7), renderer or Recorder(), key)


def said(engine):
    """What the model saw last, without the system message."""
    return [m.content for m in engine.prompts[-1] if m.role is not Role.SYSTEM]


def test_an_answer_streams_and_ends_as_a_reply(assistant):
    renderer = Recorder()
    reply = ask(assistant, ScriptedEngine("It is blue."), "what colour", renderer=renderer)
    assert renderer.events == [
        ("start", "scripted"),
        *(("write", piece) for piece in ("It", " is", " blue.")),
        ("finish", "It is blue."),
    ]
    assert (reply.text, reply.model, reply.seed, reply.usage.completion_tokens) == ("It is blue.", "scripted", 7, 3)


def test_a_reply_says_what_it_came_from(assistant):
    engine = ScriptedEngine("It is blue.")
    engine.weights = "ab12"
    reply = ask(assistant, engine, "what colour")
    assert reply.weights == "ab12"
    assert reply.parameters == Sampling().parameters
    assert hash(reply)


def test_a_model_that_cannot_be_loaded_when_it_is_needed_leaves_nothing_half_shown(assistant):
    class Absent(ScriptedEngine):
        def stream(self, messages, sampling, *, prefill="", stopped):
            raise NoSource("it cannot be fetched")

    renderer = Recorder()
    with pytest.raises(NoSource):
        ask(assistant, Absent(), "what colour", renderer=renderer)
    assert renderer.events[-1] == ("abandon", None)


def test_the_model_goes_on_from_the_notebooks_data_and_the_user_sees_only_what_follows(assistant):
    context = NotebookContext("", variables=(Variable("xs", "list", "[1, 2]", "[1, 2]"),))
    question = Question(TASKS["code"], "the sum of xs", Language.ENGLISH, context)
    engine = ScriptedEngine("```python\nxs = [1, 2]\n\n\ntotal = sum(xs)\n```")
    prompt = assistant.prompt(question, engine, "cell", 100)
    assert (prompt.prefill, prompt.data) == ("```python\n", "xs = [1, 2]\n\n")
    reply = assistant.answer(prompt, engine, Sampling(), Recorder(), "cell")
    assert reply.text == "```python\ntotal = sum(xs)\n```"


def test_data_that_does_not_fit_into_the_prompt_is_left_out(assistant):
    context = NotebookContext("", variables=(Variable("xs", "list", "", f"[{', '.join('123456789')}]"),))
    question = Question(TASKS["code"], "the sum of xs", Language.ENGLISH, context)
    engine = ScriptedEngine("```python\nsum(xs)\n```", context_window=100)
    assert assistant.prompt(question, engine, "cell", 10).data
    engine.context_window = len(question.words.split()) + 60
    assert not assistant.prompt(question, engine, "cell", 10).data


def test_the_conversation_goes_on(assistant):
    engine = ScriptedEngine("first", "second", "third")
    ask(assistant, engine, "one", key="a")
    ask(assistant, engine, "two", key="b")
    assert said(engine) == ["one", "first", "two"]
    ask(assistant, engine, "one again", key="a")
    assert said(engine) == ["one again"]
    assert [t.answer for t in assistant.conversation.turns] == ["third", "second"]


def test_fresh_asks_without_history_and_is_remembered(assistant):
    engine = ScriptedEngine("first", "second")
    ask(assistant, engine, "one", key="a")
    ask(assistant, engine, "two", key="b", fresh=True)
    assert said(engine) == ["two"]
    assert len(assistant.conversation) == 2


def test_code_tasks_get_a_small_and_exact_prompt_without_history(assistant):
    engine = ScriptedEngine("first", "second")
    ask(assistant, engine, "one", key="a")
    ask(assistant, engine, "two", key="b", verb="edit")
    assert len(said(engine)) == 1


def test_an_answer_that_is_code_begins_with_it(assistant):
    renderer = Recorder()
    reply = ask(assistant, ScriptedEngine("```python\nx = 1\n```"), "one", renderer=renderer, verb="code")
    assert renderer.events[1] == ("write", "```python\nx")
    assert reply.text == "```python\nx = 1\n```"


def test_what_does_not_fit_is_left_out_and_named(assistant):
    assistant.conversation = Conversation(tuple(Turn(str(n), "word " * 50, "word " * 50) for n in range(4)))
    engine = ScriptedEngine("fine", context_window=400)
    reply = ask(assistant, engine, "and now")
    assert len(said(engine)) == 5
    assert reply.notes == ("The 2 oldest turns of the conversation did not fit into the context window.",)
    assert reply.usage.prompt_tokens <= 300


def test_an_answer_begins_with_code_of_the_cell_if_there_is_room(assistant):
    def prefill(cell):
        question = Question(TASKS["doc"], "", Language.ENGLISH, NotebookContext(cell))
        return assistant.prompt(question, ScriptedEngine("", context_window=300), "key", 100).prefill

    assert prefill("x = 1\ndef f(a): pass") == "```python\nx = 1\ndef f(a:"
    assert prefill("x = 1\n" * 40 + "def f(a): pass") == "```python\n"


def test_an_unchanged_answer_that_was_mended_is_not_called_unchanged(assistant):
    def mended(reply):
        return replace(reply, text=f"{reply.text}\n```python\nb\n```", cell="b")

    prompt = Prompt((), "fix it", original="a")
    engine = ScriptedEngine("```python\na\n```")
    assert assistant.answer(prompt, engine, Sampling(), Recorder(), "key").notes == (UNCHANGED.en,)
    assert assistant.answer(prompt, engine, Sampling(), Recorder(), "key", mended).notes == ()


def test_an_interrupt_keeps_what_was_said(assistant):
    class Interrupting(Recorder):
        def write(self, text):
            super().write(text)
            if len(self.events) == 4:
                raise KeyboardInterrupt

    renderer = Interrupting()
    reply = ask(assistant, ScriptedEngine("one two three four five", delay=0.01), "count", renderer=renderer)
    assert reply.text == "one two three"
    assert reply.usage.finish is Finish.INTERRUPTED
    assert renderer.events[-1] == ("finish", "one two three")
    assert assistant.conversation.turns[0].answer == "one two three"


def test_an_answer_that_ends_as_it_is_stopped_is_complete(assistant):
    class Late(Recorder):
        def write(self, text):
            super().write(text)
            if text == "one":
                time.sleep(0.3)  # by now the engine has said all
                raise KeyboardInterrupt

    reply = ask(assistant, ScriptedEngine("one two three"), "count", renderer=Late())
    assert reply.text == "one two three"
    assert reply.usage.finish is Finish.STOP


def test_an_interrupt_stops_the_engine(assistant):
    ended = threading.Event()

    class Endless(ScriptedEngine):
        def stream(self, messages, sampling, *, prefill="", stopped):
            while not stopped():
                yield "word "
            ended.set()
            return

    class Interrupting(Recorder):
        def write(self, text):
            raise KeyboardInterrupt

    reply = ask(assistant, Endless(), "go on", renderer=Interrupting())
    assert ended.wait(5)
    assert reply.usage.finish is Finish.INTERRUPTED


def test_an_engine_that_fails_leaves_no_turn_and_nothing_half_shown(assistant):
    class Failing(ScriptedEngine):
        def stream(self, messages, sampling, *, prefill="", stopped):
            yield "half"
            raise EvaluationFailed("no more")

    renderer = Recorder()
    with pytest.raises(EvaluationFailed, match="no more"):
        ask(assistant, Failing(), "go", renderer=renderer)
    assert renderer.events[-1] == ("abandon", None)
    assert len(assistant.conversation) == 0


def test_an_answer_of_nothing_is_no_turn(assistant):
    assert ask(assistant, ScriptedEngine(""), "hello").text == ""
    assert len(assistant.conversation) == 0
