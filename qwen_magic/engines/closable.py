"""`ctransformers.LLM` with an end: a model that is closed says so instead of ending the process."""

from __future__ import annotations

from typing import Any

from ctransformers.llm import LLM


class ClosableLLM(LLM):  # type: ignore[misc] # ctransformers has no types
    """What the models of both libraries have in common beyond their parent."""

    _llm: Any

    def __getattr__(self, name: str) -> Any:
        # Without a handle, the parent would call the native library with a null pointer.
        if name.startswith("ctransformers_llm_") and self.__dict__.get("_llm") is None:
            raise RuntimeError("This model was closed.")
        return super().__getattr__(name)

    def close(self) -> None:
        """Free the model now instead of when the object is collected; harmless when repeated."""
        if self._llm is not None:
            self.ctransformers_llm_delete()
            self._llm = None

    def sample(
        self, *, repetition_penalty: float | None = None, last_n_tokens: int | None = None, **options: Any
    ) -> int:
        """The parent's, except that the last 0 tokens are none of them; there, they are all."""
        if last_n_tokens is None:
            last_n_tokens = self.config.last_n_tokens
        if last_n_tokens == 0:
            repetition_penalty = 1.0
        token: int = super().sample(repetition_penalty=repetition_penalty, last_n_tokens=last_n_tokens, **options)
        return token
