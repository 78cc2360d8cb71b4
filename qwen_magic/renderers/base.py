"""How an answer reaches the user's eyes; renderers know reply data and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from qwen_magic.reply import Reply


class Renderer(Protocol):
    """Shows one answer: `start`, any number of `write`, then `finish` - also after an interruption."""

    def start(self, model: str) -> None:
        """A question is on its way; nothing has been generated yet."""

    def progress(self, words: str) -> None:
        """What is being done before the answer begins; empty words: nothing new, but there is still no answer."""

    def write(self, text: str) -> None:
        """More text of the answer."""

    def finish(self, reply: Reply) -> None:
        """The answer is complete, or as complete as it will get."""

    def abandon(self) -> None:
        """There will be no answer because of an error; leave nothing half-shown behind."""


@contextmanager
def abandoned_on_error(renderer: Renderer) -> Iterator[None]:
    """Whatever is raised in here, the answer is abandoned first."""
    try:
        yield
    except BaseException:
        renderer.abandon()
        raise
