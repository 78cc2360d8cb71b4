"""The models of one notebook: fetched, loaded in the background, or replayed from what they answered before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_magic.engines.answers import Answers
from qwen_magic.engines.base import Engine
from qwen_magic.engines.loading import EngineLoader, EngineSpec, load
from qwen_magic.engines.optimising import Optimising
from qwen_magic.engines.recorded import RecordedEngine
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.language import Language
from qwen_magic.notebook.cells import frontend
from qwen_magic.prompt import system_message
from qwen_magic.renderers import progress_for
from qwen_magic.settings import QwenSettings
from qwen_magic.weights.catalogue import ModelSpec, resolve
from qwen_magic.weights.storage import (
    answers_place,
    cached,
    checksum,
    checksum_in_background,
    megabytes,
    optimised_place,
    size_of,
)

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

# `%qwen model scripted:TEXT` answers TEXT to everything: for lessons, and for the CI of notebooks.
SCRIPTED = "scripted:"


@dataclass
class Models:
    """Engines by the user's word for a model. `language`: that of the prompts which are likely to come."""

    shell: InteractiveShell
    settings: QwenSettings
    language: Callable[[], Language]

    def __post_init__(self) -> None:
        self.loader = EngineLoader(self._load)
        self.optimising = Optimising(self.warm_up)
        self.answers = Answers(answers_place())

    def warm_up(self) -> None:
        """Load the model in the background, if it is on this machine: nothing is ever fetched unasked."""
        model = self.settings.model
        if model.startswith(SCRIPTED) or self.settings.cache:  # what was answered before needs no model
            return
        found = resolve(model)
        path = cached(found) if isinstance(found, ModelSpec) else found
        if path is not None:
            self._started(model, path)

    def engine(self, model: str) -> Engine:
        """The engine of a model, fetched and loaded if need be. Raises `ModelError`, `DownloadError`."""
        if model.startswith(SCRIPTED):
            return ScriptedEngine(model.removeprefix(SCRIPTED))
        return self._recorded(model) if self.settings.cache else self._loaded(model)

    def fetch(self, model: str) -> Path:
        """The file of a model, downloaded with a progress display if need be."""
        found = resolve(model)
        if isinstance(found, Path):
            return found
        from qwen_magic.weights.download import fetch

        with progress_for(frontend(self.shell), found, self.settings.renderer) as progress:
            return fetch(found, progress)

    @property
    def weights(self) -> str:
        """Which file the model is evaluated from, for %qwen status."""
        spec = self.loader.spec
        if spec is None:
            return "none yet"
        if spec.copy is not None:
            return f"a copy for this processor, {megabytes(size_of(spec.copy))}"
        state = self.optimising.states.get(spec.path)
        return f"as fetched, {megabytes(size_of(spec.path))}" + (f"; {state}" if state else "")

    def _recorded(self, model: str) -> Engine:
        """An engine that loads the model, and even fetches it, only for what it was never asked."""
        settings = self.settings
        how = (settings.context_window, settings.optimise, settings.model_type)
        weights = _pinned(model) or checksum(self.fetch(model))
        return RecordedEngine(model, weights, how, lambda: self._loaded(model), self.answers)

    def _loaded(self, model: str) -> Engine:
        return self._started(model, self.fetch(model)).result()

    def _started(self, model: str, path: Path) -> Future[Engine]:
        """The engine of a file on its way, from the copy for this processor if there is one; else that is begun."""
        settings = self.settings
        copy = optimised_place(path) if settings.optimise else None
        there = copy if copy and copy.exists() else None
        spec = EngineSpec(model, path, settings.context_window, settings.threads, settings.model_type, there)
        loading = self.loader.start(spec)
        if copy != there:
            self.optimising.start(path, loading)
        return loading

    def _load(self, spec: EngineSpec) -> Engine:
        pinned = _pinned(spec.name)
        weights = (lambda: pinned) if pinned else checksum_in_background(spec.path)
        return load(spec, [system_message(self.language())], weights)


def _pinned(model: str) -> str:
    """The sha256 of a model of the catalogue; empty for other files."""
    found = resolve(model)
    return found.sha256 if isinstance(found, ModelSpec) else ""
