from __future__ import annotations

import pytest

from qwen_magic.weights.storage import optimised_place


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
