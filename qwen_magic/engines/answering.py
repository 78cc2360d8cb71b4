"""One answer of a model in this process: the prompt read, tokens drawn, guesses at the next ones checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, Literal, Protocol

from qwen_magic.chat_template import ChatTemplate
from qwen_magic.engines.base import Sampling
from qwen_magic.engines.branching import Branchable
from qwen_magic.engines.drafting import BatchCosts, PromptLookup
from qwen_magic.errors import EvaluationFailed
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


def not_evaluated(model: LocalModel, blocks: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    """The blocks to evaluate, at least the last; the model's context is cut back to where they begin."""
    prompt = list(chain(*blocks))
    common = len(prompt) - len(model.prepare_inputs_for_generation(prompt, reset=True))
    ends = [0, *accumulate(map(len, blocks[:-1]))]
    done = sum(end <= common for end in ends) - 1
    model.prepare_inputs_for_generation(prompt[: ends[done] + 1], reset=True)
    return blocks[done:]


class Answer:
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
        self.how = {
            "top_k": sampling.top_k,
            "top_p": sampling.top_p,
            "temperature": sampling.temperature,
            "repetition_penalty": sampling.repetition_penalty,
            "last_n_tokens": 64,
            "seed": sampling.seed,
        }
        self.prompt_tokens = sum(map(len, blocks))
        self.reused = self.completion = 0
        self.finish = Finish.STOP
        self.started = time.perf_counter()
        self.first_token = 0.0
        self.lookup = PromptLookup(list(chain(*blocks)), costs) if costs else None

    def pieces(self, room: int) -> Iterator[bytes]:
        self.model.stopped = self.stopped
        self.model.grammar = self.sampling.grammar
        new = not_evaluated(self.model, self.blocks)
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
        model = self.model
        guess = self.lookup.guess(most) if self.lookup and most > 0 else []
        if guess and isinstance(model, Branchable):
            return model.draw(new[-1][-1], guess, **self.how)
        for block in new:
            if self.stopped():
                raise InterruptedError
            model.eval(block)
        return [model.sample(**self.how)]

    def usage(self) -> Usage:
        seconds = time.perf_counter() - self.started
        return Usage(self.prompt_tokens, self.reused, self.completion, self.first_token, seconds, self.finish)
