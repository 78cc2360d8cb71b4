"""The seam between the assistant and whatever produces text."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from qwen_magic.messages import Message
from qwen_magic.reply import Usage


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen. The same seed, prompt and engine give the same text.

    `grammar` is GBNF, llama.cpp's grammar notation; engines that know no grammars raise on it.
    """

    temperature: float = 0.2
    top_k: int = 40
    top_p: float = 0.95
    repetition_penalty: float = 1.05
    seed: int = 0
    max_tokens: int = 768
    stop: tuple[str, ...] = ()
    grammar: str | None = None

    @property
    def parameters(self) -> dict[str, float]:
        """What somebody needs, with the seed, to draw the same answer again."""
        names = ("temperature", "top_k", "top_p", "repetition_penalty", "max_tokens")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Continuation:
    """What a model could go on with; `logprob` is the natural log of its probability, all tokens together."""

    text: str
    logprob: float
    tokens: int


def never() -> bool:
    """The `stopped` of a caller who never stops an answer."""
    return False


def anything() -> float:
    """The `least` of a caller who finds nothing too unlikely."""
    return -math.inf


class Engine(Protocol):
    """Turns messages into text, one question at a time."""

    @property
    def name(self) -> str:
        """The model, as the user names it."""

    @property
    def weights(self) -> str:
        """The sha256 of the model's file, in hexadecimal; empty without a file, or while it is not known yet."""

    @property
    def context_window(self) -> int:
        """Tokens of prompt and answer together."""

    def count(self, messages: Sequence[Message]) -> int:
        """Tokens that these messages take as a prompt, chat template included."""

    def render(self, messages: Sequence[Message]) -> str:
        """The exact prompt, for people to read."""

    def prepare(self, messages: Sequence[Message], *, prefill: str = "", stopped: Callable[[], bool] = never) -> None:
        """Read a prompt that is likely to be asked, so that its answer, and of those that begin alike, begins at once.

        Ends early once `stopped` says so. Raises `EvaluationFailed`.
        """

    def stream(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        prefill: str = "",
        stopped: Callable[[], bool] = never,
    ) -> Generator[str, None, Usage]:
        """Yield the answer piece by piece and return what it cost.

        `prefill` is put into the assistant's mouth and not yielded again. `stopped` is asked often;
        once true, the stream ends within a fraction of a second with `Finish.INTERRUPTED`.
        Raises `EvaluationFailed`; `PromptTooLong` if the prompt leaves no room for an answer.
        """

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
        """At most `count` likely continuations of `prefill` that are not `text`, each as soon as it is complete.

        Each goes on until `ends` says that it is, unless its `logprob` falls below what `least` says then. Engines
        that cannot see probabilities have none; there are no more once `stopped` says so.
        """

    def samples(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        count: int,
        *,
        prefill: str = "",
        stopped: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        """Several answers drawn at once, in the time of a few, each as soon as it is complete.

        Engines that cannot draw several have none; there are no more once `stopped` says so.
        """

    def score(
        self,
        messages: Sequence[Message],
        prefill: str,
        texts: Sequence[str],
        *,
        stopped: Callable[[], bool] = never,
    ) -> list[float] | None:
        """The natural log of the probability of each text as a continuation; None where it cannot be known."""

    def close(self) -> None:
        """Free the model; the engine cannot be used afterwards."""
