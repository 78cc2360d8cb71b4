"""A kernel as JupyterLab uses it: cells have ids, and what they show is read while it comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kernel import Kernel

from qwen_magic.engines.quantisation import optimised
from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.weights.catalogue import CATALOGUE
from qwen_magic.weights.download import fetch
from qwen_magic.weights.storage import optimised_place

Message = dict[str, Any]


def prepare_model() -> None:
    """Have the default model and its copy for this processor, or else a kernel would make it while it is measured."""
    path = fetch(CATALOGUE[DEFAULT_MODEL])
    optimised(path, optimised_place(path))


@dataclass(frozen=True, slots=True)
class Ran:
    """What a cell gave: seconds from the request to its last output, and the messages on iopub."""

    ok: bool
    seconds: float
    shown: tuple[Message, ...]


class NotebookKernel(Kernel):
    """A kernel for which every request comes from a cell of a page, so that answers get their panel."""

    def __init__(self) -> None:
        super().__init__()
        self._client.session.metadata = {"cellId": "asking"}

    @property
    def pid(self) -> int:
        """The process of the kernel."""
        return int(self.evaluate("__import__('os').getpid()"))

    def show(self, source: str, *, seconds: float = 300) -> Ran:
        """Run a cell and read what it shows."""
        shown: list[Message] = []
        hook: Callable[[Message], None] = shown.append
        started = time.perf_counter()
        reply = self._client.execute_interactive(source, stop_on_error=False, timeout=seconds, output_hook=hook)
        taken = time.perf_counter() - started
        return Ran(reply["content"]["status"] == "ok", taken, tuple(shown))

    def ask(self, question: str, *options: str) -> Ran:
        """Ask greedily, nothing tried, nothing remembered. Raises `SystemExit` if no answer comes."""
        ran = self.show(f"%%qwen ask --plain --fresh --no-context -t 0 {' '.join(options)}\n{question}")
        if not ran.ok:
            why = [m["content"]["evalue"] for m in ran.shown if m["msg_type"] == "error"]
            raise SystemExit(f"the default model does not answer: {' '.join(why) or 'the cell did not run'}")
        return ran
