"""The seam between the assistant and whatever produces text."""

from __future__ import annotations

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


def never() -> bool:
    """The `stopped` of a caller who never stops an answer."""
    return False


class Engine(Protocol):
    """Turns messages into text, one question at a time."""

    @property
    def name(self) -> str:
        """The model, as the user names it."""

    @property
    def context_window(self) -> int:
        """Tokens of prompt and answer together."""

    def count(self, messages: Sequence[Message]) -> int:
        """Tokens that these messages take as a prompt, chat template included."""

    def render(self, messages: Sequence[Message]) -> str:
        """The exact prompt, for people to read."""

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

    def close(self) -> None:
        """Free the model; the engine cannot be used afterwards."""
