from __future__ import annotations

import hashlib
import os
import threading

import pytest

from qwen_magic.weights import storage
from qwen_magic.weights.storage import checksum, checksum_in_background, optimised_place


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("QWEN_MAGIC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_copy_belongs_to_one_state_of_one_file(tmp_path, cache):
    model, other = tmp_path / "a.gguf", tmp_path / "b" / "a.gguf"
    other.parent.mkdir()
    model.write_bytes(b"GGUF")
    other.write_bytes(b"GGUF")
    place = optimised_place(model)
    assert place.is_relative_to(cache)
    assert optimised_place(model) == place != optimised_place(other)
    model.write_bytes(b"GGUF, another")
    assert optimised_place(model) != place


def test_a_link_to_a_file_shares_its_copy(tmp_path):
    model, link = tmp_path / "a.gguf", tmp_path / "linked" / "a.gguf"
    model.write_bytes(b"GGUF")
    link.parent.mkdir()
    link.symlink_to(model)
    assert optimised_place(link) == optimised_place(model)


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF")
    return path


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_a_checksum_is_computed_once_for_a_state_of_a_file(model, monkeypatch):
    assert checksum(model) == sha256(b"GGUF")
    with monkeypatch.context() as patched:
        patched.setattr(storage, "sha256_of", pytest.fail)
        assert checksum(model) == sha256(b"GGUF")
    model.write_bytes(b"GGML")
    os.utime(model, (0, 0))
    assert checksum(model) == sha256(b"GGML")


@pytest.mark.parametrize("note", ["{", "[]", '{"state": 1}', "null"])
def test_a_broken_note_only_costs_a_computation(model, note):
    checksum(model)
    (kept,) = (storage.models_folder() / ".checksums").iterdir()
    kept.write_text(note)
    assert checksum(model) == sha256(b"GGUF")


def test_without_a_place_for_notes_it_is_computed_each_time(model, cache):
    cache.touch()
    assert checksum(model) == checksum(model) == sha256(b"GGUF")


def test_in_the_background_it_is_said_once_it_is_known(model, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(storage, "sha256_of", lambda path: go_on.wait() and sha256(path.read_bytes()))
    known = checksum_in_background(model)
    assert known() == ""
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "qwen_magic checksum":
            thread.join()
    assert known() == sha256(b"GGUF")


def test_a_file_that_is_gone_has_no_checksum(tmp_path):
    known = checksum_in_background(tmp_path / "none.gguf")
    for thread in threading.enumerate():
        if thread.name == "qwen_magic checksum":
            thread.join()
    assert known() == ""
