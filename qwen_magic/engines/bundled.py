"""GGML `.bin` files of 2023 (gpt2, gptj, starcoder, mpt, dolly, replit …), with ctransformers' own library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from ctypes import c_int
from pathlib import Path
from typing import Any

from ctransformers.llm import Config

from qwen_magic.chat_template import ChatTemplate
from qwen_magic.engines import ggml
from qwen_magic.engines.base import never
from qwen_magic.engines.closable import ClosableLLM
from qwen_magic.engines.gguf import magic
from qwen_magic.engines.sampler import GrammarError, seed_at
from qwen_magic.errors import BrokenModel

# These models know no chat: they go on writing where the text ends.
PLAIN = "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}"
# What the library's tokenizers take for one token wherever it stands (Dolly's and StarChat's).
_SPECIAL = ("### End", "### Instruction:", "### Response:", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>")
# Its regular expressions recurse once a character and overflow the stack; its search for a token is quadratic.
_SAFE_LENGTH = re.compile(r".{1,200}(?!\S)|.{1,200}", re.DOTALL)


class BundledLLM(ClosableLLM):
    """A model of the library that comes with ctransformers. Raises `BrokenModel`.

    What would make that library crash is refused or mended here: broken files, tokens that do not
    exist, contexts too long, `top_k` beyond the vocabulary, text with more tokens than characters.
    """

    def __init__(self, model_path: str, model_type: str, *, config: Config | None = None) -> None:
        self._llm = None  # for the parent's destructor, should the checks below raise
        path = Path(model_path)
        if magic(path) != ggml.MAGIC:
            raise BrokenModel(f"{path.name} is neither a GGUF nor a GGML file.", "`%qwen models` lists some that are.")
        if not model_type:
            raise BrokenModel(
                f"{path.name} is a GGML file, which does not say what architecture it has.",
                "Say it: %config QwenSettings.model_type = 'gpt2'",
            )
        try:
            ggml.check(path, model_type)
            super().__init__(model_path, model_type, config=config)
        except (ValueError, RuntimeError, OSError) as error:
            raise BrokenModel(f"ctransformers cannot load {path.name} as {model_type!r}: {error}.") from None
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
        """Token ids of a text. With `special=False`, text that spells a special token stays text.

        `add_bos_token` is the parent's; no architecture of this library has such a token.
        """
        tokens: list[int] = []
        for piece in self._pieces(text, special):
            # The library reads up to a null character, and writes a token a byte without asking for the room.
            data = piece.replace("\0", "").encode(errors="replace")
            out = (c_int * (len(data) + 2))()
            count = self.ctransformers_llm_tokenize(data, False, out)
            tokens += out[:count]
        return tokens

    def _pieces(self, text: str, special: bool) -> Iterator[str]:
        parts = [text]
        if not special:
            known = (*_SPECIAL, self.detokenize([self.eos_token_id]))
            places = (f"(?<={re.escape(s[0])})(?={re.escape(s[1:])})" for s in known if len(s) > 1)
            parts = re.split("|".join(places), text)
        for part in parts:
            yield from _SAFE_LENGTH.findall(part) or [""]

    def eval(self, tokens: Sequence[int], *, batch_size: int | None = None, threads: int | None = None) -> None:
        if not all(0 <= token < self.vocab_size for token in tokens):
            raise ValueError(f"Tokens go from 0 to {self.vocab_size - 1}.")
        if len(self._context) + len(tokens) > self.context_length:
            raise RuntimeError("The tokens do not fit into the context window.")
        size = max(1, batch_size or self.config.batch_size)
        for i in range(0, len(tokens), size):
            if self.stopped():
                raise RuntimeError("The evaluation was stopped.")
            super().eval(tokens[i : i + size], batch_size=size, threads=threads)

    def sample(
        self,
        *,
        top_k: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> int:
        """The parent's, but safe, and with a new random number for each token of one seed."""
        config = self.config
        top_k = config.top_k if top_k is None else top_k
        temperature = config.temperature if temperature is None else temperature
        seed = config.seed if seed is None else seed
        if temperature <= 0:
            top_k, temperature = 1, 1.0
        top_k = min(top_k, self.vocab_size) if top_k > 0 else self.vocab_size
        return super().sample(top_k=top_k, temperature=temperature, seed=seed_at(seed, len(self._context)), **options)
