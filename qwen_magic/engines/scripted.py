"""A deterministic engine for tests, documentation and users' own CI: it says what it was told to say."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Sequence

from qwen_magic.engines.base import Continuation, Sampling, anything, never
from qwen_magic.errors import PromptTooLong
from qwen_magic.messages import Message
from qwen_magic.reply import Finish, Usage

_TOKEN = re.compile(r"\s*\S+|\s+")


class ScriptedEngine:
    """Answers with `replies` in turn (the last one again and again) and keeps the `prompts` it got.

    A token is a word with the white space before it.
    """

    name = "scripted"
    weights = ""

    def __init__(self, *replies: str, context_window: int = 4096, delay: float = 0.0) -> None:
        self._replies = list(replies) or [""]
        self.context_window = context_window
        self.delay = delay
        self.continuations: list[str] = []
        self.prompts: list[tuple[Message, ...]] = []
        self.prepared: list[tuple[Message, ...]] = []
        self.samplings: list[Sampling] = []

    def count(self, messages: Sequence[Message]) -> int:
        return len(_TOKEN.findall(self.render(messages)))

    def render(self, messages: Sequence[Message]) -> str:
        return "\n".join(f"{m.role}: {m.content}" for m in messages)

    def prepare(self, messages: Sequence[Message], *, prefill: str = "", stopped: Callable[[], bool] = never) -> None:
        """Notes what was `prepared`; there is nothing to read."""
        self.prepared.append(tuple(messages))

    def stream(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        prefill: str = "",
        stopped: Callable[[], bool] = never,
    ) -> Generator[str, None, Usage]:
        prompt_tokens = self.count(messages)
        if prompt_tokens >= self.context_window:
            raise PromptTooLong(f"The prompt has {prompt_tokens} tokens, the window {self.context_window}.")
        self.prompts.append(tuple(messages))
        self.samplings.append(sampling)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        tokens = _TOKEN.findall(_after(reply, prefill))
        said, finish = 0, Finish.STOP
        for token in tokens:
            if stopped():
                finish = Finish.INTERRUPTED
                break
            if said == sampling.max_tokens:
                finish = Finish.LENGTH
                break
            time.sleep(self.delay)
            said += 1
            yield token
        return Usage(prompt_tokens, 0, said, self.delay, self.delay * said, finish)

    def alternatives(
        self,
        messages: Sequence[Message],
        prefill: str,
        text: str,
        count: int,
        *,
        ends: Callable[[str], bool],
        least: Callable[[], float] = anything,
        stopped: Callable[[], bool] = never,
    ) -> Generator[Continuation, None, None]:
        """The `continuations` it was given, as likely as they stand in order."""
        yield from (Continuation(each, -float(i), 1) for i, each in enumerate(self.continuations[:count], 1))

    def samples(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        count: int,
        *,
        prefill: str = "",
        stopped: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        """The replies that are left."""
        yield from [_after(reply, prefill) for reply in self._replies[:count]]

    def score(
        self,
        messages: Sequence[Message],
        prefill: str,
        texts: Sequence[str],
        *,
        stopped: Callable[[], bool] = never,
    ) -> list[float] | None:
        """Nothing is known of probabilities."""
        return None

    def close(self) -> None:
        """Nothing to free."""


def _after(reply: str, prefill: str) -> str:
    """What a scripted reply says behind what it was given: that may be more than whoever wrote it knew of."""
    for line in prefill.splitlines(keepends=True):
        reply = reply.removeprefix(line)
    return reply
