"""A model file requantised for this processor: made once from the fetched one, and loaded in its place.

llama.cpp repacks Q4_0 for AVX2, AVX-512 and NEON as it loads, and most blocks of a mixed quantisation it does not.
What is gained and what it costs: benchmarks/RESULTS.md.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from filelock import FileLock

from qwen_magic.engines.gguf import check
from qwen_magic.engines.native import errors, llama, repacks
from qwen_magic.engines.threads import usable_cores
from qwen_magic.errors import BrokenModel, NotEnoughSpace, QwenMagicError

# Mixed quantisations of four bits lose little in another one of four bits; who chose more bits wanted their quality.
_MIXED = frozenset({llama.LLAMA_FTYPE_MOSTLY_Q4_K_S, llama.LLAMA_FTYPE_MOSTLY_Q4_K_M})


def fastest(source: Path, copy: Path | None) -> Path:
    """The file to load: the copy, made if need be, or the source where no copy is wanted or possible."""
    if copy is None:
        return source
    try:
        return optimised(source, copy)
    except (QwenMagicError, OSError):
        return source  # slower, and nothing else; what is wrong with the file itself, loading it will say


def optimised(source: Path, copy: Path) -> Path:
    """`copy`, made from `source` unless it is there; `source` itself where that would not be faster.

    Raises `BrokenModel`, `NotEnoughSpace` and `OSError`; after these, or a crash, there is no copy.
    """
    if copy.exists():
        return copy
    if check(source) not in _MIXED or not repacks():
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
    params.ftype = llama.LLAMA_FTYPE_MOSTLY_Q4_0
    params.allow_requantize = True
    # The head decides between tokens, where coarser weights would show first.
    params.output_tensor_type = llama.GGML_TYPE_Q8_0
    errors.clear()
    if llama.llama_model_quantize(os.fsencode(source), os.fsencode(target), params):
        raise BrokenModel(f"{source.name} could not be requantised.", errors[-1] if errors else "")
    with target.open("rb+") as file:
        os.fsync(file.fileno())  # after a power cut, a name can outlive its bytes
    check(target)
