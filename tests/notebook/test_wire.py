"""The pipe between a copy of the notebook and the notebook."""

from __future__ import annotations

import os
import pickle
import sys
import time

import pytest

from qwen_magic.language import Words
from qwen_magic.notebook import wire
from qwen_magic.snapshot import Diagnosis, Failure, Frame, Rewrite, Variable
from qwen_magic.trial import CheckResult, Ending, TrialResult

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no copies there")


@pytest.fixture
def pipe():
    read_end, write_end = os.pipe()
    yield wire.Inbox(read_end), write_end
    os.close(read_end)


def soon():
    return time.monotonic() + 0.2


def test_messages_arrive_as_they_were(pipe):
    inbox, write_end = pipe
    frame = Frame("f", "In[1]", 1, ("1 / 0",), 1, (Variable("a", "int", "1"),))
    diagnosis = Diagnosis("zero", Words("a", "b"), Words("c", "d"), (Rewrite("1", certain=True),))
    failure = Failure(1, "1 / 0", "ZeroDivisionError", "division by zero", "Traceback", 1, frame, ("x",), diagnosis)
    result = TrialResult(Ending.RAISED, "out", failure, (Variable("b", "int", "2"),))
    messages = [wire.BEGAN, result, CheckResult("assert x", "no"), Words("a", "b")]
    for message in messages:
        wire.send(write_end, message)

    assert [inbox.next(soon()) for _ in messages] == messages
    with pytest.raises(TimeoutError):
        inbox.next(soon())
    os.write(write_end, b"\0\0\0\5cut")
    os.close(write_end)
    assert inbox.next(soon()) is None


class Command:
    def __reduce__(self):
        return os.system, ("touch /tmp/pwned",)


@pytest.mark.parametrize(
    "packed",
    [
        pickle.dumps(Command()),
        pickle.dumps(print),
        b"no pickle at all",
        b"\x80\x04N",
        pickle.dumps(TrialResult(Ending.RAN)).replace(b"ran", b"run"),
    ],
)
def test_only_records_of_ours_are_read(pipe, packed):
    inbox, write_end = pipe
    os.write(write_end, len(packed).to_bytes(4, "big") + packed)
    os.close(write_end)

    with pytest.raises(wire.UnreadableError):
        inbox.next(soon())


def test_too_long_a_message_is_not_even_read(pipe):
    inbox, write_end = pipe
    os.write(write_end, b"\xff\xff\xff\xff")

    with pytest.raises(wire.UnreadableError):
        inbox.next(soon())
    with pytest.raises(ValueError, match="too long"):
        wire.send(write_end, "x" * 2_000_000)
    os.close(write_end)
