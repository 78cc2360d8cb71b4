"""What is wrong with a GGML file of 2023, found out before ctransformers' library sees it.

That library believes what a file says: it reads past the end of a truncated one, runs on with what
happened to be in memory, divides by a head count of zero, and ends the process where memory runs out.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path

MAGIC = b"lmgg"  # "ggml", little-endian

# Bytes of a block, and its elements, by the number of the type.
_TYPES = {0: (4, 1), 1: (2, 1), 2: (18, 32), 3: (20, 32), 6: (22, 32), 7: (24, 32), 8: (34, 32)}
_TYPES |= {10: (84, 256), 11: (110, 256), 12: (144, 256), 13: (176, 256), 14: (210, 256), 15: (292, 256)}
# The file types that stand for one of them; the library ends the process at others.
_FILE_TYPES = frozenset([0, 1, 2, 3, *range(7, 15)])
_VERSION_FACTOR = 1000
_LONGEST_TEXT = 4096
_LONGEST_CONTEXT = 1 << 17


@dataclass(frozen=True, slots=True)
class _Layout:
    """The header of an architecture: its numbers in order, and how many tensors there are at least."""

    numbers: str
    tensors: int
    tensors_per_layer: int
    counts_vocabulary: bool = False
    has_scores: bool = False


_GPT2 = _Layout("vocab ctx embd head layer ftype", 4, 12, counts_vocabulary=True)
_NEOX = _Layout("vocab ctx embd head layer rot residual ftype", 4, 12)
_LAYOUTS = {
    "gpt2": _GPT2,
    "starcoder": _GPT2,
    "gptbigcode": _GPT2,
    "gptj": _Layout("vocab ctx embd head layer rot ftype", 5, 10, counts_vocabulary=True),
    "gptneox": _NEOX,
    "dollyv2": _NEOX,
    "mpt": _Layout("embd ctx head layer vocab alibi clip ftype", 2, 6),
    "replit": _Layout("embd ctx head layer vocab ftype", 2, 6, has_scores=True),
}
ARCHITECTURES = tuple(sorted(_LAYOUTS))
# The library also has loaders for these, which hang or crash on what they do not expect; every such model is
# to be had as GGUF.
SUCCEEDED = ("llama", "falcon")


def check(path: Path, architecture: str) -> None:
    """Raise `ValueError` in the user's words if a file is not a whole GGML file of an architecture."""
    # As the library itself reads the name: gpt-j is gptj.
    architecture = "".join(c for c in architecture if c.isascii() and c.isalnum())
    if architecture in SUCCEEDED:
        raise ValueError("GGML files of this architecture are not safe to load; take the model as GGUF")
    if architecture not in ARCHITECTURES:
        raise ValueError(f"the library knows no such architecture; it knows {', '.join(ARCHITECTURES)}")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            _File(data, _LAYOUTS[architecture]).check()
        except struct.error:
            raise ValueError("it is truncated, or of another architecture") from None


class _File:
    """A cursor over a file."""

    def __init__(self, data: mmap.mmap, layout: _Layout) -> None:
        self._data, self._layout = data, layout
        self._at = len(MAGIC)

    def check(self) -> None:
        names = self._layout.numbers.split()
        number = dict(zip(names, self._read(f"<{len(names)}i"), strict=True))
        vocab, embd, head, layer = (number[name] for name in ("vocab", "embd", "head", "layer"))
        plausible = min(vocab, embd, head, layer) > 0 and embd % head == 0 and 0 < number["ctx"] <= _LONGEST_CONTEXT
        plausible = plausible and number["ftype"] >= 0 and number["ftype"] % _VERSION_FACTOR in _FILE_TYPES
        if not plausible or (self._layout.counts_vocabulary and self._read("<i") != (vocab,)):
            raise ValueError("its header makes no sense for this architecture")
        for _ in range(vocab):
            self._skip(*self._read("<I"))
            if self._layout.has_scores:
                self._read("<f")
        shapes = []
        while self._at < len(self._data):
            shapes.append(self._tensor())
        if [embd, vocab] not in shapes or len(shapes) < self._layout.tensors + layer * self._layout.tensors_per_layer:
            raise ValueError("it is truncated: tensors are missing")

    def _tensor(self) -> list[int]:
        dimensions, length, kind = self._read("<3i")
        if dimensions not in (1, 2) or kind not in _TYPES:
            raise ValueError("its tensors make no sense for this architecture")
        shape = list(self._read(f"<{dimensions}i"))
        size, block = _TYPES[kind]
        if min(shape) <= 0:
            raise ValueError("its tensors make no sense for this architecture")
        self._skip(length)
        self._skip(prod(shape) // block * size, most=len(self._data))
        return shape

    def _skip(self, length: int, most: int = _LONGEST_TEXT) -> None:
        if not 0 <= length <= most or self._at + length > len(self._data):
            raise ValueError("it is truncated, or of another architecture")
        self._at += length

    def _read(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return values
