"""The engine for a model in this process, whichever library ctransformers runs it with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, chain
from typing import Any, Literal, Protocol

from qwen_magic.chat_template import ChatTemplate
from qwen_magic.engines.base import Continuation, Sampling, never
from qwen_magic.engines.branching import Branchable, Branching
from qwen_magic.engines.decoding import decode
from qwen_magic.engines.drafting import MOST, BatchCosts, PromptLookup, measure
from qwen_magic.engines.evaluator import Slot
from qwen_magic.errors import EvaluationFailed, PromptTooLong
from qwen_magic.messages import Message
from qwen_magic.reply import Finish, Usage


class LocalModel(Protocol):
    """A `ctransformers.LLM` with the few additions that an assistant needs.

    `stopped` is asked during evaluation, which then fails early.
    """

    stopped: Callable[[], bool]
    grammar: str | None

    @property
    def context_length(self) -> int: ...
    @property
    def template(self) -> ChatTemplate: ...
    def tokenize(self, text: str, add_bos_token: bool | None = None, *, special: bool = True) -> list[int]: ...
    def detokenize(self, tokens: Sequence[int], decode: Literal[False]) -> bytes: ...
    def prepare_inputs_for_generation(self, tokens: Sequence[int], *, reset: bool | None = None) -> Sequence[int]: ...
    def eval(self, tokens: Sequence[int]) -> None: ...
    def sample(self, **sampling: Any) -> int: ...
    def is_eos_token(self, token: int) -> bool: ...
    def close(self) -> None: ...


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
        with self._lock:
            blocks = self._blocks(messages, prefill)
            if self._closed or sum(map(len, blocks)) >= self.context_window:
                return  # the question itself says what is wrong
            self.model.stopped = stopped
            try:
                with _ended_by(stopped):
                    for block in _not_evaluated(self.model, blocks):
                        self.model.eval(block)
                    if isinstance(self.model, Branchable):
                        self.model.keep()
            finally:
                self.model.stopped = never

    def measure(self) -> None:
        """Find out what batches cost on this machine, so that guesses at the next tokens have the length that pays."""
        with self._lock:
            model = self.model
            if not isinstance(model, Branchable) or not model.evaluator.rollback(len(model.context)):
                return  # who cannot take a token back must not guess
            evaluator, start = model.evaluator, len(model.context)

            def evaluate(size: int) -> None:
                evaluator.evaluate([Slot(token, start + token, output=True) for token in range(size)])
                evaluator.rollback(start)

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
            answer = _Answer(self.model, blocks, sampling, stopped, self.costs)
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
        stopped: Callable[[], bool] = never,
    ) -> list[Continuation]:
        with self._looking_ahead(messages, prefill, stopped) as model:
            return Branching(model, ends).alternatives(text, count) if model else []
        return []

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
        with self._lock:
            blocks = self._blocks(messages, prefill)
            model = self.model
            if self._closed or not isinstance(model, Branchable) or sum(map(len, blocks)) >= self.context_window:
                yield None
                return
            model.stopped, ready = stopped, None
            try:
                with _ended_by(stopped):
                    for block in _not_evaluated(self.model, blocks):
                        model.eval(block)
                    ready = model
                with _ended_by(stopped):
                    yield ready
            finally:
                model.stopped = never

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


def _not_evaluated(model: LocalModel, blocks: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    """The blocks to evaluate, at least the last; the model's context is cut back to where they begin."""
    prompt = list(chain(*blocks))
    common = len(prompt) - len(model.prepare_inputs_for_generation(prompt, reset=True))
    ends = [0, *accumulate(map(len, blocks[:-1]))]
    done = sum(end <= common for end in ends) - 1
    model.prepare_inputs_for_generation(prompt[: ends[done] + 1], reset=True)
    return blocks[done:]


class _Answer:
    """One answer on its way: the bytes of its tokens, and what it cost."""

    def __init__(
        self,
        model: LocalModel,
        blocks: Sequence[Sequence[int]],
        sampling: Sampling,
        stopped: Callable[[], bool],
        costs: BatchCosts | None,
    ) -> None:
        self.model, self.blocks, self.sampling, self.stopped = model, blocks, sampling, stopped
        self.prompt_tokens = sum(map(len, blocks))
        self.reused = self.completion = 0
        self.finish = Finish.STOP
        self.started = time.perf_counter()
        self.first_token = 0.0
        self.lookup = PromptLookup(list(chain(*blocks)), costs) if costs else None

    def pieces(self, room: int) -> Iterator[bytes]:
        self.model.stopped = self.stopped
        self.model.grammar = self.sampling.grammar
        new = _not_evaluated(self.model, self.blocks)
        self.reused = self.prompt_tokens - sum(map(len, new))
        while self.completion < room:
            drawn = self._drawn(new, room - self.completion - 1 if self.completion else 0)
            if not drawn:
                return
            for token in drawn:
                if self.model.is_eos_token(token):
                    return
                self.completion += 1
                self.first_token = self.first_token or time.perf_counter() - self.started
                yield self.model.detokenize([token], decode=False)
            new = [drawn[-1:]]
        self.finish = Finish.LENGTH

    def _drawn(self, new: Sequence[Sequence[int]], most: int) -> list[int]:
        """The next tokens behind new ones, of which at most so many are guessed; none when it was stopped."""
        try:
            if not self.stopped():
                drawn = self._next(new, most)
                if self.lookup:
                    self.lookup.add(drawn)
                return drawn
        except (InterruptedError, MemoryError, RuntimeError) as error:
            if not self.stopped():
                raise EvaluationFailed("The model failed in the middle of the answer.", str(error)) from error
        self.finish = Finish.INTERRUPTED
        return []

    def _next(self, new: Sequence[Sequence[int]], most: int) -> list[int]:
        s, model = self.sampling, self.model
        how = {
            "top_k": s.top_k,
            "top_p": s.top_p,
            "temperature": s.temperature,
            "repetition_penalty": s.repetition_penalty,
            "last_n_tokens": 64,
            "seed": s.seed,
        }
        guess = self.lookup.guess(most) if self.lookup and most > 0 else []
        if guess and isinstance(model, Branchable):
            return model.draw(new[-1][-1], guess, **how)
        for block in new:
            if self.stopped():
                raise InterruptedError
            model.eval(block)
        return [model.sample(**how)]

    def usage(self) -> Usage:
        seconds = time.perf_counter() - self.started
        return Usage(self.prompt_tokens, self.reused, self.completion, self.first_token, seconds, self.finish)
