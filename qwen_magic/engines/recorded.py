"""An engine that gives the answers it has given before, and loads a model only for others."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import asdict, astuple
from functools import cached_property
from hashlib import sha256
from typing import Any

from qwen_magic import __version__
from qwen_magic.engines.answers import Answers
from qwen_magic.engines.base import Continuation, Engine, Sampling, anything, never
from qwen_magic.messages import Message
from qwen_magic.reply import Finish, Usage


class RecordedEngine:
    """Looks every call up by all that could change its result, and asks the engine that `load` gives for the rest.

    `weights` is the sha256 of the model's file, `how` what else of its loading changes answers. Threads and
    processor are left out: they round differently, and answers are to be the same on all of them.
    """

    def __init__(
        self, name: str, weights: str, how: Sequence[object], load: Callable[[], Engine], answers: Answers
    ) -> None:
        self.name = name
        self.weights = weights
        self._how = how
        self._load = load
        self._answers = answers

    @cached_property
    def _engine(self) -> Engine:
        return self._load()

    @property
    def context_window(self) -> int:
        window: int = self._result(self._key("context_window"), lambda: self._engine.context_window)
        return window

    def count(self, messages: Sequence[Message]) -> int:
        count: int = self._result(self._key("count", messages), lambda: self._engine.count(messages))
        return count

    def render(self, messages: Sequence[Message]) -> str:
        prompt: str = self._result(self._key("render", messages), lambda: self._engine.render(messages))
        return prompt

    def prepare(self, messages: Sequence[Message], *, prefill: str = "", stopped: Callable[[], bool] = never) -> None:
        """Nothing: what was answered before need not be read, and no model is loaded for what may never be asked."""

    def stream(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        prefill: str = "",
        stopped: Callable[[], bool] = never,
    ) -> Generator[str, None, Usage]:
        # No generator itself: a model is loaded now, in the thread that asks, and not where the answer is waited for.
        key = self._key("stream", messages, prefill, sampling=_chosen(sampling))
        if (found := self._answers.get(key)) is not None:
            return _replayed(found, stopped)
        return self._recorded(key, self._engine.stream(messages, sampling, prefill=prefill, stopped=stopped), stopped)

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
        name = f"{ends.__module__}.{ends.__qualname__}"
        # A lambda, or a function made in another: its name does not say what it does.
        key = self._key("alternatives", messages, prefill, text=text, count=count, ends=name) if "<" not in name else ""
        if key and (kept := self._answers.get(key)) is not None:
            return (Continuation(*each) for each in kept["result"])
        found = self._engine.alternatives(messages, prefill, text, count, ends=ends, least=least, stopped=stopped)
        return self._keeping(key, found, stopped)

    def _keeping(
        self, key: str, found: Generator[Continuation, None, None], stopped: Callable[[], bool]
    ) -> Generator[Continuation, None, None]:
        result = []
        with closing(found):
            for each in found:
                result.append(astuple(each))
                yield each
        if key and not stopped():
            self._answers.put(key, {"result": result})

    def samples(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        count: int,
        *,
        prefill: str = "",
        stopped: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        """Samples are kept one by one: whoever has found a good one does not wait for the others."""
        key = self._key("samples", messages, prefill, sampling=_chosen(sampling), count=count)
        found = self._answers.get(key) or {"texts": [], "all": False}
        texts: list[str] = found["texts"]
        for text in tuple(texts):
            if stopped():
                return
            yield text
        if found["all"] or stopped():
            return
        known, complete = list(texts), False
        try:
            with closing(self._engine.samples(messages, sampling, count, prefill=prefill, stopped=stopped)) as drawn:
                for text in drawn:
                    if text in known:
                        known.remove(text)
                        continue
                    texts.append(text)
                    yield text
            complete = not stopped()
        finally:
            self._answers.put(key, {"texts": texts, "all": complete})

    def score(
        self,
        messages: Sequence[Message],
        prefill: str,
        texts: Sequence[str],
        *,
        stopped: Callable[[], bool] = never,
    ) -> list[float] | None:
        key = self._key("score", messages, prefill, texts=list(texts))
        scores: list[float] | None = self._result(
            key, lambda: self._engine.score(messages, prefill, texts, stopped=stopped), stopped
        )
        return scores

    def close(self) -> None:
        """Free the model, if one was loaded."""
        if "_engine" in vars(self):
            self._engine.close()

    def _key(self, call: str, messages: Sequence[Message] = (), prefill: str = "", **arguments: object) -> str:
        said = [(message.role, message.content) for message in messages]
        everything = (__version__, self.weights, *self._how, call, said, prefill, arguments)
        return sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()

    def _result(self, key: str, ask: Callable[[], object], stopped: Callable[[], bool] = never) -> Any:
        """What was recorded, or what the engine says; that is recorded unless `stopped` cut it short."""
        if (found := self._answers.get(key)) is not None:
            return found["result"]
        result = ask()
        if not stopped():
            self._answers.put(key, {"result": result})
        return result

    def _recorded(
        self, key: str, stream: Generator[str, None, Usage], stopped: Callable[[], bool]
    ) -> Generator[str, None, Usage]:
        pieces: list[str] = []
        with closing(stream):
            try:
                while True:
                    pieces.append(next(stream))
                    yield pieces[-1]
            except StopIteration as end:
                usage: Usage = end.value
        if usage.finish is not Finish.INTERRUPTED and not stopped():
            cost = {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
            self._answers.put(key, {"pieces": pieces, "finish": usage.finish, **cost})
        return usage


def _replayed(found: dict[str, Any], stopped: Callable[[], bool]) -> Generator[str, None, Usage]:
    started, first_token = time.perf_counter(), 0.0
    tokens, finish = found["completion_tokens"], Finish(found["finish"])
    for said, piece in enumerate(found["pieces"]):
        if stopped():
            tokens, finish = said, Finish.INTERRUPTED
            break
        first_token = first_token or time.perf_counter() - started
        yield piece
    prompt_tokens, seconds = found["prompt_tokens"], time.perf_counter() - started
    return Usage(prompt_tokens, prompt_tokens, tokens, first_token, seconds, finish, cached=True)


def _chosen(sampling: Sampling) -> dict[str, Any]:
    """What chooses the tokens; without randomness, no seed does."""
    return asdict(sampling) | ({"seed": 0} if sampling.temperature <= 0 else {})
