from __future__ import annotations

import pytest

from qwen_magic.cli import main
from qwen_magic.engines import quantisation
from qwen_magic.engines.answers import Answers
from qwen_magic.weights.storage import answers_place, optimised_place


@pytest.fixture
def answers(tmp_path, monkeypatch):
    monkeypatch.setenv("QWEN_MAGIC_CACHE", str(tmp_path / "cache"))
    return Answers(answers_place())


@pytest.mark.parametrize("words", [["cache"], ["cache", "status"]])
def test_the_cache_can_be_looked_at(answers, capsys, words):
    answers.put("a", 1)
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "1 result," in printed
    assert str(answers.path) in printed


def test_the_cache_can_be_emptied(answers, capsys):
    answers.put("a", 1)
    assert main(["cache", "clear"]) == 0
    assert "0 results" in capsys.readouterr().out
    assert answers.get("a") is None


def test_what_cannot_be_emptied_is_an_error(answers, capsys):
    answers.path.mkdir(parents=True)
    assert main(["cache", "clear"]) == 1
    assert "could not be emptied" in capsys.readouterr().err


def test_a_shell_switches_nothing_on(answers, capsys):
    assert main(["cache", "on"]) == 2
    assert "There are status, clear." in capsys.readouterr().err


@pytest.mark.model
def test_a_file_that_no_copy_would_be_faster_of_stays_as_it_is(capsys):
    assert main(["optimise", "smollm2-135m"]) == 0
    assert "no copy faster" in capsys.readouterr().out


def test_a_copy_is_made_where_the_next_kernel_looks_for_it(answers, tmp_path, capsys, monkeypatch):
    model = tmp_path / "a.gguf"
    model.write_bytes(b"GGUF")
    monkeypatch.setattr(quantisation, "gains", lambda path: True)
    monkeypatch.setattr(quantisation, "_requantise", lambda source, target: target.write_bytes(b"copy"))
    assert main(["optimise", str(model)]) == 0
    copy = optimised_place(model)
    assert capsys.readouterr().out == f"{copy}\n"
    assert copy.read_bytes() == b"copy"


def test_a_copy_that_cannot_be_written_is_an_error(answers, tmp_path, capsys, monkeypatch):
    def fail(source, target):
        raise OSError(28, "No space left on device")

    model = tmp_path / "a.gguf"
    model.write_bytes(b"GGUF")
    monkeypatch.setattr(quantisation, "gains", lambda path: True)
    monkeypatch.setattr(quantisation, "_requantise", fail)
    assert main(["optimise", str(model)]) == 1
    assert "The copy could not be written: No space left on device." in capsys.readouterr().err
