"""Copies for this processor, made behind the user's back in a process of their own: see `quantisation`."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from qwen_magic.engines.base import Engine
from qwen_magic.errors import BrokenModel


class Optimising:
    """Makes a copy of each file once, and says when one is there.

    A process of its own, for llama.cpp cannot be stopped at it and would end with the kernel half-way; so it goes
    on when the kernel ends, and the next one has the copy.
    """

    def __init__(self, made: Callable[[], None]) -> None:
        self._made = made
        self._begun: set[Path] = set()
        self.states: dict[Path, str] = {}
        """What became of a copy that is not there, in a few words, by the file that it is of."""

    def start(self, source: Path, loading: Future[Engine]) -> None:
        """Make the copy of a file once its engine is loaded, unless it was begun before."""
        if source not in self._begun:
            self._begun.add(source)
            work = threading.Thread(target=self._work, args=(source, loading), name="qwen_magic optimise", daemon=True)
            work.start()

    def _work(self, source: Path, loading: Future[Engine]) -> None:
        if loading.exception() is not None:
            return
        from qwen_magic.engines.quantisation import gains

        try:
            if not gains(source):
                return
        except BrokenModel:  # since it was loaded
            return
        self.states[source] = "a faster copy is being made"
        command = [sys.executable, "-m", "qwen_magic", "optimise", str(source)]
        done = subprocess.run(  # noqa: S603 # ourselves
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["it gave no reason"])[0]
            self.states[source] = f"no faster copy: {reason}"
            return
        del self.states[source]
        self._made()
