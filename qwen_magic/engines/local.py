"""The engine for a model in this process, whichever library ctransformers runs it with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from qwen_magic.engines.answering import Answer, LocalModel, not_evaluated
from qwen_magic.engines.base import Continuation, Sampling, anything, never
from qwen_magic.engines.branching import Branchable, Branching
from qwen_magic.engines.decoding import decode
from qwen_magic.engines.drafting import MOST, BatchCosts, measure
from qwen_magic.engines.evaluator import Slot
from qwen_magic.errors import EvaluationFailed, PromptTooLong
from qwen_magic.messages import Message
from qwen_magic.reply import Usage


class LocalEngine:
    """Answers with a model of this process; questions from several threads wait for each other.

    `weights` says the sha256 of the model's file as soon as it is known, and nothing until then.
    """

    def __init__(self, name: str, model: LocalModel, weights: Callable[[], str] = str) -> None:
        self.name = name
        self.model = model
        self.costs: BatchCosts | None = None
        """What batches cost, once it was measured; before, nothing is guessed."""
        self._weights = weights
        self._lock = threading.Lock()
        self._closed = False

    @property
    def weights(self) -> str:
        return self._weights()

    @property
    def context_window(self) -> int:
        return self.model.context_length

    def render(self, messages: Sequence[Message]) -> str:
        return "".join(segment.text for segment in self.model.template.render(messages))

    def count(self, messages: Sequence[Message]) -> int:
        return sum(map(len, self._blocks(messages)))

    def prepare(self, messages: Sequence[Message], *, prefill: str = "", stopped: Callable[[], bool] = never) -> None:
        # Where it cannot be read, the question itself says what is wrong.
        with self._reading(messages, prefill, stopped) as read:
            if read and isinstance(self.model, Branchable):
                self.model.keep()

    def measure(self) -> None:
        """Find out what batches cost on this machine, so that guesses at the next tokens have the length that pays."""
        with self._lock:
            model = self.model
            if not isinstance(model, Branchable) or not model.evaluator.rollback(len(model.context)):
                return  # who cannot take a token back must not guess
            evaluator, start = model.evaluator, len(model.context)

            def evaluate(size: int) -> None:
                evaluator.evaluate([Slot(token, start + token, output=True) for token in range(size)])
                model.rollback(start)

            if start + MOST < self.context_window:
                self.costs = measure(evaluate)

    def stream(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        prefill: str = "",
        stopped: Callable[[], bool] = never,
    ) -> Generator[str, None, Usage]:
        with self._lock:
            if self._closed:
                raise EvaluationFailed(f"{self.name} was closed.", "Ask again.")
            blocks = self._blocks(messages, prefill)
            size = sum(map(len, blocks))
            room = self.context_window - size
            if room < 1:
                raise PromptTooLong(
                    f"The prompt has {size:,} tokens, the context window {self.context_window:,}.",
                    "Ask about less, or enlarge it: %config QwenSettings.context_window = 8192",
                )
            answer = Answer(self.model, blocks, sampling, stopped, self.costs)
            try:
                room = min(room, sampling.max_tokens)
                yield from decode(answer.pieces(room), (*self.model.template.stop, *sampling.stop))
            finally:
                self.model.stopped = never
            return answer.usage()

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
        with self._looking_ahead(messages, prefill, stopped) as model:
            yield from Branching(model, ends).alternatives(text, count, least) if model else ()

    def samples(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        count: int,
        *,
        prefill: str = "",
        stopped: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        def ends(written: str) -> bool:
            return any(stop in written for stop in sampling.stop)

        with self._looking_ahead(messages, prefill, stopped) as model:
            for text in Branching(model, ends).samples(count, sampling) if model else ():
                yield "".join(decode([text.encode()], sampling.stop))

    def score(
        self,
        messages: Sequence[Message],
        prefill: str,
        texts: Sequence[str],
        *,
        stopped: Callable[[], bool] = never,
    ) -> list[float] | None:
        with self._looking_ahead(messages, prefill, stopped) as model:
            return Branching(model, bool).score(texts) if model else None
        return None

    @contextmanager
    def _looking_ahead(
        self, messages: Sequence[Message], prefill: str, stopped: Callable[[], bool]
    ) -> Iterator[Branchable | None]:
        """The model behind a prompt, None if it cannot look so far; what is done there ends when it is `stopped`."""
        model = self.model
        if not isinstance(model, Branchable):
            yield None
            return
        with self._reading(messages, prefill, stopped) as read:
            yield model if read else None

    @contextmanager
    def _reading(self, messages: Sequence[Message], prefill: str, stopped: Callable[[], bool]) -> Iterator[bool]:
        """Whether the model could read a prompt; what is done behind it ends when it is `stopped`."""
        with self._lock:
            blocks = self._blocks(messages, prefill)
            if self._closed or sum(map(len, blocks)) >= self.context_window:
                yield False
                return
            self.model.stopped, read = stopped, False
            try:
                with _ended_by(stopped):
                    for block in not_evaluated(self.model, blocks):
                        self.model.eval(block)
                    read = True
                with _ended_by(stopped):
                    yield read
            finally:
                self.model.stopped = never

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self.model.close()

    def _blocks(self, messages: Sequence[Message], prefill: str = "") -> list[list[int]]:
        """The tokens of a prompt in blocks, each of which ends with what somebody said; the last is one token.

        Sums come out slightly different in batches of another size, and an answer with them. So what
        is reused of an earlier prompt are whole blocks: then the same question gets the same answer.
        """
        blocks: list[list[int]] = [[]]
        for segment in self.model.template.render(messages, prefill):
            blocks[-1] += self.model.tokenize(segment.text, add_bos_token=False, special=segment.template)
            if not segment.template:
                blocks.append([])
        bos = self.model.tokenize("", add_bos_token=None)
        if blocks[0][: len(bos)] != bos:
            blocks[0] = bos + blocks[0]
        blocks[-1:] = [blocks[-1][:-1], blocks[-1][-1:]]
        return [block for block in blocks if block]


@contextmanager
def _ended_by(stopped: Callable[[], bool]) -> Iterator[None]:
    """What is evaluated here may end early because it was stopped or found no room; anything else has failed."""
    try:
        yield
    except (InterruptedError, MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not stopped():
            raise EvaluationFailed("The model failed while it looked ahead.", str(error)) from error
