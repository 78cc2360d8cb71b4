"""llama.cpp, as llama-cpp-python's low-level API: `llama`; what it says goes wrong: `errors`."""

from __future__ import annotations

import ctypes
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["errors", "llama", "repacks"]

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

_LOG_LEVEL_ERROR = 4  # GGML_LOG_LEVEL_ERROR in ggml.h
errors: deque[str] = deque(maxlen=20)


@llama.llama_log_callback  # type: ignore[untyped-decorator]
def _on_log(level: int, text: bytes, _: Any) -> None:
    if level == _LOG_LEVEL_ERROR:
        errors.append(text.decode(errors="replace").rstrip())


# It would write everything to stderr, into the middle of a notebook.
llama.llama_log_set(_on_log, ctypes.c_void_p(0))


def repacks() -> bool:
    """Whether weights may be repacked for this processor as they are loaded.

    llama.cpp's AMX code, which would take part, crashes the process when built by GCC before 12.4 (its issue 20824).
    """
    features = llama.llama_print_system_info()
    return b"REPACK = 1" in features and b"AMX_INT8 = 1" not in features
