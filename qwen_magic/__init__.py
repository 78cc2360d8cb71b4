"""A coding assistant for Jupyter that runs on your own two CPU cores: `%load_ext qwen_magic`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"
__all__ = ["__version__", "load_ipython_extension", "unload_ipython_extension"]

_loaded: dict[int, Any] = {}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What %load_ext calls."""
    from qwen_magic import magics

    _loaded[id(shell)] = magics.load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What %unload_ext calls."""
    from qwen_magic import magics

    if loaded := _loaded.pop(id(shell), None):
        magics.unload(loaded)
