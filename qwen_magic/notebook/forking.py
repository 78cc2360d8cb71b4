"""Candidate cells tried in a forked copy of the kernel: same variables, nothing shared back."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qwen_magic.language import Words
from qwen_magic.notebook import wire
from qwen_magic.trial import CheckResult, Ending, TrialResult

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_START = 5.0  # seconds; it takes some milliseconds
_LAST_BREATH = 0.5

_NO_FORK = Words("a copy of the notebook can only be made on Linux", "只有在 Linux 上才能复制笔记本来试运行")
_NO_ROOM = Words("the system allows no copy of the notebook", "系统不允许复制笔记本")
_HANGS = Words(
    "a copy of the notebook does not start: a thread keeps it from it", "笔记本的副本无法启动：被某个线程阻塞"
)
_ALONE = Words(
    "it waits for another thread of the notebook, which a copy does not have",
    "它在等待笔记本的另一个线程，而副本中没有该线程",
)
_SHARED = Words("would write memory that is shared with a file or a process", "会写入与文件或其他进程共享的内存")
_MEMORY = Words("needed more memory than there is", "所需内存超过可用内存")


class ForkedTrials:
    """Runs cells in forked copies of the process that this shell lives in."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._prepared = False

    def run(self, cell: str, checks: Sequence[str] = (), seconds: float = 5.0) -> TrialResult:
        """Run a cell, then each check (code that raises if it fails), in a copy of the notebook."""
        started = time.monotonic()
        result = self._run(cell, checks, seconds) if sys.platform == "linux" else _not_tried(_NO_FORK)
        return replace(result, seconds=time.monotonic() - started)

    def _run(self, cell: str, checks: Sequence[str], seconds: float) -> TrialResult:
        child = _Child()
        try:
            self._prepare()
            with tempfile.TemporaryDirectory(prefix="qwen-trial-", ignore_cleanup_errors=True) as folder:
                try:
                    child.start(self._shell, cell, checks, seconds, folder)
                    return _Witness(child, checks, seconds).result()
                finally:
                    child.end()
        except OSError:
            # No more processes, memory, descriptors or disk.
            if child.started:
                raise
            return _not_tried(_NO_ROOM)

    def _prepare(self) -> None:
        if not self._prepared:
            # Not at the top: it needs modules that Windows does not have. And not after the fork.
            from qwen_magic.notebook import candidate

            candidate.prepare(self._shell)
            self._prepared = True


class _Child:
    """The forked process, from its start to its certain end."""

    def __init__(self) -> None:
        self.started = False
        self._process: int | None = None
        self._pipe: int | None = None

    def start(self, shell: InteractiveShell, cell: str, checks: Sequence[str], seconds: float, folder: str) -> None:
        from qwen_magic.notebook import candidate

        trial = candidate.trial(cell, checks, seconds, folder)
        self._pipe, other_end = os.pipe()
        # No handler may run in the copy before it has set its own, nor here before the process is known.
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            process = _fork()
            if process == 0:
                candidate.perform(shell, trial, other_end, self._pipe)
            self._process, self.started = process, True
            self.inbox = wire.Inbox(self._pipe)
        finally:
            os.close(other_end)
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)

    def stuck(self) -> bool:
        """Whether it waits for a lock, and has no other thread that could ever release it."""
        with suppress(OSError):
            home = Path(f"/proc/{self._process}")
            return len(list((home / "task").iterdir())) == 1 and (home / "wchan").read_text().startswith("futex")
        return False

    def status(self) -> int | None:
        """How it ended by itself: negative for a signal; None if it has not, or nobody knows."""
        until = time.monotonic() + _LAST_BREATH
        while self._process is not None and time.monotonic() < until:
            try:
                process, status = os.waitpid(self._process, os.WNOHANG)
            except ChildProcessError:
                # Somebody else waits for all children of this process.
                self._process = None
                return None
            if process:
                self._process = None
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.001)
        return None

    def end(self) -> None:
        """Kill it and all that it may have started; leaves no zombie."""
        if self._process is not None:
            # Not waited for yet, so its number cannot belong to anyone else.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process, signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._process, 0)
            self._process = None
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None


def _fork() -> int:
    with warnings.catch_warnings():
        # That threads do not come along is known here, and what it means is told as an outcome.
        warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)
        return os.fork()


class _Witness:
    """Reads what a copy has to tell, and makes out what became of it if it falls silent."""

    def __init__(self, child: _Child, checks: Sequence[str], seconds: float) -> None:
        self._child = child
        self._wanted = checks
        self._seconds = seconds
        self._result: TrialResult | None = None
        self._checks: list[CheckResult] = []

    def result(self) -> TrialResult:
        """What was seen until it ended, was refused something, or ran out of time."""
        try:
            if self._child.inbox.next(time.monotonic() + _START) != wire.BEGAN:
                return _not_tried(_HANGS)
        except (TimeoutError, wire.UnreadableError):
            return _not_tried(_HANGS)
        until = time.monotonic() + self._seconds
        try:
            while not self._complete():
                message = self._child.inbox.next(until)
                if isinstance(message, Words):
                    return self._told(message.en) or _not_tried(message)
                if message is None:
                    ending, reason = _ended(self._child.status())
                    return self._told(reason.en) or TrialResult(ending, reason=reason)
                self._take(message)
        except TimeoutError:
            late = _late(self._seconds)
            stuck = self._child.stuck()
            return self._told(late.en) or (_not_tried(_ALONE) if stuck else TrialResult(Ending.TIMEOUT, reason=late))
        except wire.UnreadableError:
            spoilt = Words("spoilt the pipe that tells of it", "破坏了用于报告结果的管道")
            return self._told(spoilt.en) or TrialResult(Ending.EXITED, reason=spoilt)
        return self._told("") or _not_tried(_HANGS)

    def _complete(self) -> bool:
        return self._result is not None and (not self._result.ran or len(self._checks) == len(self._wanted))

    def _take(self, message: Any) -> None:
        if self._result is None and type(message) is TrialResult and type(message.ending) is Ending:
            self._result = message
        elif self._result is not None and type(message) is CheckResult and type(message.error) is str:
            self._checks.append(CheckResult(self._wanted[len(self._checks)], message.error))
        else:
            raise wire.UnreadableError(type(message).__name__)

    def _told(self, problem: str) -> TrialResult | None:
        """The cell's own result, if it came; the checks that did not come have this problem."""
        if self._result is None:
            return None
        missing = self._wanted[len(self._checks) :] if self._result.ran else ()
        return replace(self._result, checks=(*self._checks, *(CheckResult(check, problem) for check in missing)))


def _not_tried(reason: Words) -> TrialResult:
    return TrialResult(Ending.NOT_TRIED, reason=reason)


def _late(seconds: float) -> Words:
    return Words(f"did not end within {seconds:g} s", f"在 {seconds:g} 秒内没有结束")


def _ended(status: int | None) -> tuple[Ending, Words]:
    """What it means that the process ended before it told a result."""
    if status == -signal.SIGKILL:
        return Ending.MEMORY, _MEMORY
    if status == -signal.SIGXCPU:
        return Ending.TIMEOUT, Words("used too much processor time", "占用处理器时间过长")
    if status in (-signal.SIGSEGV, -signal.SIGBUS):
        from qwen_magic.notebook.descriptors import shared_memory

        if shared_memory():
            return Ending.NOT_TRIED, _SHARED
    if status is not None and status < 0:
        name = signal.Signals(-status).name
        return Ending.EXITED, Words(f"ended the kernel by {name}", f"因 {name} 信号使内核终止")
    code = "" if status is None else f" ({status})"
    return Ending.EXITED, Words(f"ended the kernel{code}", f"使内核退出{code}")
