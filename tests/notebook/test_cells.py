from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from qwen_magic.frontend import Frontend
from qwen_magic.notebook.cells import asking_cell, cell_id, frontend


@pytest.fixture
def shell():
    """A shell whose kernel answers a request with this metadata and content; without either, one in a terminal."""

    def make(metadata=None, content=None, **user_ns):
        shell = SimpleNamespace(user_ns=user_ns, execution_count=4)
        if metadata is not None:
            shell.kernel = SimpleNamespace(get_parent=lambda: {"metadata": metadata, "content": content or {}})
        return shell

    return make


def test_a_notebook_names_its_cells(shell):
    assert frontend(shell({"cellId": "a7"}, {"allow_stdin": True})) is Frontend.PAGE
    assert cell_id(shell({"cellId": "a7"})) == "a7"
    assert asking_cell(shell({"cellId": "a7"})) == "a7"


def test_where_somebody_can_type_there_is_a_console(shell):
    assert frontend(shell()) is Frontend.CONSOLE
    assert frontend(shell({}, {"allow_stdin": True})) is Frontend.CONSOLE
    assert asking_cell(shell()) == "In[4]"


def test_where_nobody_can_type_nobody_looks(shell):
    assert frontend(shell({}, {"allow_stdin": False})) is Frontend.NOBODY


def test_notebooks_that_show_widgets_but_do_not_name_cells(shell, monkeypatch):
    assert frontend(shell({}, {"allow_stdin": True}, __vsc_ipynb_file__="a.ipynb")) is Frontend.WIDGETS
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert frontend(shell({}, {"allow_stdin": True})) is Frontend.WIDGETS
