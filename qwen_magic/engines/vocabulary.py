"""Text to tokens and back, with llama.cpp's tokenizer."""

from __future__ import annotations

import ctypes
import re
from functools import cached_property
from typing import Any

from qwen_magic.engines.native import llama


class Vocabulary:
    """The tokens of a model. `handle` is llama.cpp's own; it lives as long as the model."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.size = int(llama.llama_vocab_n_tokens(handle))
        self.bos = int(llama.llama_vocab_bos(handle))
        """Token that begins a text; -1 if the model has none."""
        self.eos = int(llama.llama_vocab_eos(handle))
        """Token that ends a text or a turn; see also `is_end`."""
        self.adds_bos = bool(llama.llama_vocab_get_add_bos(handle))
        """Whether prompts are meant to begin with `bos`."""

    def tokenize(self, text: str, *, add_bos: bool = False, special: bool = False) -> list[int]:
        """Token ids of a text. Unless `special`, text that spells a special token stays ordinary text."""
        beginning = [self.bos] if add_bos and self.bos >= 0 else []
        if special:
            return beginning + self._tokenize(text, special)
        # llama.cpp leaves control tokens alone here, but not the "user-defined" ones such as <tool_call>.
        parts = self._special_text.split(text) if self._special_text else [text]
        return beginning + [token for part in parts for token in self._tokenize(part, special)]

    def _tokenize(self, text: str, special: bool) -> list[int]:
        data = text.encode(errors="replace")
        out = (llama.llama_token * (len(data) + 2))()
        n = llama.llama_tokenize(self.handle, data, len(data), out, len(out), False, special)
        return list(out[:n])

    @cached_property
    def _special_text(self) -> re.Pattern[str] | None:
        """Matches the empty place behind the first character of every special token's text."""
        special = llama.LLAMA_TOKEN_ATTR_CONTROL | llama.LLAMA_TOKEN_ATTR_USER_DEFINED
        texts = {
            self.text(token) for token in range(self.size) if llama.llama_vocab_get_attr(self.handle, token) & special
        }
        places = [f"(?<={re.escape(text[0])})(?={re.escape(text[1:])})" for text in sorted(texts) if len(text) > 1]
        return re.compile("|".join(places)) if places else None

    def text(self, token: int) -> str:
        """A token as the vocabulary spells it; empty for a token that does not exist."""
        if not 0 <= token < self.size:
            return ""
        spelling: bytes = llama.llama_vocab_get_text(self.handle, token)
        return spelling.decode(errors="replace")

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for, maybe a part of a character; nothing for special tokens."""
        if not 0 <= token < self.size:
            raise ValueError(f"There is no token {token}: they go from 0 to {self.size - 1}.")
        out = ctypes.create_string_buffer(128)
        size = llama.llama_token_to_piece(self.handle, token, out, len(out), 0, False)
        if size < 0:
            out = ctypes.create_string_buffer(-size)
            size = llama.llama_token_to_piece(self.handle, token, out, len(out), 0, False)
        return out.raw[:size]

    def is_end(self, token: int) -> bool:
        """Whether an answer ends with this token; a model may have several such."""
        return bool(llama.llama_vocab_is_eog(self.handle, token))
