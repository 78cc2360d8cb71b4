"""Code into the notebook: as a new cell below the running one, or in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def put(shell: InteractiveShell, code: str, *, replace: bool) -> None:
    """Hand `code` to the frontend when the running cell ends: below it, or instead of its source.

    A terminal puts it at the next prompt. Of several calls in one cell, the last counts.
    """
    shell.set_next_input(code, replace=replace)


def asking_cell(shell: InteractiveShell) -> str:
    """A name for the running cell that stays the same when it is run again, where the frontend gives one."""
    kernel = getattr(shell, "kernel", None)
    parent = kernel.get_parent() if kernel is not None else {}
    cell_id = parent.get("metadata", {}).get("cellId")
    return cell_id or f"In[{shell.execution_count}]"
