from __future__ import annotations

import atexit
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def answering(shell, monkeypatch):
    """Loads the extension into the shell, where the given engine answers."""
    monkeypatch.setenv("QWEN_MAGIC_MODEL", "scripted:")
    shell.run_line_magic("load_ext", "qwen_magic")

    def answering(engine):
        shell.find_line_magic("qwen").__self__.session.engine = lambda model: engine

    yield answering
    shell.run_line_magic("unload_ext", "qwen_magic")


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A fresh IPython whose history is thrown away with it."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    fresh = InteractiveShell()
    history = fresh.history_manager
    yield fresh
    fresh.atexit_operations()
    atexit.unregister(fresh.atexit_operations)
    # Before IPython 9.13 its thread and its database outlive the shell.
    if thread := getattr(history, "save_thread", None):
        thread.stop()
    history.db.close()
    fresh.restore_sys_module_state()
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
