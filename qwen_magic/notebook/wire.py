"""What a copy of the notebook tells the notebook: messages through a pipe, none of them trusted."""

from __future__ import annotations

import io
import os
import pickle
import select
import time
from typing import Any

from qwen_magic.language import Words
from qwen_magic.snapshot import Diagnosis, Failure, Frame, Rewrite, Variable
from qwen_magic.trial import CheckResult, Ending, TrialResult

LARGEST = 1_000_000
BEGAN = "began"
_KINDS = (CheckResult, Diagnosis, Ending, Failure, Frame, Rewrite, TrialResult, Variable, Words)
_KNOWN = {(kind.__module__, kind.__name__): kind for kind in _KINDS}
_LENGTH = 4


class UnreadableError(Exception):
    """The other end wrote something that is no message of ours."""


def send(descriptor: int, message: object) -> None:
    """Write one message: its length, then itself."""
    packed = pickle.dumps(message, protocol=4)
    if len(packed) > LARGEST:
        raise ValueError("message too long")
    waiting = len(packed).to_bytes(_LENGTH, "big") + packed
    while waiting:
        waiting = waiting[os.write(descriptor, waiting) :]


class Inbox:
    """The reading end of the pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._read = b""

    def next(self, until: float) -> object | None:
        """The next message; None at the end of the pipe, TimeoutError if it is late (monotonic clock)."""
        length = int.from_bytes(self._take(_LENGTH, until), "big")
        if not length:
            return None
        if length > LARGEST:
            raise UnreadableError(f"a message of {length:,} bytes")
        packed = self._take(length, until)
        return _unpack(packed) if packed else None

    def _take(self, size: int, until: float) -> bytes:
        # A select() cannot see descriptors above 1023, which a kernel with many files has.
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        while len(self._read) < size:
            if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
                raise TimeoutError
            part = os.read(self._descriptor, 65536)
            if not part:
                return b""
            self._read += part
        taken, self._read = self._read[:size], self._read[size:]
        return taken


class _PlainData(pickle.Unpickler):
    """Makes records of ours and nothing else: the copy has run code that nobody has read."""

    def find_class(self, module: str, name: str) -> Any:
        if (kind := _KNOWN.get((module, name))) is None:
            raise UnreadableError(f"{module}.{name}")
        return kind


def _unpack(packed: bytes) -> object:
    try:
        message: object = _PlainData(io.BytesIO(packed)).load()
    except UnreadableError:
        raise
    # Bytes that are no pickle can raise nearly anything.
    except Exception as problem:
        raise UnreadableError(str(problem)) from problem
    return message
