"""The open files and shared memory that a forked process inherits: cut off from those of its parent.

A forked descriptor is the parent's: what is written goes where the parent writes, what is read is gone for it.
"""

from __future__ import annotations

import ctypes
import os
import re
import select
import socket
import stat
from contextlib import suppress
from pathlib import Path

_READ_ONLY_MEMORY = 1  # PROT_READ of mprotect
_STANDARD = (0, 1, 2)
_SHARED = re.compile(rb"^([0-9a-f]+)-([0-9a-f]+) rw.s", re.MULTILINE)


class Connections:
    """What stands in for all inherited sockets: reads end at once, and writing is noticed."""

    def __init__(self) -> None:
        self.stand_in, self._watched = socket.socketpair()
        self._watched.shutdown(socket.SHUT_WR)

    def used(self) -> bool:
        """Whether anything was written to one of them."""
        poll = select.poll()
        poll.register(self._watched, select.POLLIN)
        return any(event & select.POLLIN for _, event in poll.poll(0))


def detach(keep: int) -> Connections:
    """Replace every open descriptor except one by something that is this process's own."""
    inherited = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
    connections = Connections()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in inherited:
        if descriptor != keep:
            # The listing itself was one of them, and is closed by now.
            with suppress(OSError):
                os.dup2(_own(descriptor, connections, null), descriptor, inheritable=descriptor in _STANDARD)
    return connections


def _own(descriptor: int, connections: Connections, null: int) -> int:
    kind = os.fstat(descriptor).st_mode
    if descriptor in _STANDARD:
        return null
    if stat.S_ISSOCK(kind):
        return connections.stand_in.fileno()
    if stat.S_ISREG(kind):
        return _reopened(descriptor, null)
    harmless = stat.S_ISDIR(kind) or stat.S_ISBLK(kind) or (stat.S_ISCHR(kind) and not os.isatty(descriptor))
    return descriptor if harmless else null


def _reopened(descriptor: int, null: int) -> int:
    """The same file to read from the same place; nothing is left of one that was only written."""
    with suppress(OSError):
        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        if _flags(descriptor) & os.O_ACCMODE != os.O_WRONLY:
            # Also of a file that has been deleted, by its link here.
            own = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY)
            os.lseek(own, place, os.SEEK_SET)
            return own
    return null


def _flags(descriptor: int) -> int:
    fields = Path(f"/proc/self/fdinfo/{descriptor}").read_text(encoding="ascii").split()
    return int(fields[fields.index("flags:") + 1], 8)


def shared_memory() -> list[tuple[int, int]]:
    """Address and size of writable memory that is shared with files or other processes."""
    maps = Path("/proc/self/maps").read_bytes()
    return [(int(start, 16), int(end, 16) - int(start, 16)) for start, end in _SHARED.findall(maps)]


def protect_shared_memory() -> None:
    """Make it read-only: a write is a segmentation fault then, and harms nobody."""
    library = ctypes.CDLL(None)
    for start, size in shared_memory():
        library.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(size), _READ_ONLY_MEMORY)
