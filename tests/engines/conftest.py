"""Real models, loaded once; every test starts with an empty context."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ctransformers.llm import Config
from ggml_writer import TinyGPT2

from qwen_magic.engines.base import never
from qwen_magic.engines.bundled import BundledLLM
from qwen_magic.engines.llamacpp import Qwen2LLM
from qwen_magic.weights.catalogue import resolve
from qwen_magic.weights.download import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def coder_path() -> Path:
    return fetch(resolve("qwen2.5-coder-0.5b"))


@pytest.fixture(scope="session")
def smol_path() -> Path:
    return fetch(resolve("smollm2-135m"))


@pytest.fixture(scope="session")
def loaded_coder(coder_path: Path) -> Iterator[Qwen2LLM]:
    llm = Qwen2LLM(str(coder_path), config=Config(context_length=1024, batch_size=512, threads=1))
    yield llm
    llm.close()


@pytest.fixture(scope="session")
def loaded_smol(smol_path: Path) -> Iterator[Qwen2LLM]:
    # In batches of one, sums come out the same to the last bit, whatever of a prompt was reused.
    llm = Qwen2LLM(str(smol_path), config=Config(context_length=256, batch_size=1, threads=1))
    yield llm
    llm.close()


def _clean(llm: Qwen2LLM) -> Qwen2LLM:
    llm.forget()
    llm.grammar = None
    llm.stopped = never
    return llm


@pytest.fixture
def coder(loaded_coder: Qwen2LLM) -> Qwen2LLM:
    """The default model."""
    return _clean(loaded_coder)


@pytest.fixture
def smol(loaded_smol: Qwen2LLM) -> Qwen2LLM:
    """A small and quick model, of another architecture and vocabulary."""
    return _clean(loaded_smol)


@pytest.fixture(scope="session")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return TinyGPT2().write(tmp_path_factory.mktemp("ggml") / "tiny-gpt2.bin")


@pytest.fixture
def tiny(tiny_path: Path) -> Iterator[BundledLLM]:
    """A GPT-2 of random weights, in ctransformers' own library."""
    llm = BundledLLM(str(tiny_path), "gpt2", config=Config(threads=1))
    yield llm
    llm.close()
