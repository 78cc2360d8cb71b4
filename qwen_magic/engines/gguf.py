"""What is wrong with a GGUF file, found out before llama.cpp sees it.

llama.cpp answers most broken files with an error, but some claims of a header end the process.
The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

from qwen_magic.errors import BrokenModel

FETCH_AGAIN = "Fetch it again: `qwen-magic download`, or choose another with `%qwen model NAME`."

_VERSIONS = (2, 3)  # llama.cpp refuses others by itself
_STRING, _ARRAY = 8, 9
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_TOKENS = b"tokenizer.ggml.tokens"
_COUNT = b".block_count"
_FILE_TYPE = b"general.file_type"
_MOST_LAYERS = 512  # LLAMA_MAX_LAYERS
_MOST_DIMENSIONS = 4  # GGML_MAX_DIMS


@dataclass(frozen=True, slots=True)
class Tensor:
    """What a header says of a tensor: `type` is a `ggml_type`, `row` its elements in a row."""

    type: int
    row: int
    elements: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself: its quantisation (`llama_ftype`, -1 if it is silent) and its tensors by name."""

    file_type: int
    tensors: Mapping[str, Tensor]


def magic(path: Path) -> bytes:
    """The first four bytes of a file, which tell its format. Raises `BrokenModel`."""
    try:
        with path.open("rb") as file:
            return file.read(4)
    except FileNotFoundError:
        raise BrokenModel(f"There is no file {path}.") from None
    except OSError as error:
        raise BrokenModel(f"{path} cannot be read: {error.strerror}.") from None


def check(path: Path) -> Header:
    """What the header of a file says.

    Raises `BrokenModel` if this is no GGUF file, or one that would end the process.
    """
    if magic(path) != b"GGUF":
        raise BrokenModel(f"{path.name} is not a GGUF file.", FETCH_AGAIN)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return _Reader(data).header()
        except (struct.error, IndexError):
            raise BrokenModel(f"{path.name} is truncated: it ends within its header.", FETCH_AGAIN) from None
        except ValueError as error:
            raise BrokenModel(f"{path.name} is broken: {error}.", FETCH_AGAIN) from None


class _Reader:
    """A cursor over the keys and values at the beginning of a file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 4

    def header(self) -> Header:
        """Raises `struct.error`, `IndexError`, `ValueError`."""
        version, tensors, pairs = self._read("<IQQ")
        if version not in _VERSIONS:
            return Header(-1, {})
        file_type = -1
        for _ in range(pairs):
            key, value = self._pair()
            if key.endswith(_COUNT) and not 0 < int.from_bytes(value, "little") <= _MOST_LAYERS:
                raise ValueError("its number of layers makes no sense")
            if key == _FILE_TYPE:
                file_type = int.from_bytes(value, "little")
        return Header(file_type, dict(self._tensor() for _ in range(tensors)))

    def _pair(self) -> tuple[bytes, bytes]:
        """A key and its value; of texts and arrays, none."""
        key = self._string()
        (kind,) = self._read("<I")
        if kind == _ARRAY:
            self._array(key)
        elif kind == _STRING:
            self._string()
        else:
            return key, self._skip(self._size(kind))
        return key, b""

    def _tensor(self) -> tuple[str, Tensor]:
        name = self._string().decode(errors="replace")
        (dimensions,) = self._read("<I")
        if not 0 < dimensions <= _MOST_DIMENSIONS:
            raise ValueError(f"its tensor {name!r} has {dimensions} dimensions")
        shape = self._read(f"<{dimensions}Q")
        kind, _offset = self._read("<IQ")
        return name, Tensor(kind, shape[0], prod(shape))

    def _array(self, key: bytes) -> None:
        kind, length = self._read("<IQ")
        if kind != _STRING:
            self._skip(self._size(kind) * length)
            return
        if key != _TOKENS:
            self._skip_strings(length)
            return
        texts = [text for _ in range(length) if (text := self._string())]
        if len(set(texts)) != len(texts):
            raise ValueError("its vocabulary has a token twice")

    def _skip_strings(self, count: int) -> None:
        # A vocabulary comes with some hundred thousand of them.
        data, at, unpack = self._data, self._at, struct.Struct("<Q").unpack_from
        for _ in range(count):
            at += 8 + unpack(data, at)[0]
        self._at = at

    def _string(self) -> bytes:
        (length,) = self._read("<Q")
        return self._skip(length)

    def _skip(self, length: int) -> bytes:
        start, self._at = self._at, self._at + length
        if self._at > len(self._data):
            raise IndexError
        return self._data[start : self._at]

    def _read(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _size(self, kind: int) -> int:
        if kind not in _SIZES:
            raise ValueError(f"its header has a value of the unknown type {kind}")
        return _SIZES[kind]
