"""Qwen2.5, and any other GGUF model that llama.cpp knows, behind ctransformers' own class.

ctransformers' bundled library is from 2023 and knows no `qwen2`. But ctransformers' class `LLM`
reaches it only through fifteen functions; here they are answered by llama.cpp, and all of `LLM` works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from ctransformers.llm import LLM, Config

from qwen_magic.chat_template import ChatTemplate
from qwen_magic.engines.decoding import decode
from qwen_magic.engines.evaluator import BATCH_TOKENS, Evaluator, Slot
from qwen_magic.engines.sampler import Sampler, seed_at
from qwen_magic.engines.vocabulary import Vocabulary


class LlamaLibrary:
    """The fifteen functions by which ctransformers reaches its native library.

    ctransformers calls `library.ctransformers_llm_tokenize(handle, …)`. Here the library is this
    class and the handle its instance, so the calls are ordinary method calls.
    """

    def __init__(self, path: str, config: Config) -> None:
        self.evaluator = Evaluator(path, config.context_length, mmap=config.mmap, mlock=config.mlock)
        self.vocabulary = self.evaluator.vocabulary
        self.sampler = Sampler(self.vocabulary.handle)
        self.position = 0
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
        self.evaluator.use_threads(threads)
        self.evaluator.rollback(n_past)
        slots = [Slot(tokens[i], n_past + i, output=i == n - 1) for i in range(n)]
        done = bool(slots) and self.evaluator.evaluate(slots, batch_size)
        self.position = n_past + n if done else 0
        return done

    def ctransformers_llm_logits_data(self) -> Any:
        return self.evaluator.logits_pointer() if self.position else None

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
            self.evaluator.logits(),
            last[:n_last],
            top_k=top_k,
            top_p=top_p,
            temperature=temperature,
            repetition_penalty=penalty,
            seed=seed_at(seed, self.position),
        )

    def ctransformers_llm_reset(self) -> None:
        self.evaluator.clear()
        self.position = 0


class Qwen2LLM(LLM):  # type: ignore[misc] # ctransformers has no types
    """`ctransformers.LLM` on llama.cpp. Every public member of the parent works, also `embed`.

    Beyond the parent: `tokenize(special=False)`, `eval_logits`, `branch`, `rollback`, `grammar`.
    Raises `BrokenModel`.
    """

    def __init__(
        self, model_path: str, model_type: str | None = None, *, config: Config | None = None, lib: str | None = None
    ) -> None:
        # The parent's constructor would load its bundled library; this one takes its place.
        # `model_type` and `lib` choose inside that library and mean nothing here.
        self._llm: Any = None
        self._lib = LlamaLibrary
        self._context: list[int] = []
        self._grammar: str | None = None
        self._model_path = str(model_path)
        self._config = config or Config(batch_size=BATCH_TOKENS)
        self._llm = LlamaLibrary(self._model_path, self._config)
        self._model_type = self._llm.ctransformers_llm_architecture().decode()
        self.template = _template(self._llm.evaluator)

    @property
    def evaluator(self) -> Evaluator:
        """What computes: several sequences, logits for every token, metadata of the file."""
        evaluator: Evaluator = self._llm.evaluator
        return evaluator

    @property
    def vocabulary(self) -> Vocabulary:
        """The tokens."""
        return self.evaluator.vocabulary

    @property
    def context(self) -> tuple[int, ...]:
        """The tokens evaluated so far; a prompt that begins with them needs only the rest evaluated."""
        return tuple(self._context)

    @property
    def stopped(self) -> Callable[[], bool]:
        """Asked all along an evaluation, which fails with `RuntimeError` when it says yes."""
        return self.evaluator.stopped

    @stopped.setter
    def stopped(self, stopped: Callable[[], bool]) -> None:
        self.evaluator.stopped = stopped

    @property
    def grammar(self) -> str | None:
        """GBNF that the next tokens obey, from its root rule on; setting it starts over. Raises `GrammarError`."""
        return self._grammar

    @grammar.setter
    def grammar(self, gbnf: str | None) -> None:
        self._llm.sampler.set_grammar(gbnf)
        self._grammar = gbnf

    def tokenize(self, text: str, add_bos_token: bool | None = None, *, special: bool = True) -> list[int]:
        """Token ids of a text. With `special=False`, text that spells a special token stays text.

        The parent gives its library room for one token a character; rare characters take up to four.
        """
        if add_bos_token is None:
            add_bos_token = self.vocabulary.adds_bos
        return self.vocabulary.tokenize(text, add_bos=add_bos_token, special=special)

    def _stream(self, prompt: str, **options: Any) -> Iterator[str]:
        # The parent's own holds text back to the next ASCII character, and loses it at the end of an answer.
        limit = self.config.max_new_tokens if (n := options.pop("max_new_tokens", None)) is None else n
        stop = options.pop("stop", None) or self.config.stop or ()
        tokens = islice(self.generate(self.tokenize(prompt), **options), limit)
        yield from decode(map(self.vocabulary.piece, tokens), (stop,) if isinstance(stop, str) else stop)

    def eval_logits(self, tokens: Sequence[int]) -> npt.NDArray[np.float32]:
        """Evaluate tokens after the context; logits behind each of them: (tokens, vocabulary size)."""
        start = len(self._context)
        self.evaluator.rollback(start)
        rows = self.evaluator.evaluate_logits([Slot(t, start + i, output=True) for i, t in enumerate(tokens)])
        self._context.extend(tokens)
        self._llm.position = len(self._context)
        return rows

    def rollback(self, position: int) -> None:
        """Forget the context from `position` on; the logits there are gone until the next `eval`."""
        del self._context[position:]
        self.evaluator.rollback(position)
        self._llm.position = 0

    def embed(
        self,
        input: str | Sequence[int],  # noqa: A002 # the parent's name for it
        *,
        batch_size: int | None = None,
        threads: int | None = None,
    ) -> list[float]:
        """Embedding of a text: the last hidden state of its last token, (embedding size,) floats."""
        self.evaluator.use_embeddings(True)
        try:
            tokens = self.tokenize(input) if isinstance(input, str) else input
            self.eval(self.prepare_inputs_for_generation(tokens, reset=True), batch_size=batch_size, threads=threads)
            self._llm.embeddings = self.evaluator.embedding().copy()
        finally:
            self.evaluator.use_embeddings(False)
        return [float(x) for x in self._llm.embeddings]

    def close(self) -> None:
        """Free the model now instead of when the object is collected."""
        if self._llm is not None:
            self._llm.ctransformers_llm_delete()
            self._llm = None


def _template(evaluator: Evaluator) -> ChatTemplate:
    vocabulary = evaluator.vocabulary
    return ChatTemplate(
        evaluator.metadata("tokenizer.chat_template"),
        bos=vocabulary.text(vocabulary.bos),
        eos=vocabulary.text(vocabulary.eos),
    )
