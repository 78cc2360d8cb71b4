"""Prompts of what a user is likely to ask next, read by the model while nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from qwen_magic.engines.base import Engine
from qwen_magic.engines.priority import give_way
from qwen_magic.errors import QwenMagicError
from qwen_magic.messages import Message


@dataclass(frozen=True, slots=True)
class Likely:
    """A prompt that may come, and what is put into the assistant's mouth then."""

    messages: Sequence[Message]
    prefill: str = ""


class Ahead:
    """Reads likely prompts in a thread that gives way to everything else; the next ones take the place of the last."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def start(self, engine: Engine, prompts: Callable[[], Iterable[Likely]]) -> None:
        """Read some prompts, in order; they are only made in the background."""
        self.stop()
        stop = self._stop = threading.Event()

        def work() -> None:
            give_way()
            # What is wrong, the question itself will say.
            with suppress(QwenMagicError):
                for likely in prompts():
                    if stop.is_set():
                        return
                    engine.prepare(likely.messages, prefill=likely.prefill, stopped=stop.is_set)

        threading.Thread(target=work, name="qwen_magic ahead", daemon=True).start()

    def stop(self) -> None:
        """Leave off, if something is being read."""
        self._stop.set()
