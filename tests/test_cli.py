from __future__ import annotations

import pytest

from qwen_magic.cli import main
from qwen_magic.engines.answers import Answers
from qwen_magic.weights.storage import answers_place


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
