from __future__ import annotations

import subprocess
import sys

import pytest

from qwen_magic import renderers
from qwen_magic.frontend import Frontend
from qwen_magic.renderers import choose
from qwen_magic.renderers.panel import PanelRenderer
from qwen_magic.renderers.text import TextRenderer

NOTEBOOK, TERMINAL = Frontend.PAGE, Frontend.CONSOLE


def test_a_notebook_gets_a_panel_and_a_terminal_text() -> None:
    assert isinstance(choose(NOTEBOOK), PanelRenderer)
    assert isinstance(choose(TERMINAL), TextRenderer)


def test_the_user_has_the_last_word() -> None:
    assert isinstance(choose(NOTEBOOK, "text"), TextRenderer)
    assert isinstance(choose(TERMINAL, "panel"), PanelRenderer)


def test_a_kernel_without_ipywidgets_gets_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderers, "find_spec", lambda name: None)

    assert isinstance(choose(NOTEBOOK), TextRenderer)


def test_a_terminal_never_imports_ipywidgets() -> None:
    script = "import sys, qwen_magic.renderers as r; r.choose(r.Frontend.CONSOLE)"
    script += "; sys.exit('ipywidgets' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
