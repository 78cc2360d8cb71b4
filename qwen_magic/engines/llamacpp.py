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
from ctransformers.llm import Config

from qwen_magic.chat_template import ChatTemplate
from qwen_magic.engines.closable import ClosableLLM
from qwen_magic.engines.decoding import decode
from qwen_magic.engines.evaluator import BATCH_TOKENS, Evaluator, Slot
from qwen_magic.engines.library import LlamaLibrary
from qwen_magic.engines.vocabulary import Vocabulary
from qwen_magic.errors import BrokenModel


class Qwen2LLM(ClosableLLM):
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
        try:
            self.template = _template(self.evaluator)
        except BrokenModel:
            # Whoever keeps the error keeps this object; not the model.
            self.close()
            raise

    @property
    def evaluator(self) -> Evaluator:
        """What computes: several sequences, logits for every token, metadata of the file."""
        evaluator: Evaluator = self._library.evaluator
        return evaluator

    @property
    def _library(self) -> LlamaLibrary:
        if self._llm is None:
            raise RuntimeError("This model was closed.")
        library: LlamaLibrary = self._llm
        return library

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
        self._library.sampler.set_grammar(gbnf)
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
        stop = (self.config.stop if (given := options.pop("stop", None)) is None else given) or ()
        tokens = islice(self.generate(self.tokenize(prompt), **options), limit)
        yield from decode(map(self.vocabulary.piece, tokens), (stop,) if isinstance(stop, str) else stop)

    def eval_logits(self, tokens: Sequence[int]) -> npt.NDArray[np.float32]:
        """Evaluate tokens after the context; logits behind each of them: (tokens, vocabulary size)."""
        start = len(self._context)
        self._library.position = 0
        self.evaluator.rollback(start)
        rows = self.evaluator.evaluate_logits([Slot(t, start + i, output=True) for i, t in enumerate(tokens)])
        self._context.extend(tokens)
        self._library.position, self._library.row = len(self._context), -1
        return rows

    def keep(self) -> None:
        """Remember the context: a prompt that begins alike needs only the rest evaluated, whatever came between."""
        if self.evaluator.rollback(len(self._context)):
            self._library.prefixes.keep(self._context)

    def draw(self, token: int, guess: Sequence[int], **sampling: Any) -> list[int]:
        """Evaluate a token and a guess of what follows in one batch; what is drawn, up to where the guess was wrong.

        At least one token comes of it, and each is the one that `sample(**sampling)` draws from these logits; the last
        one is not evaluated yet. Raises `MemoryError` and `InterruptedError` as `Evaluator.evaluate_logits` does.
        """
        library, start = self._library, len(self._context)
        library.position = 0
        self.evaluator.rollback(start)
        slots = [Slot(each, start + i, output=True) for i, each in enumerate((token, *guess))]
        if not self.evaluator.evaluate(slots):
            raise InterruptedError if self.stopped() else MemoryError
        drawn: list[int] = []
        for row, expected in enumerate((*guess, None)):
            self._context.append(token)
            library.position, library.row = len(self._context), row
            token = self.sample(**sampling)
            drawn.append(token)
            if token != expected or self.vocabulary.is_end(token):
                break
        self.evaluator.rollback(len(self._context))
        return drawn

    def forget(self) -> None:
        """Empty the context, and forget what was kept of earlier ones."""
        self._library.ctransformers_llm_reset()
        self._context = []

    def rollback(self, position: int) -> None:
        """Forget the context from `position` on; the logits there are gone until the next `eval`.

        Raises `ValueError` if the context does not reach so far, or its architecture knows no way back.
        """
        if not 0 <= position <= len(self._context):
            raise ValueError(f"There is no position {position} in a context of {len(self._context)} tokens.")
        if not self.evaluator.rollback(position):
            raise ValueError(f"The architecture {self.model_type} knows no way back.")
        del self._context[position:]
        self._library.position = 0

    def prepare_inputs_for_generation(self, tokens: Sequence[int], *, reset: bool | None = None) -> Sequence[int]:
        """The tokens yet to be evaluated: all but the beginning that they share with the context."""
        reset = self.config.reset if reset is None else reset
        new: Sequence[int] = super().prepare_inputs_for_generation(tokens, reset=reset)
        if reset and (restored := self._library.prefixes.restore(tokens[:-1], len(tokens) - len(new))):
            self._context, self._library.position = list(tokens[:restored]), 0
            return tokens[restored:]
        if self.evaluator.rollback(len(self._context)):
            return new
        self.forget()
        return tokens

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
            if not tokens:
                raise ValueError("There is nothing to embed.")
            self.eval(self.prepare_inputs_for_generation(tokens, reset=True), batch_size=batch_size, threads=threads)
            embedding = self.evaluator.embedding().copy()
        finally:
            self.evaluator.use_embeddings(False)
        self._library.embeddings = embedding
        return [float(x) for x in embedding]


def _template(evaluator: Evaluator) -> ChatTemplate:
    vocabulary = evaluator.vocabulary
    return ChatTemplate(
        evaluator.metadata("tokenizer.chat_template"),
        bos=vocabulary.text(vocabulary.bos),
        eos=vocabulary.text(vocabulary.eos),
    )
