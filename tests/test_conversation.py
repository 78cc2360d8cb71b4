from __future__ import annotations

import pytest

from qwen_magic.conversation import Conversation, Turn
from qwen_magic.messages import Message, Role

SYSTEM = Message(Role.SYSTEM, "be brief")
QUESTION = Message(Role.USER, "and now")


def count(messages):
    """A token a word."""
    return sum(len(m.content.split()) for m in messages)


@pytest.fixture
def conversation():
    return Conversation((Turn("a", "one", "first answer"), Turn("b", "two", "second answer")))


def test_a_new_cell_adds_a_turn(conversation):
    longer = conversation.with_turn(Turn("c", "three", "third"))
    assert [t.key for t in longer.turns] == ["a", "b", "c"]
    assert len(conversation) == 2


def test_a_cell_that_asks_again_replaces_its_turn_in_place(conversation):
    again = conversation.with_turn(Turn("a", "one!", "better answer"))
    assert [(t.key, t.answer) for t in again.turns] == [("a", "better answer"), ("b", "second answer")]


def test_a_cell_that_asks_again_knows_only_what_came_before_it(conversation):
    assert [t.key for t in conversation.before("b").turns] == ["a"]
    assert conversation.before("a") == Conversation()
    assert conversation.before("new") == conversation


def test_everything_stays_where_there_is_room(conversation):
    messages, dropped = conversation.fit([SYSTEM], QUESTION, 100, count)
    assert [m.content for m in messages] == ["be brief", "one", "first answer", "two", "second answer", "and now"]
    assert [m.role for m in messages[1:3]] == [Role.USER, Role.ASSISTANT]
    assert dropped == 0


def test_the_oldest_turns_go_first(conversation):
    messages, dropped = conversation.fit([SYSTEM], QUESTION, 7, count)
    assert [m.content for m in messages] == ["be brief", "two", "second answer", "and now"]
    assert dropped == 1


def test_the_system_message_and_the_question_always_stay(conversation):
    messages, dropped = conversation.fit([SYSTEM], QUESTION, 1, count)
    assert (messages, dropped) == ([SYSTEM, QUESTION], 2)
