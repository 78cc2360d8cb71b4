"""llama.cpp in the place of ctransformers' native library."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from ctransformers.llm import Config

from qwen_magic.engines.evaluator import Evaluator, Slot
from qwen_magic.engines.prefixes import Prefixes
from qwen_magic.engines.sampler import Sampler, seed_at


class LlamaLibrary:
    """The fifteen functions by which ctransformers reaches its native library.

    ctransformers calls `library.ctransformers_llm_tokenize(handle, …)`. Here the library is this
    class and the handle its instance, so the calls are ordinary method calls.
    """

    def __init__(self, path: str, config: Config) -> None:
        self.evaluator = Evaluator(path, config.context_length, mmap=config.mmap, mlock=config.mlock)
        self.vocabulary = self.evaluator.vocabulary
        self.sampler = Sampler(self.vocabulary.handle)
        self.prefixes = Prefixes(self.evaluator)
        self.position = 0  # behind which the logits are those of what follows; 0: there are none
        self.row = -1  # where they are in the last batch
        self.embeddings: npt.NDArray[np.float32] | None = None

    def ctransformers_llm_delete(self) -> None:
        self.sampler.close()
        self.evaluator.close()

    def ctransformers_llm_tokenize(self, text: bytes, add_bos: bool, out: Any) -> int:
        tokens = self.vocabulary.tokenize(text.decode(), add_bos=add_bos, special=True)
        out[: len(tokens)] = tokens
        return len(tokens)

    def ctransformers_llm_detokenize(self, token: int) -> bytes:
        return self.vocabulary.piece(token)

    def ctransformers_llm_is_eos_token(self, token: int) -> bool:
        return self.vocabulary.is_end(token)

    def ctransformers_llm_eos_token_id(self) -> int:
        return self.vocabulary.eos

    def ctransformers_llm_bos_token_id(self) -> int:
        return self.vocabulary.bos

    def ctransformers_llm_vocab_size(self) -> int:
        return self.vocabulary.size

    def ctransformers_llm_context_length(self) -> int:
        return self.evaluator.context_length

    def ctransformers_llm_architecture(self) -> bytes:
        return (self.evaluator.metadata("general.architecture") or "").encode()

    def ctransformers_llm_batch_eval(self, tokens: Any, n: int, n_past: int, batch_size: int, threads: int) -> bool:
        if not n:
            # The logits stay what they are, unless the context was cut back behind them.
            self.position = self.position if self.position == n_past else 0
            return True
        self.position = 0
        self.evaluator.use_threads(threads)
        self.evaluator.rollback(n_past)
        slots = [Slot(tokens[i], n_past + i, output=i == n - 1) for i in range(n)]
        if not self.evaluator.evaluate(slots, batch_size):
            return False
        self.position, self.row = n_past + n, -1
        return True

    def ctransformers_llm_logits_data(self) -> Any:
        return self.evaluator.logits_pointer(self.row) if self.position else None

    def ctransformers_llm_logits_size(self) -> int:
        return self.vocabulary.size if self.position else 0

    def ctransformers_llm_embeddings_data(self) -> Any:
        return self.embeddings

    def ctransformers_llm_embeddings_size(self) -> int:
        return 0 if self.embeddings is None else len(self.embeddings)

    def ctransformers_llm_sample(
        self, last: Any, n_last: int, top_k: int, top_p: float, temperature: float, penalty: float, seed: int
    ) -> int:
        if not self.position:
            return self.vocabulary.eos
        return self.sampler.sample(
            self.evaluator.logits(self.row),
            last[:n_last],
            top_k=top_k,
            top_p=top_p,
            temperature=temperature,
            repetition_penalty=penalty,
            seed=seed_at(seed, self.position),
        )

    def ctransformers_llm_reset(self) -> None:
        self.prefixes.forget()
        self.evaluator.clear()
        self.position = 0
