"""What every engine does, whatever produces its text."""

from __future__ import annotations

import pytest
from streams import collected

from qwen_magic.engines.answers import Answers
from qwen_magic.engines.base import Engine, Sampling
from qwen_magic.engines.local import LocalEngine
from qwen_magic.engines.recorded import RecordedEngine
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.errors import PromptTooLong
from qwen_magic.messages import Message, Role
from qwen_magic.reply import Finish, Usage

QUESTION = [Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Count to twenty, 从一数到二十 {} {{x}}")]
LIVELY = Sampling(temperature=0.8, max_tokens=12, seed=3)


@pytest.fixture(
    params=["scripted", pytest.param("smol", marks=pytest.mark.model), "tiny", "recorded", "replayed"],
)
def engine(request, tmp_path) -> Engine:
    scripted = ScriptedEngine(" ".join(map(str, range(100))), context_window=200)
    recorded = RecordedEngine("recorded", "abc", (), lambda: scripted, Answers(tmp_path / "answers.sqlite3"))
    if request.param == "replayed":
        answer(recorded)
    if request.param in ("smol", "tiny"):
        return LocalEngine(request.param, request.getfixturevalue(request.param))
    return scripted if request.param == "scripted" else recorded


def answer(engine, messages=QUESTION, sampling=LIVELY, **options):
    return collected(engine.stream(messages, sampling, **options))


def test_an_engine_has_a_name_and_a_window(engine):
    assert engine.name
    assert engine.context_window > 100
    assert isinstance(engine.weights, str)


def test_an_answer_comes_in_pieces_and_costs_something(engine):
    pieces, usage = answer(engine)
    assert len(pieces) > 1
    assert all(isinstance(piece, str) and piece for piece in pieces)
    assert isinstance(usage, Usage)
    assert usage.prompt_tokens == engine.count(QUESTION)
    assert 0 < usage.completion_tokens <= LIVELY.max_tokens


def test_the_same_question_gets_the_same_answer(engine):
    assert "".join(answer(engine)[0]) == "".join(answer(engine)[0])


def test_a_question_that_was_read_ahead_gets_the_same_answer(engine):
    said = "".join(answer(engine)[0])
    engine.prepare(QUESTION)
    engine.prepare([Message(Role.USER, "Something else.")], prefill="Well")
    assert "".join(answer(engine)[0]) == said


def test_an_answer_has_at_most_max_tokens(engine):
    _, usage = answer(engine, sampling=Sampling(max_tokens=3))
    assert (usage.completion_tokens, usage.finish) == (3, Finish.LENGTH)


def test_an_answer_can_be_stopped(engine):
    asks = []
    _, usage = answer(engine, stopped=lambda: asks.append(None) or len(asks) > 8)
    assert usage.finish is Finish.INTERRUPTED
    assert usage.completion_tokens < LIVELY.max_tokens
    assert answer(engine)[1].finish is not Finish.INTERRUPTED


def test_a_prompt_without_room_for_an_answer_is_refused(engine):
    with pytest.raises(PromptTooLong):
        answer(engine, [Message(Role.USER, "word " * 2000)])
    assert answer(engine)[0]


def test_a_prompt_can_be_read_and_counted(engine):
    assert "Count to twenty, 从一数到二十 {} {{x}}" in engine.render(QUESTION)
    assert engine.count(QUESTION) > engine.count(QUESTION[:1]) > 0


def test_an_engine_can_be_closed_twice():
    engine = ScriptedEngine("x")
    engine.close()
    engine.close()
