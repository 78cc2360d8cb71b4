"""A model file requantised for this processor: made once from the fetched one, and loaded in its place.

llama.cpp repacks some types of four bits for AVX2, AVX-512 and NEON as it loads them, and most blocks of a mixed
quantisation are of another type. What is gained and what it costs: "The copy" in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
from pathlib import Path

from filelock import FileLock

from qwen_magic.engines.gguf import Tensor, check
from qwen_magic.engines.native import errors, llama, repacks
from qwen_magic.engines.threads import usable_cores
from qwen_magic.errors import BrokenModel, NotEnoughSpace

# Mixed quantisations of four bits lose little in another one of four bits; who chose more bits wanted their quality.
_MIXED = frozenset({llama.LLAMA_FTYPE_MOSTLY_Q4_K_S, llama.LLAMA_FTYPE_MOSTLY_Q4_K_M})
_REPACKED = frozenset({llama.GGML_TYPE_Q4_0, llama.GGML_TYPE_Q4_K, llama.GGML_TYPE_IQ4_NL})
_BLOCK_OF_Q4_K = 256  # elements, which the row of a tensor must be a multiple of


def gains(source: Path) -> bool:
    """Whether a copy of this file would be faster. Raises `BrokenModel`."""
    header = check(source)
    weights = [tensor for tensor in header.tensors.values() if tensor.elements > tensor.row]
    repacked = sum(tensor.elements for tensor in weights if tensor.type in _REPACKED)
    return header.file_type in _MIXED and repacks() and 2 * repacked < sum(tensor.elements for tensor in weights)


def optimised(source: Path, copy: Path) -> Path:
    """`copy`, made from `source` unless it is there; `source` itself where that would not be faster.

    Raises `BrokenModel`, `NotEnoughSpace` and `OSError`; after these, or a crash, there is no copy.
    """
    if copy.exists():
        return copy
    if not gains(source):
        return source
    copy.parent.mkdir(parents=True, exist_ok=True)
    partial = copy.with_suffix(".partial")
    with FileLock(copy.with_suffix(".lock")):
        if not copy.exists():  # another kernel was faster
            try:
                _requantise(source, partial)
                partial.replace(copy)
            finally:
                partial.unlink(missing_ok=True)
    return copy


def _requantise(source: Path, target: Path) -> None:
    needed, free = source.stat().st_size, shutil.disk_usage(target.parent).free
    if free < needed:
        raise NotEnoughSpace(
            f"{needed / 1e6:,.0f} MB are needed in {target.parent}, {free / 1e6:,.0f} MB are free.", "Free some."
        )
    params = llama.llama_model_quantize_default_params()
    params.nthread = usable_cores()
    params.ftype = llama.LLAMA_FTYPE_MOSTLY_IQ4_NL
    params.allow_requantize = True
    tensors = check(source).tensors
    chosen = {name: _type(name, tensor, tied="output.weight" not in tensors) for name, tensor in tensors.items()}
    # The list ends with an empty entry.
    types = (llama.llama_model_tensor_override * (len(chosen) + 1))()
    for entry, (name, kind) in zip(types, chosen.items(), strict=False):
        entry.pattern, entry.type = f"^{re.escape(name)}$".encode(), kind
    params.tt_overrides = ctypes.cast(types, ctypes.POINTER(llama.llama_model_tensor_override))
    # These two go by rules of their own.
    params.token_embedding_type = chosen.get("token_embd.weight", params.token_embedding_type)
    params.output_tensor_type = chosen.get("output.weight", params.output_tensor_type)
    errors.clear()
    if llama.llama_model_quantize(os.fsencode(source), os.fsencode(target), params):
        raise BrokenModel(f"{source.name} could not be requantised.", errors[-1] if errors else "")
    with target.open("rb+") as file:
        os.fsync(file.fileno())  # after a power cut, a name can outlive its bytes
    check(target)


def _type(name: str, tensor: Tensor, *, tied: bool) -> int:
    """The type for a tensor. `tied`: the table of embeddings is the output head as well.

    The feed-forward layers and the head are nine tenths of what a token reads, and become the repacked types that lose
    least. What the rest would gain is not worth its loss: attention, and embeddings, of which a token reads one row.
    """
    kept = "attn" in name or (name == "token_embd.weight" and not tied)
    if kept or tensor.type in _REPACKED or tensor.elements == tensor.row:
        return tensor.type
    return int(llama.GGML_TYPE_Q4_K if tensor.row % _BLOCK_OF_Q4_K == 0 else llama.GGML_TYPE_IQ4_NL)
