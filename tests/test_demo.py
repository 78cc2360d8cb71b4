"""The demo prints questions and answers, and its exit code tells whether there were answers; model scripted."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

SCRIPT = Path(__file__).parents[1] / "scripts" / "demo.py"


@pytest.fixture
def demo(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("demo", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "demo", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "verified_weights", lambda: True)
    monkeypatch.setattr(module, "NOTEBOOK", tmp_path / "short.ipynb")
    monkeypatch.setattr(sys, "argv", [str(SCRIPT)])
    return module


def write(demo, *cells):
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, demo.NOTEBOOK)


def test_question_answer_and_figures_are_printed(demo, capfd):
    write(demo, "%load_ext qwen_magic", "%qwen model scripted:Forty-two.", "%%qwen\nWhat is the answer?", "6 * 7")
    assert demo.main() == 0
    printed = capfd.readouterr().out
    assert "%%qwen\nWhat is the answer?" in printed
    assert "Forty-two." in printed
    assert ">>> 6 * 7\n42" in printed
    assert "1 of 1 questions answered" in printed


def test_an_empty_answer_fails_the_demo(demo, capfd):
    write(demo, "%load_ext qwen_magic", "%qwen model scripted:", "%%qwen\nWhat is the answer?")
    assert demo.main() == 1
    assert "0 of 1 questions answered" in capfd.readouterr().out


def test_a_notebook_without_questions_fails_the_demo(demo):
    write(demo, "6 * 7")
    assert demo.main() == 1


def test_a_cell_that_fails_fails_the_demo(demo, capfd):
    write(demo, "1 / 0", "print('never')")
    assert demo.main() == 1
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_wrong_weights_end_the_demo_before_it_starts(demo, monkeypatch):
    monkeypatch.setattr(demo, "verified_weights", lambda: False)
    assert demo.main() == 1


@pytest.mark.parametrize(
    ("source", "question"),
    [
        ("%%qwen\nWhy?", "Why?"),
        ("%%qwen --seed 7 In short:\nWhy?", "In short: Why?"),
        ("%qwen fix", "fix"),
        ("%%qwen doc\nx = 1", "doc x = 1"),
        ("%qwen status", ""),
        ("x = 1", ""),
        ("", ""),
    ],
)
def test_only_cells_that_ask_the_model_are_questions(demo, source, question):
    assert demo.asked(source) == question
