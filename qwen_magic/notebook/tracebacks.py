"""From live frames to plain data: the user's own last frame, its lines and its variables."""

from __future__ import annotations

import builtins
import linecache
import os
import traceback
from collections import ChainMap
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import TYPE_CHECKING, Any

from qwen_magic.diagnosis.evidence import Evidence, Step
from qwen_magic.notebook import classes, names
from qwen_magic.notebook.describe import variable
from qwen_magic.notebook.nodes import running
from qwen_magic.notebook.origins import plumbing, users_file
from qwen_magic.snapshot import Frame, Variable

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_HEAD, _TAIL = 20, 40
_VARIABLES = 20
_SHORT_FUNCTION = 12
_AROUND = 2
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that failed, as it was typed. `skipped` lines of it came before the part that ran."""

    source: str
    execution_count: int
    skipped: int = 0

    @property
    def location(self) -> str:
        return f"In[{self.execution_count}]"

    @property
    def magic(self) -> int:
        """The number of the line with the `%%magic` that runs the rest; 0 if the cell is plain code."""
        numbered = enumerate(self.source.splitlines(), 1)
        number, line = next(((n, text) for n, text in numbered if text.strip()), (0, ""))
        return number if line.lstrip().startswith("%%") else 0

    def line(self, number: int, ran: list[str], skipped: int) -> int:
        """The line of the cell that ran as line `number`: IPython drops blank lines and joins others."""
        lines = self.source.splitlines()
        blank = next((n for n, text in enumerate(lines[skipped:]) if text.strip()), 0)
        for shift in (skipped + blank, len(lines) - len(ran)):
            known = 0 < number <= len(ran) and 0 < number + shift <= len(lines)
            if known and lines[number + shift - 1].strip() == ran[number - 1].strip():
                return number + shift
        return max(1, min(number + skipped + blank, len(lines)))


@dataclass(frozen=True, slots=True)
class _Step:
    trace: TracebackType

    @property
    def frame(self) -> FrameType:
        return self.trace.tb_frame

    @property
    def line(self) -> int:
        return self.trace.tb_lineno

    @property
    def code(self) -> CodeType:
        return self.frame.f_code

    @property
    def filename(self) -> str:
        return self.frame.f_code.co_filename

    @property
    def function(self) -> str:
        name = self.code.co_qualname.replace(".<locals>", "")
        # IPython 8 calls the code of a cell "<cell line: 3>"; %%timeit makes a function of it.
        if name.startswith("<cell line") or self.filename == "<magic-timeit>":
            return "<module>"
        # From Python 3.12 on these have no frame of their own.
        return name if self.code.co_name not in _COMPREHENSIONS else name.rpartition(".")[0] or "<module>"


class TracebackReader:
    """Reads one traceback of one cell. Keep what it returns, not the reader: it holds the frames."""

    def __init__(self, shell: InteractiveShell, cell: Cell, error: BaseException) -> None:
        self._shell = shell
        self._cell = cell
        self._steps = list(_steps(error.__traceback__))
        self._own: dict[str, bool] = {}
        known = next((step for step in self._steps if self._cell_name(step.filename)), None)
        # Below a magic that swallows errors, the first may be a function of an earlier cell.
        self._ran = known.filename if known and known.function == "<module>" else ""
        self._body = next((step.filename for step in self._steps if self._is_body(step)), "") if cell.magic else ""

    def line(self) -> int | None:
        """The line of the cell that was running."""
        own = [step for step in self._steps if step.filename in (self._ran, self._body)]
        return self.cell_line(own[-1].filename, own[-1].line) if own else None

    def in_body(self) -> bool:
        """Whether anything below the cell's own `%%magic` line is in the traceback."""
        return any(step.filename != self._ran and self._users(step) for step in self._steps)

    def frame(self) -> Frame | None:
        """The last frame that is the user's own."""
        own = [n for n, step in enumerate(self._steps) if self._users(step)]
        if not own:
            return None
        step = self._steps[own[-1]]
        lines, line = _lines(step.filename), step.line
        if step.filename in (self._ran, self._body):
            lines, line = self._cell.source.splitlines(), self.cell_line(step.filename, step.line)
        source, first = _around(lines, line, _extent(step, line - step.line))
        return Frame(step.function, self._location(step.filename), line, source, first, self._variables(own[-1]))

    def evidence(self, error: BaseException) -> Evidence:
        """The live frames for the rules of a diagnosis."""
        steps = tuple(self._evident(step) for step in self._steps if self._users(step))
        return Evidence(error, self._cell.source, self.line(), steps, self._shell.user_ns)

    def _evident(self, step: _Step) -> Step:
        in_cell = step.filename in (self._ran, self._body)
        shift = self.cell_line(step.filename, step.line) - step.line if in_cell else 0
        lines = self._cell.source.splitlines()[shift:] if in_cell else []
        node, tree = running(step.trace, lines)
        names = ChainMap(step.frame.f_locals, step.frame.f_globals, vars(builtins))
        return Step(step.function, node, tree, names, in_cell, shift)

    def cell_frame(self, number: int, filename: str) -> Frame:
        """The frame that a SyntaxError of the cell would have had."""
        # A magic that compiles the lines below it counts them from 1.
        line = self._cell.line(number, _lines(filename), self._cell.skipped or self._cell.magic)
        source, first = _around(self._cell.source.splitlines(), line)
        return Frame("<module>", self._cell.location, line, source, first)

    def stack(self) -> str:
        """The frames as text, from the first that is the user's own."""
        first = next((n for n, step in enumerate(self._steps) if self._users(step)), None)
        if first is None:
            return ""
        steps = [step for step in self._steps[first:] if not plumbing(step.filename)]
        shown = self._formatted(steps[:_HEAD])
        if len(steps) > _HEAD + _TAIL:
            shown.append(f"  … {len(steps) - _HEAD - _TAIL:,} more frames …\n")
        shown += self._formatted(steps[max(_HEAD, len(steps) - _TAIL) :])
        return "".join(["Traceback (most recent call last):\n", *shown])

    def cell_line(self, filename: str, number: int) -> int:
        """The line of the cell, as typed, for a line of what ran of it."""
        skipped = self._cell.magic if filename == self._body != self._ran else self._cell.skipped
        return self._cell.line(number, _lines(filename), skipped)

    def _formatted(self, steps: list[_Step]) -> list[str]:
        summaries = []
        for step in steps:
            own = step.filename in (self._ran, self._body)
            line = self.cell_line(step.filename, step.line) if own else step.line
            text = self._text(line) if own else linecache.getline(step.filename, line).strip()
            where = self._location(step.filename) if self._users(step) else step.filename
            summaries.append(traceback.FrameSummary(where, line, step.function, lookup_line=False, line=text))
        return traceback.StackSummary.from_list(summaries).format()

    def _text(self, line: int) -> str:
        lines = self._cell.source.splitlines()
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def _cell_name(self, filename: str) -> str:
        known = self._shell.compile.format_code_name(filename)
        return str(known[1]) if known else ""

    def _is_body(self, step: _Step) -> bool:
        if step.filename == self._ran or step.frame.f_globals is not self._shell.user_ns:
            return False
        if not self._cell_name(step.filename):
            return step.filename.startswith("<")
        # %%capture runs the rest as a cell of its own.
        return self._cell.source.rstrip().endswith("".join(linecache.getlines(step.filename)).strip())

    def _users(self, step: _Step) -> bool:
        filename = step.filename
        if filename not in self._own:
            known = filename in (self._ran, self._body) or bool(self._cell_name(filename))
            self._own[filename] = known or users_file(filename)
        return self._own[filename]

    def _location(self, filename: str) -> str:
        if filename in (self._ran, self._body):
            return self._cell.location
        return self._cell_name(filename) or _shown(filename)

    def _variables(self, index: int) -> tuple[Variable, ...]:
        step = self._steps[index]
        held: dict[str, Any] = {}
        # A comprehension sees the variables of the function around it, but its frame does not hold them.
        if step.code.co_name in _COMPREHENSIONS and index and self._steps[index - 1].filename == step.filename:
            held.update(self._visible(self._steps[index - 1]))
        held.update(self._visible(step))
        wanted = {
            name: value
            for name, value in held.items()
            if names.is_users(name) and not classes.derives(type(value), ModuleType)
        }
        return tuple(variable(name, value) for name, value in list(wanted.items())[:_VARIABLES])

    def _visible(self, step: _Step) -> dict[str, Any]:
        held = step.frame.f_locals
        if held is not step.frame.f_globals:
            # %%timeit has its own variables beside the user's.
            return {name: held[name] for name in held if step.filename != self._body or not name.startswith("_")}
        own = step.filename in (self._ran, self._body)
        read = (
            names.used_by_cell(self._shell, self._cell.source) if own else names.used("\n".join(_lines(step.filename)))
        )
        return {name: held[name] for name in read if name in held}


def _steps(trace: TracebackType | None) -> Iterator[_Step]:
    while trace is not None:
        yield _Step(trace)
        trace = trace.tb_next


def _lines(filename: str) -> list[str]:
    return [line.rstrip("\n") for line in linecache.getlines(filename)]


def ran_as_cell(shell: InteractiveShell, error: BaseException) -> bool:
    """Whether the error passed through the top of a cell."""
    steps = _steps(error.__traceback__)
    return any(step.function == "<module>" and shell.compile.format_code_name(step.filename) for step in steps)


def file_frame(filename: str, number: int) -> Frame:
    """The frame that a SyntaxError in an imported file would have had."""
    source, first = _around(_lines(filename), number)
    return Frame("<module>", _shown(filename), number, source, first)


def _shown(filename: str) -> str:
    return filename.removeprefix(os.getcwd() + os.sep)  # noqa: PTH109  # compared with text


def _around(lines: list[str], line: int, extent: tuple[int, int] | None = None) -> tuple[tuple[str, ...], int]:
    """The lines around a line, or all of a short function, and the number of the first of them."""
    first, last = line - _AROUND, line + _AROUND
    if extent is not None:
        start, end = extent
        short = end - start < _SHORT_FUNCTION
        first, last = (start, end) if short else (max(first, start), min(last, end))
    first = max(first, 1)
    return tuple(lines[first - 1 : last]), first


def _extent(step: _Step, shift: int) -> tuple[int, int] | None:
    """First and last line of a function, the functions in it included."""
    if step.function == "<module>" or not step.code.co_name.isidentifier():
        return None
    return step.code.co_firstlineno + shift, _last_line(step.code) + shift


def _last_line(code: CodeType) -> int:
    inner = [_last_line(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return max([code.co_firstlineno, *inner, *(line for _, _, line in code.co_lines() if line)])
