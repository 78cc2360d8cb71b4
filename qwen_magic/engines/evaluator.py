"""A GGUF model in llama.cpp: tokens in, logits out, at any position of any of several sequences.

Built on the low-level API of llama-cpp-python (the names beginning with `llama_`).
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qwen_magic.engines.base import never
from qwen_magic.engines.gguf import FETCH_AGAIN, check
from qwen_magic.engines.mapping import forget_pages
from qwen_magic.engines.native import errors, llama, repacks
from qwen_magic.engines.threads import usable_cores
from qwen_magic.engines.vocabulary import Vocabulary
from qwen_magic.errors import BrokenModel

DEFAULT_CONTEXT = 4096  # tokens; Qwen2.5 allows 32,768, at 12 kB of memory each
MAX_SEQUENCES = 64
BATCH_TOKENS = 512  # most tokens handed over at once
PHYSICAL_BATCH_TOKENS = 256  # most tokens computed at once
BATCH_OUTPUTS = 64  # most rows of logits at once: with Qwen2.5's vocabulary, each takes 600 kB

_REFUSED = -1  # llama_decode: "Invalid input batch"


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
    Raises `BrokenModel` if llama.cpp cannot load the file or make text with it; `ValueError` for
    tokens, positions and sequences that do not exist, which would end the process in llama.cpp.
    """

    def __init__(self, path: str, context_length: int = -1, *, mmap: bool = True, mlock: bool = False) -> None:
        self.stopped: Callable[[], bool] = never
        self._raised: BaseException | None = None
        self._batch: Any = None
        self._context: Any = None
        self._embedding = False
        self._threads = 0
        check(Path(path))
        llama.llama_backend_init()
        errors.clear()
        self._model = llama.llama_model_load_from_file(os.fsencode(path), _model_params(mmap, mlock))
        if not self._model:
            raise _broken(Path(path), errors)
        if mmap and not mlock:
            forget_pages(Path(path))
        trained = llama.llama_model_n_ctx_train(self._model)
        context_length = min(context_length if context_length > 0 else DEFAULT_CONTEXT, trained)
        self._context = llama.llama_init_from_model(self._model, _context_params(context_length))
        self._memory = llama.llama_get_memory(self._context) if self._context else None
        if not self._memory or not llama.llama_model_has_decoder(self._model):
            self.close()
            raise BrokenModel(f"{Path(path).name} cannot generate text here.", errors[-1] if errors else "")
        self.vocabulary = Vocabulary(llama.llama_model_get_vocab(self._model))
        self.context_length = int(llama.llama_n_ctx_seq(self._context))
        self.embedding_size = int(llama.llama_model_n_embd_out(self._model))
        # Less than asked for where the context is short; to hand over more ends the process.
        self._batch_tokens = int(llama.llama_n_batch(self._context))
        self._batch = llama.llama_batch_init(self._batch_tokens, 0, 1)
        self._abort = llama.llama_cpp.ggml_abort_callback(self._aborts)
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
        size = llama.llama_model_meta_val_str(self._model, key.encode(), None, 0)
        if size < 0:
            return None
        out = ctypes.create_string_buffer(size + 1)
        llama.llama_model_meta_val_str(self._model, key.encode(), out, len(out))
        return out.value.decode(errors="replace")

    # Evaluation

    def evaluate(self, slots: Sequence[Slot], batch_size: int = BATCH_TOKENS) -> bool:
        """Evaluate slots in order; False if the memory is full or `stopped` said so.

        The logits and embeddings of the last batch's outputs can be read until the next call.
        """
        for slot in slots:
            self._check_sequence(slot.sequence)
        batch_size = max(1, min(batch_size, BATCH_OUTPUTS if self._embedding else self._batch_tokens))
        # A callback into Python costs little in a long batch and much in a short one, which ends soon anyway.
        abort = self._abort if len(slots) > BATCH_OUTPUTS else llama.llama_cpp.ggml_abort_callback()
        llama.llama_set_abort_callback(self._context, abort, None)
        return all(
            not self.stopped() and self._decode(slots[i : i + batch_size]) for i in range(0, len(slots), batch_size)
        )

    def evaluate_logits(self, slots: Sequence[Slot]) -> npt.NDArray[np.float32]:
        """Evaluate slots and return the logits behind each that asks for them: (outputs, vocabulary size).

        Raises `MemoryError` if the sequences do not fit into the context window, `InterruptedError`
        if `stopped` said so.
        """
        rows: list[npt.NDArray[np.float32]] = []
        for i in range(0, len(slots), BATCH_OUTPUTS):
            part = slots[i : i + BATCH_OUTPUTS]
            if not self.evaluate(part):
                if self.stopped():
                    raise InterruptedError("The evaluation was stopped.")
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
        if sum(batch.logits[: len(slots)]) > BATCH_OUTPUTS:
            raise ValueError(f"A batch has at most {BATCH_OUTPUTS} outputs.")
        errors.clear()
        status = llama.llama_decode(self._context, batch)
        if self._raised is not None:
            raised, self._raised = self._raised, None
            raise raised
        if status == _REFUSED:
            raise ValueError(f"llama.cpp refuses these slots: {'; '.join(errors)}")
        return bool(status == 0)

    def _aborts(self, _: Any) -> bool:
        # An exception cannot pass through C code; a KeyboardInterrupt that came now would be lost.
        try:
            return self.stopped()
        except BaseException as error:  # noqa: BLE001 # raised again where Python goes on
            self._raised = error
            return True

    def _check_sequence(self, sequence: int) -> None:
        if not 0 <= sequence < MAX_SEQUENCES:
            raise ValueError(f"There is no sequence {sequence}: they go from 0 to {MAX_SEQUENCES - 1}.")

    def logits(self, i: int = -1) -> npt.NDArray[np.float32]:
        """Logits behind slot `i` of the last batch, a view: (vocabulary size,).

        Raises `ValueError` if that slot asked for none.
        """
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

    def rollback(self, position: int, sequence: int = 0) -> bool:
        """Forget everything of a sequence from `position` on.

        False if this architecture keeps a state that knows no way back (Mamba and its kind): then
        nothing was forgotten, and only 0 works.
        """
        self._check_sequence(sequence)
        return bool(llama.llama_memory_seq_rm(self._memory, sequence, max(position, 0), -1))

    def branch(self, source: int, target: int, position: int) -> None:
        """Let sequence `target` begin with the first `position` tokens of `source`, at no cost."""
        self._check_sequence(source)
        if source == target:
            raise ValueError("A sequence cannot branch from itself.")
        self.rollback(0, target)
        llama.llama_memory_seq_cp(self._memory, source, target, 0, position)

    def state(self) -> bytes:
        """What sequence 0 holds, for `restore`."""
        size = llama.llama_state_seq_get_size(self._context, 0)
        data = (ctypes.c_uint8 * size)()
        written = llama.llama_state_seq_get_data(self._context, data, size, 0)
        return bytes(memoryview(data)[:written])

    def restore(self, state: bytes) -> None:
        """Let sequence 0 hold what it held, and all others nothing."""
        self.clear()
        data = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        if not llama.llama_state_seq_set_data(self._context, data, len(state), 0):
            raise MemoryError("The state does not fit into the context window.")

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
    params.use_extra_bufts = repacks()
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
    if match := re.search(r"unknown model architecture: '([^']*)'", said):
        return BrokenModel(f"llama.cpp does not know the architecture {match[1]!r} of {path.name}.", FETCH_AGAIN)
    if "not within the file bounds" in said or "failed to read" in said:
        return BrokenModel(f"{path.name} is truncated: it ends before its tensors do.", FETCH_AGAIN)
    return BrokenModel(
        f"llama.cpp cannot load {path.name}: {errors[0] if errors else 'it gave no reason'}", FETCH_AGAIN
    )
