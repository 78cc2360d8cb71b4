"""Work that may wait gives way to whoever else wants the cores."""

from __future__ import annotations

import os
from contextlib import suppress

_NICENESS = 15


def give_way() -> None:
    """Lower the priority of the calling thread and of those that it starts; of the whole process except on Linux.

    It stays so. Where it cannot be done, nothing happens.
    """
    if hasattr(os, "setpriority"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
