"""The file of a model as this process has it mapped into its memory."""

from __future__ import annotations

import ctypes
from pathlib import Path

_MADV_DONTNEED = 4  # <asm-generic/mman-common.h>
_MAPS = Path("/proc/self/maps")


def forget_pages(path: Path) -> None:
    """Take the pages of a mapped file out of this process' memory, on Linux; those that it still reads come back.

    What llama.cpp repacks as it loads is read once and then lies there twice. Pages come back from the system's
    cache, which all kernels share.
    """
    if not _MAPS.exists():
        return
    name = str(path.resolve())
    libc = ctypes.CDLL(None)
    for line in _MAPS.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        addresses, permissions, _offset, _device, _inode, *rest = line.split(maxsplit=5)
        # Only what nobody can have written to: of that, nothing can be lost.
        if rest == [name] and "w" not in permissions:
            start, end = (int(address, 16) for address in addresses.split("-"))
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_DONTNEED)
