"""Code into the notebook: as a new cell below the running one, or in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

# As `classic_prompt` in IPython.core.inputtransformer2.
_PROMPT = re.compile(r"^(>>>|\.\.\.)( |$)")

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def put(shell: InteractiveShell, code: str, *, replace: bool) -> None:
    """Hand `code` to the frontend when the running cell ends: below it, or instead of its source.

    A terminal puts it at the next prompt. Of several calls in one cell, the last counts.
    """
    shell.set_next_input(code, replace=replace)


def as_typed(source: str, body: str) -> str:
    """The body of a cell magic as it stands in its cell: IPython takes `>>> ` away, and doctests with it."""
    typed = source.lstrip("\n").partition("\n")[2]
    lines = [_PROMPT.sub("", line) for line in typed.splitlines()]
    return typed if lines == body.splitlines() else body


def cell_id(shell: InteractiveShell) -> str:
    """The frontend's name for the running cell. JupyterLab and its kin give one; nbclient and terminals do not."""
    kernel = getattr(shell, "kernel", None)
    parent = kernel.get_parent() if kernel is not None else {}
    return str(parent.get("metadata", {}).get("cellId") or "")


def asking_cell(shell: InteractiveShell) -> str:
    """A name for the running cell that stays the same when it is run again, where the frontend gives one."""
    return cell_id(shell) or f"In[{shell.execution_count}]"
