"""What is asked for a second time is answered without a model, and nothing else is."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from streams import collected

from qwen_magic.engines.answers import Answers
from qwen_magic.engines.base import Sampling
from qwen_magic.engines.recorded import RecordedEngine
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.errors import EvaluationFailed
from qwen_magic.messages import Message, Role
from qwen_magic.repair.source import complete
from qwen_magic.reply import Finish

QUESTION = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Count."))
SAMPLING = Sampling(temperature=0.8, seed=3)


@pytest.fixture
def answers(tmp_path):
    return Answers(tmp_path / "answers.sqlite3")


@pytest.fixture
def recording(answers):
    """Makes an engine that records what `real` says, as a new kernel would."""

    def recording(real, weights="abc", how=(4096, True)):
        return RecordedEngine("tiny", weights, how, lambda: real, answers)

    return recording


@pytest.fixture
def replaying(recording, answers):
    """An engine that fails the test when it needs its model."""
    return RecordedEngine("tiny", "abc", (4096, True), lambda: pytest.fail("loaded"), answers)


def said(engine, messages=QUESTION, sampling=SAMPLING, **options):
    return collected(engine.stream(messages, sampling, **options))


def test_an_answer_is_given_again_without_the_model(recording, replaying):
    first, cost = said(recording(ScriptedEngine("one two three", delay=0.01)))
    again, replayed = said(replaying)
    assert again == first == ["one", " two", " three"]
    assert (replayed.prompt_tokens, replayed.completion_tokens) == (cost.prompt_tokens, 3)
    assert (cost.cached, replayed.cached) == (False, True)
    assert replayed.finish is Finish.STOP
    assert replayed.seconds < cost.seconds
    assert replayed.tokens_per_second == 0


def test_all_calls_are_recorded(recording, replaying):
    real = ScriptedEngine("one two")
    real.continuations = ["x = 1\n", "y = 2\n"]
    real.score = lambda messages, prefill, texts, *, stopped: [-0.1, -1 / 3]

    def everything(engine):
        return (
            engine.context_window,
            engine.count(QUESTION),
            engine.render(QUESTION),
            list(engine.alternatives(QUESTION, "```", "z\n", 2, ends=complete)),
            list(engine.samples(QUESTION, SAMPLING, 3)),
            engine.score(QUESTION, "```", ["a", "b"]),
        )

    assert everything(recording(real)) == everything(replaying)
    assert everything(replaying)[3][0].text == "x = 1\n"


def test_a_score_that_cannot_be_known_is_an_answer_too(recording, replaying):
    assert recording(ScriptedEngine("")).score(QUESTION, "", ["a"]) is None
    assert replaying.score(QUESTION, "", ["a"]) is None


@pytest.mark.parametrize(
    "other",
    [
        {"messages": (*QUESTION, Message(Role.USER, "Again."))},
        {"messages": (QUESTION[0], replace(QUESTION[1], role=Role.ASSISTANT))},
        {"messages": (Message(Role.SYSTEM, "Be brief.Count."),)},
        {"prefill": "```"},
        {"sampling": replace(SAMPLING, seed=4)},
        {"sampling": replace(SAMPLING, temperature=0.7)},
        {"sampling": replace(SAMPLING, top_k=1)},
        {"sampling": replace(SAMPLING, top_p=0.5)},
        {"sampling": replace(SAMPLING, repetition_penalty=1.0)},
        {"sampling": replace(SAMPLING, max_tokens=5)},
        {"sampling": replace(SAMPLING, stop=("two",))},
        {"sampling": replace(SAMPLING, grammar='root ::= "x"')},
    ],
)
def test_another_question_is_asked(recording, other):
    said(recording(ScriptedEngine("first")))
    assert said(recording(ScriptedEngine("second")), **other)[0] == ["second"]
    assert said(recording(ScriptedEngine("third")))[0] == ["first"]


@pytest.mark.parametrize("other", [{"weights": "abd"}, {"how": (8192, True)}, {"how": (4096, False)}])
def test_another_model_is_asked(recording, other):
    said(recording(ScriptedEngine("first")))
    assert said(recording(ScriptedEngine("second"), **other))[0] == ["second"]


def test_another_release_is_asked(recording, monkeypatch):
    said(recording(ScriptedEngine("first")))
    monkeypatch.setattr("qwen_magic.engines.recorded.__version__", "99")
    assert said(recording(ScriptedEngine("second")))[0] == ["second"]


def test_greedy_answers_ignore_the_seed(recording, replaying):
    greedy = replace(SAMPLING, temperature=0)
    first = said(recording(ScriptedEngine("first")), sampling=greedy)[0]
    assert said(replaying, sampling=replace(greedy, seed=99))[0] == first


def test_what_was_stopped_is_not_recorded(recording, answers):
    asks = []
    _, usage = said(recording(ScriptedEngine("one two three")), stopped=lambda: asks.append(0) or len(asks) > 1)
    assert usage.finish is Finish.INTERRUPTED
    list(recording(ScriptedEngine("")).alternatives(QUESTION, "", "", 1, ends=complete, stopped=lambda: True))
    recording(ScriptedEngine("")).score(QUESTION, "", ["a"], stopped=lambda: True)
    assert answers.contents().entries == 0


def test_what_ended_just_as_it_was_stopped_is_not_recorded(recording, answers):
    stopped = []
    stream = recording(ScriptedEngine("one two")).stream(
        QUESTION, replace(SAMPLING, max_tokens=1), stopped=lambda: bool(stopped)
    )
    next(stream)
    stopped.append(True)
    assert list(stream) == []
    assert answers.contents().entries == 0


def test_what_failed_or_was_not_read_to_its_end_is_not_recorded(recording, answers):
    class Failing(ScriptedEngine):
        def stream(self, messages, sampling, *, prefill="", stopped):
            yield "one"
            raise EvaluationFailed("no")

    with pytest.raises(EvaluationFailed):
        said(recording(Failing()))
    with closing(recording(ScriptedEngine("one two")).stream(QUESTION, SAMPLING)) as stream:
        next(stream)
    assert answers.contents().entries == 0


def test_a_replay_can_be_stopped(recording, replaying):
    said(recording(ScriptedEngine("one two three")))
    asks = []
    pieces, usage = said(replaying, stopped=lambda: asks.append(0) or len(asks) > 2)
    assert (pieces, usage.completion_tokens, usage.finish) == (["one", " two"], 2, Finish.INTERRUPTED)
    assert len(said(replaying)[0]) == 3


def test_samples_that_were_enough_once_are_enough_again(recording, replaying):
    with closing(recording(ScriptedEngine("a", "b", "c")).samples(QUESTION, SAMPLING, 3)) as samples:
        assert [next(samples), next(samples)] == ["a", "b"]
    again = replaying.samples(QUESTION, SAMPLING, 3)
    assert [next(again), next(again)] == ["a", "b"]
    again.close()
    # Who wants more than there are gets the rest from the model, in whichever order it comes.
    assert list(recording(ScriptedEngine("b", "a", "c")).samples(QUESTION, SAMPLING, 3)) == ["a", "b", "c"]
    assert list(replaying.samples(QUESTION, SAMPLING, 3)) == ["a", "b", "c"]


def test_samples_that_were_stopped_are_not_taken_for_all(recording):
    stopped = []
    samples = recording(ScriptedEngine("a")).samples(QUESTION, SAMPLING, 2, stopped=lambda: bool(stopped))
    assert next(samples) == "a"
    stopped.append(True)
    assert list(samples) == []
    assert list(recording(ScriptedEngine("a", "b")).samples(QUESTION, SAMPLING, 2)) == ["a", "b"]


def test_a_condition_that_its_name_does_not_tell_is_always_asked(recording, answers):
    real = ScriptedEngine("")
    real.continuations = ["x"]
    assert next(recording(real).alternatives(QUESTION, "", "", 1, ends=lambda text: True)).text == "x"
    assert next(recording(real).alternatives(QUESTION, "", "", 1, ends=lambda text: False)).text == "x"
    assert answers.contents().entries == 0


def test_the_model_is_loaded_once_where_the_answer_is_asked_for(recording, answers):
    loaded = []
    engine = RecordedEngine("tiny", "abc", (), lambda: loaded.append(0) or ScriptedEngine("one"), answers)
    assert loaded == []
    stream = engine.stream(QUESTION, SAMPLING)
    assert loaded == [0]
    assert list(stream) == ["one"]
    engine.count(QUESTION)
    assert loaded == [0]


def test_closing_frees_what_was_loaded(recording, replaying):
    closed = []
    real = ScriptedEngine("one")
    real.close = lambda: closed.append(0)
    engine = recording(real)
    said(engine)
    engine.close()
    assert closed == [0]
    replaying.close()


def test_without_a_usable_file_the_model_answers(recording, answers):
    answers.path.write_bytes(b"no database" * 100)
    assert said(recording(ScriptedEngine("one")))[0] == ["one"]
    assert said(recording(ScriptedEngine("two")))[0] == ["two"]
    assert recording(ScriptedEngine("two")).count(QUESTION) == 5
