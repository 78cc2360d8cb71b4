"""Failed cells, kept after their tracebacks are gone: the mapping `Err`."""

from __future__ import annotations

import bdb
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qwen_magic.diagnosis import diagnose
from qwen_magic.diagnosis.evidence import Evidence
from qwen_magic.errors import NothingToWorkOn, QwenMagicError
from qwen_magic.notebook import exceptions
from qwen_magic.notebook.cells import asks_us
from qwen_magic.notebook.origins import users_file
from qwen_magic.notebook.tracebacks import Cell, TracebackReader, file_frame, ran_as_cell
from qwen_magic.snapshot import Diagnosis, Failure, Frame

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

KEPT = 100
TRACEBACK = 4000
_NOT_FAILURES = (QwenMagicError, KeyboardInterrupt, bdb.BdbQuit)


class NoSuchFailureError(NothingToWorkOn, KeyError):
    """`Err[n]` of a cell that did not fail."""


class FailureLog(Mapping[int, Failure]):
    """The latest failures by execution count; `Err[-1]` is the last one.

    `begin` and `record` are for IPython's events `pre_run_cell` and `post_run_cell`; `noticed` is told of each failure.
    """

    def __init__(self, shell: InteractiveShell, noticed: Callable[[Failure], None] = lambda failure: None) -> None:
        self._shell = shell
        self._noticed = noticed
        self._failures: dict[int, Failure] = {}
        self._shown: int | None = None
        self.running = ""  # the source of the running cell, as typed

    def __getitem__(self, count: int) -> Failure:
        kept = list(self._failures)
        with suppress(KeyError, IndexError, TypeError):
            return self._failures[kept[count] if count < 0 else count]
        known = ", ".join(f"Err[{n}]" for n in kept[-5:])
        hint = f"There are {known}." if known else "No cell has failed yet."
        raise NoSuchFailureError(f"There is no Err[{count}].", hint)

    def __iter__(self) -> Iterator[int]:
        return iter(tuple(self._failures))

    def __len__(self) -> int:
        return len(self._failures)

    def __repr__(self) -> str:
        return "\n".join(f"Err[{n}] {failure.error}" for n, failure in self._failures.items()) or "No cell has failed."

    def latest(self) -> Failure | None:
        """The failure that was recorded last."""
        return self[-1] if self._failures else None

    def begin(self, info: ExecutionInfo | None) -> None:
        """Remember the cell, and which error was shown last, to notice one that a magic shows and then swallows."""
        self._shown = id(getattr(sys, "last_value", None))
        self.running = str(info.raw_cell or "") if info is not None else ""

    def record(self, result: ExecutionResult | None) -> None:
        """Keep the failure of a cell, if it failed."""
        # Nothing that goes wrong here may end up in the user's notebook.
        with suppress(Exception):
            if result is not None and (error := self._error(result)) is not None:
                ran = error is not result.error_before_exec
                failed = failure(self._shell, error, self._cell(result), ran=ran)
                failed = replace(failed, cell_id=getattr(result.info, "cell_id", None) or "")
                self._keep(failed)
                self._noticed(failed)
        if self._shown is not None:
            self._shown = id(getattr(sys, "last_value", None))

    def _error(self, result: ExecutionResult) -> BaseException | None:
        # Both are set if IPython stumbles over showing the second, which is then the user's.
        error: BaseException | None = result.error_in_exec
        error = result.error_before_exec if error is None else error
        last = getattr(sys, "last_value", None)
        # %run, and %%time before IPython 9, show an error and go on.
        if error is None and self._shown not in (None, id(last)):
            error = last
        # If it stumbles twice, it makes a new result, without a number, of how it stumbled.
        while error is not None and result.execution_count is None and not ran_as_cell(self._shell, error):
            if error.__context__ is None:
                break
            error = error.__context__
        asked = asks_us(str(getattr(result.info, "raw_cell", "")))
        return None if asked or isinstance(error, _NOT_FAILURES) else error

    def _cell(self, result: ExecutionResult) -> Cell:
        info: Any = result.info
        source, count = str(info.raw_cell), result.execution_count
        number, typed = _last_typed(self._shell)
        # %%capture runs the rest of its cell as a cell: the user knows only the whole one.
        if not info.store_history and typed.lstrip().startswith("%%") and typed.rstrip().endswith(source.strip()):
            return Cell(typed, number, len(typed.splitlines()) - len(source.splitlines()))
        return Cell(source, count or (number if typed == source else self._shell.execution_count))

    def _keep(self, failed: Failure) -> None:
        self._failures.pop(failed.execution_count, None)
        self._failures[failed.execution_count] = failed
        while len(self._failures) > KEPT:
            del self._failures[next(iter(self._failures))]


def failure(shell: InteractiveShell, error: BaseException, cell: Cell, *, ran: bool = True) -> Failure:
    """What is worth knowing of an error that a cell raised; `ran` is false if it did not even compile."""
    reader = TracebackReader(shell, cell, error)
    frame, line, message = reader.frame(), reader.line(), exceptions.message(error)
    text = reader.stack() + exceptions.headline(error)
    if isinstance(error, SyntaxError):
        filename, number = error.filename or "", error.lineno or 1
        # eval("1 +") raises one that is not about the cell; so does importing a broken file.
        if users_file(filename):
            frame = file_frame(filename, number)
        elif not ran or (cell.magic and not reader.in_body()):
            frame = reader.cell_frame(number, filename)
            line, message = frame.line, _syntax_message(error, frame.line)
            text = _syntax_text(error, message, frame)
    return Failure(
        execution_count=cell.execution_count,
        cell=cell.source,
        ename=exceptions.name(error),
        evalue=message,
        traceback=exceptions.shorten(text.rstrip(), TRACEBACK),
        line=line,
        frame=frame,
        causes=exceptions.causes(error),
        diagnosis=_diagnosis(reader.evidence(error), line),
    )


def _diagnosis(evidence: Evidence, line: int | None) -> Diagnosis | None:
    # A failure is worth keeping without one, too.
    with suppress(Exception):
        return diagnose(replace(evidence, line=line))
    return None


def _syntax_message(error: SyntaxError, line: int) -> str:
    # "expected an indented block after 'if' statement on line 1" counts as IPython does, without blank lines.
    shift = line - (error.lineno or line)
    return re.sub(r"\bon line (\d+)", lambda found: f"on line {int(found[1]) + shift}", str(error.msg))


def _syntax_text(error: SyntaxError, message: str, where: Frame) -> str:
    """What Python says about a SyntaxError, with the cell for a file name and its own line number."""
    place = (where.location, where.line, error.offset, error.text, None, error.end_offset)
    kind = type(error) if type(error) in (IndentationError, TabError) else SyntaxError
    return "".join(traceback.format_exception_only(kind(message, place)))


def _last_typed(shell: Any) -> tuple[int, str]:
    typed = shell.history_manager.input_hist_raw if shell.history_manager else shell.user_ns.get("In", [""])
    return len(typed) - 1, str(typed[-1])
