"""What a copy of the notebook does: it runs a cell and its checks, tells what it saw, and ends."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, cast

from qwen_magic.language import Words
from qwen_magic.notebook import confinement, databases, descriptors, exceptions, names, wire
from qwen_magic.notebook.describe import variable
from qwen_magic.notebook.failures import FailureLog, failure
from qwen_magic.notebook.side_effects import MODEL, NETWORK, SideEffects
from qwen_magic.notebook.stage import Stage
from qwen_magic.notebook.tracebacks import Cell
from qwen_magic.snapshot import Variable
from qwen_magic.trial import CheckResult, Ending, TrialResult

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

VARIABLES = 40
_USED = 20
_MISSING = object()
_OWN_NAME = re.compile(r"\bqwen_magic\b")


@dataclass(frozen=True, slots=True)
class Trial:
    """What to try, and what the copy needs to know of the process that it is a copy of."""

    cell: str
    checks: tuple[str, ...]
    seconds: float
    folder: str
    parent: int
    random_state: tuple[Any, ...]


class Copy:
    """The copy itself. Everything here happens in the forked process, and none of it can be undone."""

    def __init__(self, shell: InteractiveShell, trial: Trial, pipe: int) -> None:
        self._shell = shell
        self._trial = trial
        self._pipe = pipe

    def perform(self) -> None:
        """Run the cell, then the checks, and send what became of each as soon as it is known."""
        self._isolate()
        wire.send(self._pipe, wire.BEGAN)
        if _OWN_NAME.search(self._trial.cell):
            self._refuse(MODEL)
        result = self._result()
        if self._connections.used():
            self._refuse(NETWORK)
        wire.send(self._pipe, result)
        for check in self._trial.checks if result.ran else ():
            wire.send(self._pipe, CheckResult(check, self._error(check)))

    def _isolate(self) -> None:
        # What the collector never looks at is neither copied nor finalised here.
        gc.freeze()
        confinement.leave_parent(self._trial.parent)
        self._connections = descriptors.detach(keep=self._pipe)
        descriptors.protect_shared_memory()
        confinement.reset_signals(self._shell.user_ns)
        asyncio._set_running_loop(None)
        # Python seeds it anew in every fork.
        random.setstate(self._trial.random_state)
        self._stage = Stage(self._shell, self._refuse, self._trial.folder)
        self._before = _Before(self._shell, self._trial.cell)
        databases.guard(tuple(self._shell.user_ns.values()), self._refuse)
        confinement.limit(self._trial.seconds)
        sealed = confinement.seal(self._trial.folder)
        self._hook = SideEffects(self._trial.folder, self._refuse, sealed=sealed)
        sys.addaudithook(self._hook)

    def _refuse(self, reason: Words) -> NoReturn:
        """End here: an exception could be caught by the code that is tried."""
        try:
            wire.send(self._pipe, reason)
        finally:
            os._exit(0)

    def _result(self) -> TrialResult:
        log: Any = FailureLog(self._shell)
        log.begin(None)
        ran = self._run(self._trial.cell)
        error = self._seen(ran)
        log.record(ran)
        failed = log.latest()
        ending, reason = _ending(error, failed=failed is not None)
        changed = tuple(self._before.changes(self._shell))
        return TrialResult(ending, self._stage.output.text(), failed, changed, reason)

    def _error(self, check: str) -> str:
        self._stage.fresh_output()
        ran = self._run(check)
        error = self._seen(ran)
        if isinstance(error, SyntaxError):
            # What it says of itself ends in the name of a file that is not there.
            kind = type(error) if type(error) in (IndentationError, TabError) else SyntaxError
            return f"{kind.__name__}: {error.msg}"
        return " ".join(exceptions.headline(error).split()) if error else ""

    def _seen(self, ran: ExecutionResult) -> BaseException | None:
        """The error of what has run, if it is its own and not the copy's."""
        _calm_down()
        error: BaseException | None = ran.error_in_exec
        error = ran.error_before_exec if error is None else error
        if error is not None and (reason := self._hook.blocked(error)):
            self._refuse(reason)
        return error

    def _run(self, code: str) -> ExecutionResult:
        """As `run_cell` does, without its events."""
        shell: Any = self._shell
        problem = None
        try:
            transformed = shell.transform_cell(code)
        except Exception:  # noqa: BLE001  # an input transformer can be anybody's
            transformed, problem = code, sys.exc_info()
        given: dict[str, Any] = {"transformed_cell": transformed, "preprocessing_exc_tuple": problem}
        running = shell.run_cell_async(code, store_history=True, **given)
        # In a kernel every cell runs in a loop, where `asyncio.run` is an error.
        if hasattr(shell, "kernel") or shell.should_run_async(code, **given):
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            result: ExecutionResult = loop.run_until_complete(running)
            return result
        try:
            running.send(None)
        except StopIteration as finished:
            return cast("ExecutionResult", finished.value)
        raise RuntimeError("a cell without await has waited")


class _Before:
    """The notebook's variables before the cell: which objects they were, and how those it uses looked."""

    def __init__(self, shell: InteractiveShell, cell: str) -> None:
        self._held = dict(shell.user_ns)
        used = [name for name in names.used_by_cell(shell, cell) if name in self._held and names.is_users(name)]
        self._looked = {name: variable(name, self._held[name]) for name in used[:_USED]}

    def changes(self, shell: InteractiveShell) -> Iterator[Variable]:
        """The variables that are new, are something else, look different, or are gone."""
        now = dict(shell.user_ns)
        left = VARIABLES
        for name, value in now.items():
            rebound = self._held.get(name, _MISSING) is not value
            if left and names.is_users(name) and (rebound or name in self._looked):
                seen = variable(name, value)
                if rebound or seen != self._looked[name]:
                    left -= 1
                    yield seen
        yield from (Variable(name, "deleted", "") for name in self._held if name not in now and names.is_users(name))


def _calm_down() -> None:
    """Take back what the cell may have set going, so that the rest can be told."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    sys.settrace(None)
    sys.setprofile(None)
    sys.setrecursionlimit(max(1000, sys.getrecursionlimit()))
    confinement.give_spare_memory()


def _ending(error: BaseException | None, *, failed: bool) -> tuple[Ending, Words | None]:
    if isinstance(error, SystemExit):
        return Ending.EXITED, Words("called exit", "调用了退出函数")
    if isinstance(error, MemoryError):
        return Ending.MEMORY, Words("needed more memory than a trial may use", "所需内存超过试运行的上限")
    return (Ending.RAISED if error or failed else Ending.RAN), None


def perform(shell: InteractiveShell, trial: Trial, pipe: int, other_end: int) -> NoReturn:
    """Be the copy; nothing of the notebook's own is run afterwards, whatever happens."""
    try:
        os.close(other_end)
        Copy(shell, trial, pipe).perform()
    finally:
        os._exit(0)


def prepare(shell: InteractiveShell) -> None:
    """Import here what describing an error imports on first use, or else every copy does."""
    with suppress(Exception):
        failure(shell, ValueError(), Cell("", 0))


def trial(cell: str, checks: Sequence[str], seconds: float, folder: str) -> Trial:
    """What the copy needs, taken before there is one."""
    return Trial(cell, tuple(checks), seconds, folder, os.getpid(), random.getstate())
