"""The magics in a real terminal IPython, with real weights."""

from __future__ import annotations

import os
import re
import sys

import pexpect
import pytest

from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.weights.catalogue import resolve
from qwen_magic.weights.download import fetch

pytestmark = pytest.mark.model


@pytest.fixture
def terminal(tmp_path):
    fetch(resolve(DEFAULT_MODEL))
    environment = os.environ | {"IPYTHONDIR": str(tmp_path), "TERM": "dumb"}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor", "--no-confirm-exit"],
        env=environment,
        encoding="utf-8",
        timeout=180,
        dimensions=(50, 200),
    )
    child.expect(r"In \[1\]: ")
    yield child
    child.close(force=True)


def run(terminal, line):
    """What a line prints, up to the next prompt."""
    terminal.sendline(line)
    terminal.expect(r"In \[\d+\]: ")
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.before)


def test_answers_are_plain_text_and_errors_have_no_traceback(terminal):
    assert run(terminal, "%load_ext qwen_magic").strip() == "%load_ext qwen_magic"
    printed = run(terminal, "%qwen -t 0 --max-tokens 60 What does len('abc') return?")
    assert "3" in printed
    assert "tokens/s" in printed
    assert "Traceback" not in run(terminal, "%qwen fix")
    run(terminal, "1 / 0")
    assert "zero" in run(terminal, "%qwen explain -t 0 --max-tokens 60").lower()


def test_ctrl_c_stops_the_answer_and_keeps_it(terminal):
    run(terminal, "%load_ext qwen_magic")
    terminal.sendline("%qwen Explain every Python keyword, one after the other.")
    terminal.expect_exact("one after the other.")  # the question itself
    terminal.expect(r"(\w+\W+){5}")
    terminal.sendintr()
    terminal.expect("the answer was stopped")
    terminal.expect(r"In \[\d+\]: ")
    assert "interrupted" in run(terminal, "print(_qwen.usage.finish)")
    assert "1 turn" in run(terminal, "%qwen status")
    # The engine that was stopped answers the next question.
    assert "tokens/s" in run(terminal, "%qwen -t 0 --max-tokens 5 hello")
