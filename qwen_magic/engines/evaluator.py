"""A GGUF model in llama.cpp: tokens in, logits out, at any position of any of several sequences.

Built on the low-level API of llama-cpp-python (the names beginning with `llama_`).
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp as llama
import numpy as np
import numpy.typing as npt

from qwen_magic.engines.base import never
from qwen_magic.engines.threads import usable_cores
from qwen_magic.engines.vocabulary import Vocabulary
from qwen_magic.errors import BrokenModel

DEFAULT_CONTEXT = 4096  # tokens; Qwen2.5 allows 32,768, at 12 kB of memory each
MAX_SEQUENCES = 64
BATCH_TOKENS = 512  # most tokens handed over at once
PHYSICAL_BATCH_TOKENS = 256  # most tokens computed at once
BATCH_OUTPUTS = 64  # most rows of logits at once: with Qwen2.5's vocabulary, each takes 600 kB

_LOG_LEVEL_ERROR = 4  # GGML_LOG_LEVEL_ERROR in ggml.h
_errors: list[str] = []


@llama.llama_log_callback  # type: ignore[untyped-decorator]
def _on_log(level: int, text: bytes, _: Any) -> None:
    if level == _LOG_LEVEL_ERROR:
        _errors.append(text.decode(errors="replace").rstrip())


@dataclass(frozen=True, slots=True)
class Slot:
    """One token at a position of a sequence; `output` asks for the logits of what follows it."""

    token: int
    position: int
    sequence: int = 0
    output: bool = False


class Evaluator:
    """A loaded model and the memory (KV cache) of its sequences. Not safe to call from two threads at once.

    `stopped` is asked all along a long evaluation and cuts it short when it says yes.
    Raises `BrokenModel` if llama.cpp cannot load the file or make text with it.
    """

    def __init__(self, path: str, context_length: int = -1, *, mmap: bool = True, mlock: bool = False) -> None:
        self.stopped: Callable[[], bool] = never
        self._batch: Any = None
        self._context: Any = None
        self._embedding = False
        self._threads = 0
        llama.llama_backend_init()
        llama.llama_log_set(_on_log, ctypes.c_void_p(0))
        _errors.clear()
        self._model = llama.llama_model_load_from_file(path.encode(), _model_params(mmap, mlock))
        if not self._model:
            raise _broken(Path(path), _errors)
        if context_length <= 0:
            context_length = min(DEFAULT_CONTEXT, llama.llama_model_n_ctx_train(self._model))
        self._context = llama.llama_init_from_model(self._model, _context_params(context_length))
        self._memory = llama.llama_get_memory(self._context) if self._context else None
        if not self._memory or not llama.llama_model_has_decoder(self._model):
            self.close()
            raise BrokenModel(f"{Path(path).name} cannot generate text.", "`%qwen models` lists models that can.")
        self.vocabulary = Vocabulary(llama.llama_model_get_vocab(self._model))
        self.context_length = int(llama.llama_n_ctx_seq(self._context))
        self.embedding_size = int(llama.llama_model_n_embd_out(self._model))
        self._batch = llama.llama_batch_init(BATCH_TOKENS, 0, 1)
        self._abort = llama.llama_cpp.ggml_abort_callback(lambda _: self.stopped())
        self.use_threads(0)

    def close(self) -> None:
        """Free everything; harmless when repeated."""
        if self._batch:
            llama.llama_batch_free(self._batch)
        if self._context:
            llama.llama_free(self._context)
        if self._model:
            llama.llama_model_free(self._model)
        self._batch = self._context = self._model = None

    def use_threads(self, threads: int) -> None:
        """Evaluate with this many threads; 0 or less takes the cores this process may use."""
        threads = threads if threads > 0 else usable_cores()
        if threads != self._threads:
            llama.llama_set_n_threads(self._context, threads, threads)
            self._threads = threads

    def metadata(self, key: str) -> str | None:
        """A value of the GGUF header as text."""
        out = ctypes.create_string_buffer(1 << 16)
        size = llama.llama_model_meta_val_str(self._model, key.encode(), out, len(out))
        return out.value.decode(errors="replace") if size >= 0 else None

    # Evaluation

    def evaluate(self, slots: Sequence[Slot], batch_size: int = BATCH_TOKENS) -> bool:
        """Evaluate slots in order; False if the memory is full or `stopped` said so.

        The logits and embeddings of the last batch's outputs can be read until the next call.
        """
        batch_size = max(1, min(batch_size, BATCH_OUTPUTS if self._embedding else BATCH_TOKENS))
        # A callback into Python costs little in a long batch and much in a short one, which ends soon anyway.
        abort = self._abort if len(slots) > BATCH_OUTPUTS else llama.llama_cpp.ggml_abort_callback()
        llama.llama_set_abort_callback(self._context, abort, None)
        return all(
            not self.stopped() and self._decode(slots[i : i + batch_size]) for i in range(0, len(slots), batch_size)
        )

    def evaluate_logits(self, slots: Sequence[Slot]) -> npt.NDArray[np.float32]:
        """Evaluate slots and return the logits behind each that asks for them: (outputs, vocabulary size).

        Raises `MemoryError` if the sequences do not fit into the context window.
        """
        rows = []
        for i in range(0, len(slots), BATCH_OUTPUTS):
            part = slots[i : i + BATCH_OUTPUTS]
            if not self.evaluate(part):
                raise MemoryError("The sequences do not fit into the context window.")
            rows += [self.logits(j).copy() for j, slot in enumerate(part) if slot.output]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self.vocabulary.size)

    def _decode(self, slots: Sequence[Slot]) -> bool:
        batch = self._batch
        batch.n_tokens = len(slots)
        for i, slot in enumerate(slots):
            batch.token[i], batch.pos[i] = slot.token, slot.position
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, slot.sequence
            batch.logits[i] = slot.output or self._embedding
        return bool(llama.llama_decode(self._context, batch) == 0)

    def logits(self, i: int = -1) -> npt.NDArray[np.float32]:
        """Logits behind slot `i` of the last batch, a view: (vocabulary size,)."""
        return np.ctypeslib.as_array(self.logits_pointer(i), (self.vocabulary.size,))

    def logits_pointer(self, i: int = -1) -> Any:
        """The same as a C array."""
        return llama.llama_get_logits_ith(self._context, i)

    def use_embeddings(self, on: bool) -> None:
        """While on, evaluation also leaves an embedding behind each token."""
        self._embedding = on
        llama.llama_set_embeddings(self._context, on)

    def embedding(self) -> npt.NDArray[np.float32]:
        """Embedding behind the last token, a view: (embedding size,)."""
        return np.ctypeslib.as_array(llama.llama_get_embeddings_ith(self._context, -1), (self.embedding_size,))

    # Sequences

    def rollback(self, position: int, sequence: int = 0) -> None:
        """Forget everything of a sequence from `position` on."""
        llama.llama_memory_seq_rm(self._memory, sequence, position, -1)

    def branch(self, source: int, target: int, position: int) -> None:
        """Let sequence `target` begin with the first `position` tokens of `source`, at no cost."""
        self.rollback(0, target)
        llama.llama_memory_seq_cp(self._memory, source, target, 0, position)

    def clear(self) -> None:
        """Forget all sequences."""
        llama.llama_memory_clear(self._memory, True)


_LOAD_MODES = {
    (False, False): llama.LLAMA_LOAD_MODE_NONE,
    (False, True): llama.LLAMA_LOAD_MODE_MLOCK,
    (True, False): llama.LLAMA_LOAD_MODE_MMAP,
    (True, True): llama.LLAMA_LOAD_MODE_MMAP_MLOCK,
}


def _model_params(mmap: bool, mlock: bool) -> Any:
    params = llama.llama_model_default_params()
    params.load_mode = _LOAD_MODES[mmap, mlock]
    # llama.cpp's AMX code crashes the process when built by GCC before 12.4 (its issue 20824).
    params.use_extra_bufts = b"AMX_INT8 = 1" not in llama.llama_print_system_info()
    return params


def _context_params(context_length: int) -> Any:
    params = llama.llama_context_default_params()
    params.n_ctx = context_length
    params.n_batch, params.n_ubatch = BATCH_TOKENS, PHYSICAL_BATCH_TOKENS
    params.n_outputs_max = BATCH_OUTPUTS
    params.n_seq_max, params.kv_unified = MAX_SEQUENCES, True
    return params


def _broken(path: Path, errors: Sequence[str]) -> BrokenModel:
    """What llama.cpp said about a file that it did not load, in the user's words."""
    said = " ".join(errors)
    if not path.is_file():
        return BrokenModel(f"There is no file {path}.")
    again = "Fetch it again: `qwen-magic download`, or choose another with `%qwen model NAME`."
    if match := re.search(r"unknown model architecture: '([^']*)'", said):
        return BrokenModel(f"llama.cpp does not know the architecture {match[1]!r} of {path.name}.", again)
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            return BrokenModel(f"{path.name} is not a GGUF file.", again)
    if "not within the file bounds" in said or "failed to read" in said:
        return BrokenModel(f"{path.name} is truncated: it ends before its tensors do.", again)
    return BrokenModel(f"llama.cpp cannot load {path.name}: {errors[-1] if errors else 'it gave no reason'}.", again)
