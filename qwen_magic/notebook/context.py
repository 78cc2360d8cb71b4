"""What the notebook knows about a cell, taken from the shell it is handed."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import TYPE_CHECKING

from qwen_magic.errors import NothingToWorkOn
from qwen_magic.notebook import names, tables
from qwen_magic.notebook.describe import variable
from qwen_magic.notebook.literals import literal
from qwen_magic.snapshot import Failure, NotebookContext, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from IPython.core.interactiveshell import InteractiveShell

    from qwen_magic.notebook.failures import FailureLog

VARIABLES = 20


def capture(shell: InteractiveShell, cell: str, failure: Failure | None = None) -> NotebookContext:
    """The cell, its failure, and the notebook's variables, functions and classes that it uses."""
    wanted = [*names.used_by_cell(shell, cell)]
    if failure is not None and failure.frame is not None and failure.frame.location.startswith("In["):
        # What failed may be a function of an earlier cell, which this one reaches through others.
        frame = failure.frame
        local = {known.name for known in frame.variables}
        inside = (frame.function.partition(".")[0], *names.used(dedent("\n".join(frame.source))))
        wanted += [name for name in inside if name not in local]
    return NotebookContext(cell, failure, _variables(shell, wanted))


def capture_mentioned(shell: InteractiveShell, words: str) -> NotebookContext:
    """The notebook's variables, functions and classes that a question speaks of, data with its beginning as code.

    Where it names none, it may still speak of the columns of a table or the keys of a dictionary.
    """
    found = names.mentioned(words, names.of_user(shell)) or _with_parts(shell, words)
    variables = _variables(shell, found)
    return NotebookContext(
        "", variables=tuple(replace(each, literal=literal(shell.user_ns[each.name])) for each in variables)
    )


def _with_parts(shell: InteractiveShell, words: str) -> tuple[str, ...]:
    """The variable that has most of the columns or keys that a question speaks of, the latest of several."""
    found: dict[str, int] = {}
    for name in names.of_user(shell):
        if parts := [part for part in tables.labels(shell.user_ns[name]) if names.is_users(part)]:
            found[name] = len(names.mentioned(words, parts))
    best = max(found.values(), default=0)
    latest = [name for name in shell.user_ns if found.get(name) == best > 0]
    return tuple(latest[-1:])


def find_failure(log: FailureLog, cell: str) -> Failure | None:
    """The latest failure of just this cell, white space at its ends aside."""
    return next((log[count] for count in reversed(tuple(log)) if log[count].cell.strip() == cell.strip()), None)


def history_cell(shell: InteractiveShell, number: int) -> str:
    """The source of In[number], as it was typed."""
    history = shell.history_manager
    typed = history.input_hist_raw if history else shell.user_ns.get("In", [])
    if 0 < number < len(typed) and typed[number].strip():
        return str(typed[number])
    last = len(typed) - 1
    hint = f"This session has In[1] to In[{last}]." if last > 0 else "No cell has run in this session yet."
    raise NothingToWorkOn(f"There is no In[{number}].", hint)


def _variables(shell: InteractiveShell, wanted: Iterable[str]) -> tuple[Variable, ...]:
    known = [name for name in dict.fromkeys(wanted) if names.is_users(name) and name in shell.user_ns]
    return tuple(variable(name, shell.user_ns[name]) for name in known[:VARIABLES])
