"""llama.cpp, as llama-cpp-python's low-level API: `llama`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["llama"]

# As OpenMP reads it when its library is loaded: turns of a waiting loop, some 20 µs of them.
SPIN = ("GOMP_SPINCOUNT", "1000")


@contextmanager
def patient_threads() -> Iterator[None]:
    """While a library is imported whose threads are to sleep when they wait long for each other.

    By default they spin for milliseconds some hundred times a token; where another process wants the
    cores as well (a build, a second kernel), a token then takes twenty times as long.
    """
    name, value = SPIN
    if name in os.environ or "OMP_WAIT_POLICY" in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


with patient_threads():
    import llama_cpp as llama
