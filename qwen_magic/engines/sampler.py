"""Choosing the next token, with llama.cpp's own samplers in ctransformers' order."""

from __future__ import annotations

import ctypes
import secrets
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qwen_magic.engines.native import llama
from qwen_magic.errors import QwenMagicError

Logits = npt.NDArray[np.float32]

_FROZEN = 1e-5  # below this temperature, logits would overflow and only the likeliest token be drawn
_NEAR = 10.0  # in units of natural log; among 150,000 tokens, some fifty are mostly so near to the likeliest
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class GrammarError(QwenMagicError):
    """A grammar is not valid GBNF, or leads to where no token fits."""


def seed_at(seed: int, position: int) -> int:
    """The seed of the draw at one position; a negative seed draws afresh.

    Tying the random number to the position, not to the number of draws before it, makes a text
    independent of how much of its prompt was reused and of how many tokens were drawn in one batch.
    """
    return secrets.randbits(31) if seed < 0 else zlib.crc32(struct.pack("<qq", seed, position)) >> 1


def penalised(logits: Logits, last_tokens: Sequence[int], penalty: float) -> Logits:
    """`logits` (vocabulary size,) with recent tokens made less likely, as in https://arxiv.org/abs/1909.05858.

    llama.cpp's own sampler for this looks every token of the vocabulary up in a hash table.
    """
    if penalty == 1.0 or not last_tokens:
        return logits
    scores = logits.copy()
    recent = np.unique(np.asarray(last_tokens))
    scores[recent] = np.where(scores[recent] > 0, scores[recent] / penalty, scores[recent] * penalty)
    return scores


class Sampler:
    """Draws tokens from the logits that a llama.cpp context holds.

    Order as in ctransformers: repetition penalty, top-k, top-p, temperature, draw. A temperature of
    0 takes the likeliest token. With a grammar, only tokens that it allows are drawn.
    """

    def __init__(self, vocab: Any) -> None:
        self._vocab = vocab
        self._grammar: Any = None

    def set_grammar(self, gbnf: str | None) -> None:
        """Hold the next tokens to a grammar from its root rule on; None lifts it. Raises `GrammarError`."""
        self.close()
        if gbnf is not None:
            text = gbnf.encode(errors="replace")
            # llama.cpp takes an empty grammar for none at all.
            self._grammar = llama.llama_sampler_init_grammar(self._vocab, text, b"root") if text.strip() else None
            if not self._grammar:
                raise GrammarError(
                    "This grammar is not valid GBNF.", "It needs a rule named root; see llama.cpp's guide."
                )

    def close(self) -> None:
        if self._grammar:
            llama.llama_sampler_free(self._grammar)
            self._grammar = None

    def sample(
        self,
        logits: Logits,
        last_tokens: Sequence[int],
        *,
        top_k: int,
        top_p: float,
        temperature: float,
        repetition_penalty: float,
        seed: int,
    ) -> int:
        """One token from `logits` (vocabulary size,); `seed` is the one of `seed_at`."""
        scores = penalised(logits, last_tokens, repetition_penalty)
        chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        try:
            if temperature < _FROZEN:
                llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_greedy())
            else:
                if top_k > 0:
                    llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_top_k(top_k))
                if top_p < 1:
                    llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_top_p(top_p, 1))
                llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_temp(temperature))
                llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_dist(seed))
            token = _draw(scores, _likely(scores, 1 if temperature < _FROZEN else top_k), chain)
            if self._grammar:
                # Checking one token is cheap, masking the whole vocabulary is not, and mostly not needed.
                if not self._allows(token):
                    token = _draw(scores, np.arange(len(scores)), self._grammar, chain)
                    # To accept a token that is not allowed ends the process.
                    if not self._allows(token):
                        raise GrammarError("The grammar has come to where no token fits.")
                llama.llama_sampler_accept(self._grammar, token)
            return token
        finally:
            llama.llama_sampler_free(chain)

    def _allows(self, token: int) -> bool:
        candidates = np.array([(token, 1.0, 0.0)], dtype=_CANDIDATE)
        llama.llama_sampler_apply(self._grammar, ctypes.byref(_array(candidates)))
        return bool(np.isfinite(candidates["logit"][0]))


def _array(candidates: npt.NDArray[Any]) -> Any:
    data = candidates.ctypes.data_as(ctypes.POINTER(llama.llama_token_data))
    return llama.llama_token_data_array(data, len(candidates), -1, False)


def _likely(logits: Logits, top_k: int) -> npt.NDArray[np.intp]:
    """Tokens among which the `top_k` likeliest are: to sort a few is faster than to search the whole vocabulary."""
    near = np.flatnonzero(logits > logits.max() - _NEAR)
    return near if 0 < top_k <= len(near) else np.arange(len(logits))


def _draw(logits: Logits, tokens: npt.NDArray[np.intp], *samplers: Any) -> int:
    candidates = np.zeros(len(tokens), dtype=_CANDIDATE)
    candidates["id"] = tokens
    candidates["logit"] = logits[tokens]
    array = _array(candidates)
    for sampler in samplers:
        llama.llama_sampler_apply(sampler, ctypes.byref(array))
    return int(array.data[array.selected].id)
