"""What the extension costs before an answer and beside it: start, memory, panel.

    python benchmarks/footprint.py [--rounds N] [--steady N]

Every process is a fresh one, with byte code as an installed package has it (in a temporary folder, written by a round
that is not counted); the model's copy for this processor is made, and in the page cache. Medians of the rounds:

- `import_ms`: `import qwen_magic` where IPython is imported already, timed inside the process.
- `load_ext_ms`: what `%load_ext qwen_magic` does in a kernel, timed inside it, with the warm-up that it starts in the
  background. `load_cell_ms`: the whole cell as JupyterLab runs it, from the request to the last output, less a cell
  that does nothing; the page with its buttons opens at its end.
- `warm_s`: from there until the model is ready, while the kernel does nothing else.
- `busy_ms`: the longest round trip of a cell `1+1`, run over and over until then, in kernels of their own; `idle_ms`:
  the longest of as many when the model is ready.

Memory is explained in `memory.py`, the panel in `panel_cost.py`. Other work on the machine makes all but memory worse.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from unittest.mock import patch

import memory
import panel_cost
from notebook_kernel import NotebookKernel, prepare_model

IMPORT = """
import IPython, time
started = time.perf_counter()
import qwen_magic
print(time.perf_counter() - started)
"""
LOAD = """
import threading, time
_started = time.perf_counter()
get_ipython().extension_manager.load_extension("qwen_magic")
_loaded = time.perf_counter() - _started
_loader = get_ipython().find_line_magic("qwen").__self__.session.models.loader
_warm = 0.0

def _watch():
    global _warm
    while _loader.state == "loading":
        time.sleep(0.005)
    _warm = time.perf_counter() - _started

_watching = threading.Thread(target=_watch, daemon=True)
_watching.start()
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Seconds of one start: the extension, its cell beyond an empty one, the model."""

    extension: float
    cell: float
    warm: float


def measure(rounds: int = 5, steady: int = 0) -> dict[str, float]:
    """All figures by name; `steady` questions are asked to see whether memory grows."""
    prepare_model()
    with _byte_code():
        imports = [_imported() for _ in range(rounds + 1)][1:]
        loads = [_loaded() for _ in range(rounds + 1)][1:]
        trips = [_round_trips() for _ in range(rounds)]
        started = {
            "import_ms": statistics.median(imports) * 1000,
            "load_ext_ms": statistics.median(each.extension for each in loads) * 1000,
            "load_cell_ms": statistics.median(each.cell for each in loads) * 1000,
            "warm_s": statistics.median(each.warm for each in loads),
            "busy_ms": statistics.median(busy for busy, _ in trips) * 1000,
            "idle_ms": statistics.median(idle for _, idle in trips) * 1000,
        }
        return {
            **{name: round(value, 2) for name, value in started.items()},
            **memory.measure(steady),
            **panel_cost.measure(max(rounds, 5)),
        }


@contextmanager
def _byte_code() -> Iterator[None]:
    """Processes started in here keep byte code, whatever is set for this one."""
    with TemporaryDirectory() as folder, patch.dict(os.environ, PYTHONPYCACHEPREFIX=folder):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        yield


def _imported() -> float:
    ran = subprocess.run([sys.executable, "-c", IMPORT], check=True, capture_output=True, text=True)  # noqa: S603 # ours
    return float(ran.stdout)


def _loaded() -> Loaded:
    with NotebookKernel() as kernel:
        kernel.show("pass")
        empty = kernel.show("pass").seconds
        cell = kernel.show(LOAD).seconds - empty
        kernel.run("_watching.join()", history=False)
        return Loaded(kernel.evaluate("_loaded"), cell, _warm(kernel))


def _round_trips() -> tuple[float, float]:
    """The longest round trip while the model is loaded, and of as many when it is ready."""
    with NotebookKernel() as kernel:
        kernel.show(LOAD)
        busy = []
        while not kernel.evaluate("_warm"):
            busy.append(_round_trip(kernel))
        _warm(kernel)
        return max(busy), max(_round_trip(kernel) for _ in busy)


def _round_trip(kernel: NotebookKernel) -> float:
    started = time.perf_counter()
    kernel.run("1+1", history=False)
    return time.perf_counter() - started


def _warm(kernel: NotebookKernel) -> float:
    """Seconds until the model was ready. Raises `SystemExit` if it is not."""
    if (state := kernel.evaluate("_loader.state")) != "ready":
        raise SystemExit(f"the default model: {state}; `qwen-magic download` fetches it")
    return float(kernel.evaluate("_warm"))


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steady", type=int, default=0, metavar="N", help="also ask so many questions (500: minutes)")
    options = parser.parse_args()
    figures = measure(options.rounds, options.steady)
    for name, value in figures.items():
        print(f"{name:<22} {value:>10,.4g}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
