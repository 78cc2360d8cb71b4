"""The shell in a copy of the notebook: what it shows is captured, and nothing leads back to the notebook."""

from __future__ import annotations

import builtins
import getpass
import io
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.events import EventManager, available_events

from qwen_magic.language import Words
from qwen_magic.notebook.describe import clip
from qwen_magic.notebook.exceptions import shorten
from qwen_magic.notebook.side_effects import INPUT, MODEL, PROCESS

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

OUTPUT = 4000
_GUIS = ("qt", "gtk", "tk", "wx", "macosx", "webagg", "nbagg", "ipympl", "widget")

Refuse = Callable[[Words], NoReturn]


class Output(io.TextIOBase):
    """A text stream that keeps its beginning and its end."""

    def __init__(self) -> None:
        self._head = self._tail = ""
        self._between = 0

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        room = OUTPUT - len(self._head)
        self._head += text[:room]
        self._tail += text[room:]
        if len(self._tail) > 4 * OUTPUT:
            self._between += len(self._tail) - OUTPUT
            self._tail = self._tail[-OUTPUT:]
        return len(text)

    def text(self) -> str:
        """What was written, shortened."""
        if not self._between:
            return shorten(self._head + self._tail, OUTPUT)
        dropped = f"\n… {self._between + len(self._head) // 2:,} more characters …\n"
        return self._head[: OUTPUT // 2] + dropped + self._tail[-OUTPUT // 2 :]


class _Keyboard(io.TextIOBase):
    """Standard input that nobody sits at."""

    def __init__(self, refuse: Refuse) -> None:
        self._refuse = refuse

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        self._refuse(INPUT)

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        self._refuse(INPUT)


class _Publisher(DisplayPublisher):
    """Prints what `display` shows."""

    def publish(self, data: Any, *_: Any, **__: Any) -> None:
        sys.stdout.write(data.get("text/plain", "") + "\n")

    def clear_output(self, wait: bool = False) -> None:
        pass


class _Echo(DisplayHook):
    """Prints the value of the last expression; `_` and `Out` are as in the notebook."""

    def quiet(self) -> bool:
        shell: Any = self.shell
        typed = shell.history_manager.input_hist_parsed if shell.history_manager else [""]
        return bool(DisplayHook.semicolon_at_end_of_expression(typed[-1]))  # type: ignore[no-untyped-call]

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        sys.stdout.write(format_dict.get("text/plain", "") + "\n")

    def log_output(self, format_dict: Any) -> None:
        pass

    def finish_displayhook(self) -> None:
        self._is_active = False


def _echo(shell: Any) -> _Echo:
    names = ("_", "__", "___")
    kept = {name: shell.user_ns[name] for name in names if name in shell.user_ns}
    echo = _Echo(shell=shell)  # type: ignore[no-untyped-call]
    # A new one takes the notebook for new.
    for name in names:
        setattr(echo, name, getattr(shell.displayhook, name))
    shell.user_ns.update(kept)
    return echo


class Stage:
    """Rearranges the interpreter and the shell of this process, for good."""

    def __init__(self, shell: InteractiveShell, refuse: Refuse, folder: str) -> None:
        self._refuse = refuse
        self.output = Output()
        self._streams()
        self._interpreter(folder)
        self._shell(shell)
        self._matplotlib()

    def fresh_output(self) -> None:
        """Let what comes now be captured apart from what came before."""
        self.output = Output()
        self._streams()

    def _streams(self) -> None:
        # Loggers and progress bars hold the old streams, and those of a kernel send what they are given.
        for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            with suppress(AttributeError, TypeError):
                stream.write = self.output.write  # type: ignore[union-attr,method-assign]
                stream.flush = _nothing  # type: ignore[union-attr,method-assign]
        sys.stdout = sys.stderr = self.output
        sys.stdin = _Keyboard(self._refuse)

    def _interpreter(self, folder: str) -> None:
        sys.settrace(None)
        threading.settrace(None)
        sys.dont_write_bytecode = True
        tempfile.tempdir = folder
        os.environ["TMPDIR"] = os.environ["SQLITE_TMPDIR"] = folder
        builtins.input = self._ask
        getpass.getpass = self._ask
        # multiprocessing starts its helpers with this one, which no audit event tells of.
        with suppress(ImportError):
            import _posixsubprocess

            _posixsubprocess.fork_exec = lambda *_: self._refuse(PROCESS)

    def _shell(self, shell: Any) -> None:
        shell.events = EventManager(shell, available_events)
        shell.display_pub = _Publisher()  # type: ignore[no-untyped-call]
        shell.displayhook = shell.display_trap.hook = _echo(shell)
        # The trap is set already if the notebook is in the middle of a cell.
        sys.displayhook = shell.displayhook
        shell.display_formatter.active_types = ["text/plain"]
        # An error is kept by whoever runs the cell; formatting it in colour would cost more than the trial.
        shell.showtraceback = shell.showsyntaxerror = shell.showindentationerror = _remember
        shell._format_exception_for_storage = lambda *_, **__: {}
        shell.custom_exceptions = ()
        shell.ask_exit = sys.exit
        shell.system = shell.system_raw = shell.system_piped = shell.getoutput = self._command
        if history := shell.history_manager:
            # Its own would ask the thread that saves, which did not come along and may hold the lock.
            history.store_inputs, history.store_output = partial(_remember_input, history), _nothing
        if (kernel := getattr(shell, "kernel", None)) is not None:
            kernel.session.send = _nothing
        for table in shell.magics_manager.magics.values():
            if "qwen" in table:
                table["qwen"] = lambda *_: self._refuse(MODEL)

    def _ask(self, *_: Any, **__: Any) -> NoReturn:
        self._refuse(INPUT)

    def _command(self, command: str, *_: Any, **__: Any) -> NoReturn:
        shown = clip(str(command), 80)
        self._refuse(Words(f"would run a command: {shown}", f"会运行命令：{shown}"))

    def _matplotlib(self) -> None:
        os.environ.setdefault("MPLBACKEND", "agg")
        if (matplotlib := sys.modules.get("matplotlib")) is None:
            return
        # Asking rcParams itself would choose a backend, and may load a GUI for it.
        chosen = dict.get(matplotlib.rcParams, "backend")
        if not isinstance(chosen, str) or chosen.lower().removeprefix("module://").startswith(_GUIS):
            dict.__setitem__(matplotlib.rcParams, "backend", "agg")
            if pyplot := sys.modules.get("matplotlib.pyplot"):
                pyplot.switch_backend("agg")


def _nothing(*_: Any, **__: Any) -> None:
    pass


def _remember(raised: Any = None, *_: Any, **__: Any) -> None:
    """As IPython does on showing an error: how one is noticed that a magic shows and then swallows."""
    sys.last_value = raised[1] if isinstance(raised, tuple) else sys.exc_info()[1]


def _remember_input(history: Any, number: int, source: str, typed: str | None = None) -> None:
    history.input_hist_parsed.append(source.rstrip("\n"))
    history.input_hist_raw.append((source if typed is None else typed).rstrip("\n"))
