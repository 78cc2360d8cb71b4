"""Prompts of what a user is likely to ask next, read by the model while nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from qwen_magic.engines.base import Engine, never
from qwen_magic.engines.priority import give_way
from qwen_magic.errors import QwenMagicError
from qwen_magic.language import Language
from qwen_magic.messages import Message
from qwen_magic.prompt import Question, messages_for
from qwen_magic.snapshot import Failure, NotebookContext
from qwen_magic.tasks import TASKS


@dataclass(frozen=True, slots=True)
class Likely:
    """A prompt that may come, and what is put into the assistant's mouth then."""

    messages: Sequence[Message]
    prefill: str = ""


def likely(failure: Failure, context: NotebookContext, language: Language, engine: Engine) -> Iterator[Likely]:
    """The prompts of a fix and of an explanation; none of a fix for which the model is not needed."""
    # These take long to import, and a notebook in which nothing fails needs none of them.
    from qwen_magic.repair.proposals import ModelProposals
    from qwen_magic.repair.source import targets

    fix, explain = (Question(TASKS[verb], "", language, context) for verb in ("fix", "explain"))
    if not failure.diagnosis or not any(rewrite.certain for rewrite in failure.diagnosis.rewrites):
        failing = targets(failure.cell, failure.line or 1)[0]
        yield Likely(*ModelProposals(fix, lambda: engine, never).prompt(failure, failing))
    yield Likely(messages_for(explain, engine))


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
                for each in prompts():
                    if stop.is_set():
                        return
                    engine.prepare(each.messages, prefill=each.prefill, stopped=stop.is_set)

        threading.Thread(target=work, name="qwen_magic ahead", daemon=True).start()

    def stop(self) -> None:
        """Leave off, if something is being read."""
        self._stop.set()
