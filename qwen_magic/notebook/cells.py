"""The running cell: who shows it, what it is called, and code below it or in its place."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qwen_magic.frontend import Frontend

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


def frontend(shell: InteractiveShell) -> Frontend:
    """Who looks at what the running cell shows."""
    if getattr(shell, "kernel", None) is None:
        return Frontend.CONSOLE
    # The one puts its name into the notebook's own, the other is a package.
    if "__vsc_ipynb_file__" in shell.user_ns or "google.colab" in sys.modules:
        return Frontend.WIDGETS
    if cell_id(shell):
        return Frontend.PAGE
    # Only where nobody is there to type is a kernel told not to ask.
    return Frontend.CONSOLE if _request(shell).get("content", {}).get("allow_stdin") else Frontend.NOBODY


def asks_us(source: str) -> bool:
    """Whether a cell is a request to the assistant."""
    return source.lstrip().startswith(("%qwen", "%%qwen"))


def cell_id(shell: InteractiveShell) -> str:
    """The frontend's name for the running cell. JupyterLab and its kin give one; nbclient and terminals do not."""
    return str(_request(shell).get("metadata", {}).get("cellId") or "")


def kernel_id(shell: InteractiveShell) -> str:
    """The id by which a Jupyter server knows this kernel; empty if another program started it."""
    application = getattr(getattr(shell, "kernel", None), "parent", None)
    started = re.fullmatch(r"kernel-([0-9a-f-]{36})", Path(getattr(application, "connection_file", "")).stem)
    return started[1] if started else ""


def asking_cell(shell: InteractiveShell) -> str:
    """A name for the running cell that stays the same when it is run again, where the frontend gives one."""
    return cell_id(shell) or f"In[{shell.execution_count}]"


def _request(shell: InteractiveShell) -> dict[str, Any]:
    """The message that the kernel is answering."""
    kernel = getattr(shell, "kernel", None)
    return dict(kernel.get_parent()) if kernel is not None else {}
