"""A fresh Jupyter kernel with qwen_magic in it, driven from outside as a notebook does it."""

from __future__ import annotations

import ast
import queue
import time
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from jupyter_client.manager import KernelManager

# A namespace of its own in a copy of the process: for what must leave no trace in the kernel.
_APART = """
def _in_a_copy(sources, seconds=20):
    import os, signal
    from IPython import get_ipython
    child = os.fork()
    if child == 0:
        try:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(seconds)
            shell = get_ipython()
            shell.events.callbacks.clear()
            shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
            for source in sources:
                code = compile(shell.transform_cell(source), "<cell>", "exec", flags=0x2000)
                import asyncio, inspect
                result = eval(code, shell.user_ns)
                if inspect.iscoroutine(result):
                    import threading
                    failed = []
                    def drive():
                        try:
                            asyncio.new_event_loop().run_until_complete(result)
                        except BaseException as error:
                            failed.append(error)
                    thread = threading.Thread(target=drive)
                    thread.start(), thread.join()
                    if failed:
                        os._exit(1)
            os._exit(0)
        except BaseException:
            pass
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


class Kernel:
    """A kernel process. Cells are run one by one; each says whether it ran without an error."""

    def __init__(self) -> None:
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel()
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def run(self, source: str, *, seconds: float = 120, history: bool = True) -> bool:
        """Run a cell; False if it raised."""
        return bool(self._execute(source, seconds, history, {})["status"] == "ok")

    def evaluate(self, expression: str, *, seconds: float = 120) -> Any:
        """The value of an expression of literals in the kernel."""
        reply = self._execute("", seconds, False, {"value": expression})["user_expressions"]["value"]
        if reply["status"] != "ok":
            raise RuntimeError(f"{expression}: {reply.get('ename', reply['status'])}: {reply.get('evalue', '')}")
        return ast.literal_eval(reply["data"]["text/plain"])

    def works_in_a_copy(self, *sources: str, seconds: int = 20) -> bool:
        """Whether cells run one after the other; the kernel itself stays as it is."""
        self.run(_APART, history=False)
        return bool(self.evaluate(f"_in_a_copy({list(sources)!r}, {seconds})"))

    def _execute(self, source: str, seconds: float, history: bool, expressions: dict[str, str]) -> dict[str, Any]:
        try:
            # What is sent right behind a cell that fails would otherwise be aborted with it, now and then.
            reply = self._client.execute(
                source,
                store_history=history,
                user_expressions=expressions,
                stop_on_error=False,
                reply=True,
                timeout=seconds,
            )
        except (TimeoutError, queue.Empty):
            self._manager.interrupt_kernel()
            return {"status": "timeout", "user_expressions": {k: {"status": "timeout"} for k in expressions}}
        content: dict[str, Any] = reply["content"]
        return content


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gave: the code, what is said of it, and how long it took. No code: it failed."""

    code: str
    badge: str
    origin: str
    seconds: float


def prepare(kernel: Kernel, engine: str, setup: Iterable[str], *, fetched: bool = False) -> None:
    """The extension, a warm model, and the set-up cells. `fetched`: the model from its file, not from its copy."""
    kernel.run("%load_ext qwen_magic\n%config QwenSettings.renderer = 'text'", history=False)
    if fetched:
        kernel.run("%config QwenSettings.optimise = False", history=False)
    if engine:
        kernel.run(f"%qwen model {engine}", history=False)
    # Asking something is the public way to wait for the model.
    if not kernel.run("%qwen ask --fresh --no-context --max-tokens 1 Hello", seconds=300, history=False):
        raise SystemExit(f"the model {engine or '(default)'} does not answer")
    kernel.run("%qwen reset", history=False)
    for source in setup:
        if not kernel.run(source):
            raise SystemExit(f"a set-up cell failed:\n{source}")


def answer(kernel: Kernel, request: str, *, seconds: float = 300) -> Answer:
    """Ask for code through a magic."""
    started = time.perf_counter()
    answered = kernel.run(request, seconds=seconds)
    taken = time.perf_counter() - started
    code, badge, origin = (
        kernel.evaluate("(_qwen.code, str(_qwen.badge), str(_qwen.origin))") if answered else ("", "", "")
    )
    return Answer(code, badge, origin, taken)
