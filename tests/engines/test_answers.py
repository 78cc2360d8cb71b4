"""The file that answers are kept in, and everything that can be wrong with it."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from qwen_magic.engines import answers as answers_module
from qwen_magic.engines.answers import Answers
from qwen_magic.errors import QwenMagicError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "answers.sqlite3"


@pytest.fixture
def answers(path):
    return Answers(path)


@pytest.fixture
def folder_of_others(monkeypatch):
    """A folder with a file of answers in it that this process may read and not write to, also when it is root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Answers(folder / "answers.sqlite3").put("a", 1)
        folder.chmod(0o555)
        (folder / "answers.sqlite3").chmod(0o444)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        yield folder
        os.seteuid(user)
        folder.chmod(0o755)


def test_what_was_put_is_got_also_by_others(answers, path):
    assert answers.get("a") is None
    answers.put("a", {"text": "从一数到二十 \ud800", "logprob": -0.1, "none": None})
    assert Answers(path).get("a") == {"text": "从一数到二十 \ud800", "logprob": -0.1, "none": None}
    answers.put("a", [2])
    assert answers.get("a") == [2]
    assert answers.contents().entries == 1
    assert answers.contents().size == path.stat().st_size > 0


def test_looking_something_up_makes_no_file(answers, path):
    assert answers.get("a") is None
    assert answers.contents().entries == 0
    assert not path.parent.exists()


def test_the_oldest_go_when_it_gets_too_big(path):
    answers = Answers(path, most_bytes=100_000)
    for i in range(100):
        answers.put(str(i), "x" * 5000)
    assert answers.get("0") is None
    assert answers.get("99") == "x" * 5000
    assert 5 < answers.contents().entries < 20
    assert answers.contents().size < 150_000


def test_clearing_leaves_nothing_and_gives_the_disk_back(answers, path):
    for i in range(100):
        answers.put(str(i), "x" * 5000)
    full = path.stat().st_size
    answers.clear()
    assert answers.contents().entries == 0
    assert path.stat().st_size < full / 10
    answers.put("a", 1)
    assert answers.get("a") == 1


def test_clearing_nothing_is_no_error(answers):
    answers.clear()
    assert answers.contents().entries == 0


def test_a_file_that_is_no_database_is_not_used_until_it_is_cleared(answers, path):
    path.parent.mkdir()
    path.write_bytes(b"no database" * 1000)
    answers.put("a", 1)
    assert answers.get("a") is None
    assert "not a database" in answers.trouble
    assert path.read_bytes().startswith(b"no database")
    answers.clear()
    answers.put("a", 1)
    assert (answers.get("a"), answers.trouble) == (1, "")


def test_a_database_with_a_broken_page_breaks_no_answer(answers, path):
    for i in range(100):
        answers.put(str(i), "x" * 1000)
    content = bytearray(path.read_bytes())
    content[4096 : len(content)] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert answers.get("50") is None
    assert "malformed" in answers.trouble
    answers.clear()
    answers.put("a", 1)
    assert answers.get("a") == 1


def test_a_value_that_is_no_json_is_not_there(answers, path):
    answers.put("a", 1)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE answers SET value = '{'")
    database.close()
    assert answers.get("a") is None
    assert answers.trouble


def test_a_folder_that_cannot_be_made_is_trouble_and_no_error(tmp_path):
    (tmp_path / "file").touch()
    answers = Answers(tmp_path / "file" / "answers.sqlite3")
    answers.put("a", 1)
    assert answers.get("a") is None
    assert "file" in answers.trouble


def test_a_folder_of_others_is_read_and_not_written_to(folder_of_others):
    answers = Answers(folder_of_others / "answers.sqlite3")
    assert answers.get("a") == 1
    answers.put("b", 2)
    assert "readonly" in answers.trouble
    assert answers.contents().entries == 1
    with pytest.raises(QwenMagicError, match="could not be emptied") as raised:
        answers.clear()
    assert raised.value.hint


def test_a_full_disk_is_trouble_and_no_error(answers, path):
    answers.put("a", 1)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10_000, limits[1]))
    try:
        answers.put("b", "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert answers.trouble
    assert Answers(path).get("a") == 1
    assert Answers(path).get("b") is None


def test_a_locked_database_is_waited_for_once(answers, path, monkeypatch):
    monkeypatch.setattr(answers_module, "_PATIENCE", 0.05)
    answers.put("a", 1)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert answers.get("a") is None
        assert "locked" in answers.trouble
        monkeypatch.setattr(answers_module.sqlite3, "connect", pytest.fail)
        assert answers.get("a") is None
        answers.put("b", 2)
        monkeypatch.undo()
        other.execute("ROLLBACK")
    other.close()
    assert Answers(path).get("a") == 1
    monkeypatch.setattr(answers_module, "_PAUSE", 0.0)
    answers._pause_ends = 0.0
    answers.put("b", 2)
    assert (answers.get("b"), answers.trouble) == (2, "")


def test_two_processes_write_at_once(path):
    writing = """
import sys
from pathlib import Path
from qwen_magic.engines.answers import Answers
answers = Answers(Path(sys.argv[1]))
for i in range(200):
    answers.put(f"{sys.argv[2]} {i}", i)
    assert answers.get(f"{sys.argv[2]} {i}") == i, answers.trouble
"""
    both = [subprocess.Popen([sys.executable, "-c", writing, str(path), name]) for name in "ab"]
    assert [process.wait() for process in both] == [0, 0]
    assert Answers(path).contents().entries == 400
