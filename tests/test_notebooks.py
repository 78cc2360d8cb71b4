"""The notebooks that users start with still run, with the real model, and still say what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.weights.catalogue import resolve
from qwen_magic.weights.download import fetch

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def weights():
    """Notebooks do not wait for a download in silence."""
    return fetch(resolve(DEFAULT_MODEL))


def test_both_notebooks_are_there():
    assert {path.stem for path in NOTEBOOKS} >= {"quickstart", "fix-a-traceback"}


@pytest.mark.model
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_says_what_it_said(notebook, weights):
    # In a process of its own: nbval knows nothing of our warning filters, nor does what it uses.
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-cell-timeout=600", "--override-ini=addopts="]
    command += ["-W", "default", "-p", "no:cacheprovider", "-q", "--color=no", str(notebook)]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=1200, check=False)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
class TestSavedNotebook:
    def test_answers_are_saved_as_text(self, notebook):
        saved = nbformat.read(notebook, as_version=4)
        nbformat.validate(saved)
        assert "widgets" not in saved.metadata
        answers = [output for cell in saved.cells for output in cell.get("outputs", []) if _is_answer(output)]
        assert len(answers) >= 3
        assert all(answer.data["text/markdown"].strip() for answer in answers)

    def test_nothing_of_the_machine_is_saved(self, notebook):
        text = notebook.read_text(encoding="utf-8")
        marks = ("/home/", "/root", "/tmp", "/Users/", "ipykernel_", "widget-view")  # noqa: S108 # looked for, not used
        assert not [mark for mark in marks if mark in text]


def _is_answer(output):
    return "qwen_magic" in output.get("metadata", {})
