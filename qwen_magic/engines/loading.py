"""From a file to an engine: the right library for it, in the background, once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from qwen_magic.engines.base import Engine
from qwen_magic.errors import BrokenModel
from qwen_magic.messages import Message


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """What an engine is loaded from and with; `threads` 0 takes the cores this process may use.

    `copy`: of the same file, to be loaded in its place.
    """

    name: str
    path: Path
    context_window: int
    threads: int = 0
    model_type: str = ""
    copy: Path | None = None


def load(spec: EngineSpec, warm: list[Message], weights: Callable[[], str] = str) -> Engine:
    """An engine for a model file, with the prompt `warm` evaluated ahead. Raises `ModelError`.

    `weights` says the sha256 of the file once it is known.
    """
    # These import for a quarter of a second each, and a session without questions needs none of them.
    from ctransformers.llm import Config

    from qwen_magic.engines.answering import LocalModel
    from qwen_magic.engines.evaluator import BATCH_TOKENS
    from qwen_magic.engines.gguf import magic
    from qwen_magic.engines.local import LocalEngine
    from qwen_magic.engines.threads import usable_cores

    threads = spec.threads or usable_cores()
    model: LocalModel
    if magic(spec.path) == b"GGUF":
        from qwen_magic.engines.llamacpp import Qwen2LLM

        config = Config(context_length=spec.context_window, batch_size=BATCH_TOKENS, threads=threads)
        try:
            model = Qwen2LLM(str(spec.copy or spec.path), config=config)
        except BrokenModel:
            if spec.copy is None:
                raise
            spec.copy.unlink(missing_ok=True)  # it will be made again
            model = Qwen2LLM(str(spec.path), config=config)
    else:
        from qwen_magic.engines.bundled import BundledLLM

        config = Config(context_length=spec.context_window, threads=threads)
        model = BundledLLM(str(spec.path), spec.model_type, config=config)
    engine = LocalEngine(spec.name, model, weights)
    try:
        engine.prepare(warm)
        engine.measure()
    except BaseException:
        # Whoever keeps the error keeps this engine; not the model.
        engine.close()
        raise
    return engine


class EngineLoader:
    """Holds one engine, and loads another one in a thread of its own when another is asked for."""

    def __init__(self, load: Callable[[EngineSpec], Engine]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self.spec: EngineSpec | None = None
        self._engine: Future[Engine] | None = None

    def start(self, spec: EngineSpec) -> Future[Engine]:
        """Begin to load, unless this engine is there or on its way already; the one before is freed."""
        with self._lock:
            if self._engine is not None and self.spec == spec and not self._failed(self._engine):
                return self._engine
            before, future = self._engine, Future[Engine]()
            self.spec, self._engine = spec, future
        threading.Thread(target=self._work, args=(spec, future, before), name="qwen_magic load", daemon=True).start()
        return future

    @property
    def ready(self) -> Engine | None:
        """The engine, if it is loaded."""
        future = self._engine
        return future.result() if future is not None and future.done() and not self._failed(future) else None

    @property
    def state(self) -> str:
        """In a word or two, for %qwen status."""
        future = self._engine
        if future is None:
            return "not loaded"
        if not future.done():
            return "loading"
        return f"failed: {str(future.exception()).splitlines()[0]}" if self._failed(future) else "ready"

    def close(self) -> None:
        """Free the engine, also one that is still loading, once it is."""
        with self._lock:
            before, self._engine, self.spec = self._engine, None, None
        if before is not None:
            before.add_done_callback(_free)

    @staticmethod
    def _failed(future: Future[Engine]) -> bool:
        return future.done() and future.exception() is not None

    def _work(self, spec: EngineSpec, future: Future[Engine], before: Future[Engine] | None) -> None:
        try:
            if before is not None:
                _free(before)
            future.set_result(self._load(spec))
        except BaseException as error:  # noqa: BLE001 # raised again in the thread that asks for the engine
            future.set_exception(error)


def _free(future: Future[Engine]) -> None:
    if future.exception() is None:
        future.result().close()
