"""GGML `.bin` files of 2023 (gpt2, gptj, starcoder, mpt, dolly, replit …), with ctransformers' own library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ctransformers.llm import LLM, Config

from qwen_magic.chat_template import ChatTemplate
from qwen_magic.engines.base import never
from qwen_magic.engines.sampler import GrammarError
from qwen_magic.errors import BrokenModel

# The first four bytes, little-endian: ggml, ggmf, ggjt.
GGML_MAGIC = (b"lmgg", b"fmgg", b"tjgg")
# These models know no chat: they go on writing where the text ends.
PLAIN = "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}"


class BundledLLM(LLM):  # type: ignore[misc] # ctransformers has no types
    """A model of the library that comes with ctransformers. Raises `BrokenModel`."""

    def __init__(self, model_path: str, model_type: str, *, config: Config | None = None) -> None:
        self._llm = None  # for the parent's destructor, should the checks below raise
        path = Path(model_path)
        with path.open("rb") as file:
            magic = file.read(4)
        if magic not in GGML_MAGIC:
            raise BrokenModel(f"{path.name} is neither a GGUF nor a GGML file.", "`%qwen models` lists some that are.")
        if not model_type:
            raise BrokenModel(
                f"{path.name} is a GGML file, which does not say what architecture it has.",
                "Say it: %config QwenSettings.model_type = 'gpt2'",
            )
        try:
            super().__init__(model_path, model_type, config=config)
        except (RuntimeError, OSError) as error:
            raise BrokenModel(f"ctransformers cannot load {path.name} as {model_type!r}.", str(error).strip()) from None
        self.stopped: Callable[[], bool] = never
        self.template = ChatTemplate(PLAIN)

    @property
    def grammar(self) -> str | None:
        """Always None: this library knows no grammars."""
        return None

    @grammar.setter
    def grammar(self, gbnf: str | None) -> None:
        if gbnf is not None:
            raise GrammarError("GGML models cannot be held to a grammar.", "Use a GGUF model.")

    def tokenize(self, text: str, add_bos_token: bool | None = None, *, special: bool = True) -> list[int]:
        """Token ids of a text; no text is special here."""
        tokens: list[int] = super().tokenize(text, add_bos_token)
        return tokens

    def eval(self, tokens: Sequence[int], *, batch_size: int | None = None, threads: int | None = None) -> None:
        size = batch_size or self.config.batch_size
        for i in range(0, len(tokens), size):
            if self.stopped():
                raise RuntimeError("The evaluation was stopped.")
            super().eval(tokens[i : i + size], batch_size=size, threads=threads)

    def close(self) -> None:
        """Free the model now instead of when the object is collected."""
        if self._llm is not None:
            self.ctransformers_llm_delete()
            self._llm = None
