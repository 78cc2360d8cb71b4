from __future__ import annotations

import pytest

from qwen_magic.notebook.failures import FailureLog


@pytest.fixture
def diagnosed(shell):
    """The diagnosis of a cell that fails after others ran."""
    shell.showtraceback = lambda *args, **kwargs: None
    shell.showsyntaxerror = lambda *args, **kwargs: None
    log = FailureLog(shell)
    shell.events.register("pre_run_cell", log.begin)
    shell.events.register("post_run_cell", log.record)

    def diagnose(cell, *setup):
        for source in setup:
            assert shell.run_cell(source, store_history=True).success, source
        assert not shell.run_cell(cell, store_history=True).success, "the cell was meant to fail"
        return log[-1].diagnosis

    return diagnose


@pytest.fixture
def evidence(shell, monkeypatch):
    """The live evidence of a cell that fails after others ran."""
    seen = []
    monkeypatch.setattr("qwen_magic.notebook.failures.diagnose", lambda found: seen.append(found))
    shell.showtraceback = lambda *args, **kwargs: None
    log = FailureLog(shell)
    shell.events.register("post_run_cell", log.record)

    def run(cell, *setup):
        for source in setup:
            assert shell.run_cell(source, store_history=True).success, source
        assert not shell.run_cell(cell, store_history=True).success, "the cell was meant to fail"
        return seen[-1]

    return run
