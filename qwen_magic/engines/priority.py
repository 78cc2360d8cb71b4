"""Work that may wait gives way to whoever else wants the cores."""

from __future__ import annotations

import os
from contextlib import suppress

_NICENESS = 15


def give_way() -> None:
    """Lower the priority of the calling thread, and of the threads that it starts; where that cannot be done, do nothing.

    Of a thread rather than of the process only on Linux, where a thread may not raise it again.
    """
    if hasattr(os, "setpriority"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
