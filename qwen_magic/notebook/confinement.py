"""What the Linux kernel itself can hold a process to: its memory, its time, its files, its parent's life."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import struct
from contextlib import suppress
from pathlib import Path
from types import FunctionType

MEMORY = 2 * 2**30
_FILE = 256 * 2**20
_SPARE = 256 * 2**20
_PARENT_DEATH, _NO_NEW_PRIVILEGES = 1, 38  # of prctl
_CREATE_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same on every machine
_PATH_BENEATH = 1
# Rights of Landlock, by the version that brought them: write and remove files, make anything; rename; truncate.
_WRITE, _TRUNCATE = 1 << 1, 1 << 14
_RIGHTS = {1: _WRITE | sum(1 << n for n in range(4, 13)), 2: 1 << 13, 3: _TRUNCATE}
_BIND_AND_CONNECT = 3
# Semaphores live there, and multiprocessing makes some before it starts anything.
_SEMAPHORES = "/dev/shm"  # noqa: S108

_library = ctypes.CDLL(None, use_errno=True)


def leave_parent(parent: int) -> None:
    """Take no signals meant for the parent's group, and do not outlive it."""
    os.setsid()
    _library.prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)
    # If memory runs out, this one goes and not the notebook.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def reset_signals(namespace: dict[str, object]) -> None:
    """Back to how a new Python handles signals; handlers of the notebook's own cells stay."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        handler = signal.getsignal(number)
        theirs = isinstance(handler, FunctionType) and handler.__globals__ is namespace
        if callable(handler) and not theirs:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    # Their default is to end the process by a signal where Python raises an error.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def limit(seconds: float) -> None:
    """Bound memory, processor time and the size of files."""
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    room = used + min(MEMORY, _available() // 2)
    processor = (math.ceil(seconds) + 1) * (os.cpu_count() or 1)
    for kind, soft, hard in (
        (resource.RLIMIT_AS, room, room + _SPARE),
        (resource.RLIMIT_CPU, processor, processor + 1),
        (resource.RLIMIT_FSIZE, _FILE, _FILE),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        highest = resource.getrlimit(kind)[1]
        bound = hard if highest == resource.RLIM_INFINITY else min(hard, highest)
        resource.setrlimit(kind, (min(soft, bound), bound))


def give_spare_memory() -> None:
    """Room to say that there was no room."""
    highest = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (highest, highest))


def _available() -> int:
    """Bytes that can be had without hurting anyone: of the machine, and of the container that this is in."""
    known = [MEMORY * 2]
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        known.append(int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) * 1024)
    base = Path("/sys/fs/cgroup")
    for highest, current in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        with suppress(OSError, ValueError):
            known.append(int((base / highest).read_text()) - int((base / current).read_text()))
    return max(0, min(known))


def seal(folder: str) -> bool:
    """Let the kernel refuse writing anywhere else, also to code in C; false if it does not know how to.

    The error that this gives is a plain PermissionError: the audit hook, which can say more, comes first.
    """
    version = _library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = sum(bits for since, bits in _RIGHTS.items() if version >= since)
    handled = struct.pack("QQ", rights, _BIND_AND_CONNECT) if version >= 4 else struct.pack("Q", rights)
    rules = _library.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if rules < 0:
        return False
    for path in (folder, os.devnull, _SEMAPHORES):
        with suppress(OSError):
            place = os.open(path, os.O_PATH)
            allowed = rights if Path(path).is_dir() else rights & (_WRITE | _TRUNCATE)
            _library.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", allowed, place), 0)
            os.close(place)
    _library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done: int = _library.syscall(_RESTRICT, rules, 0)
    os.close(rules)
    return done == 0
