from __future__ import annotations

import shutil
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import pytest
from ctransformers.llm import Config

from qwen_magic.engines import gguf, quantisation
from qwen_magic.engines.llamacpp import Qwen2LLM
from qwen_magic.engines.native import llama
from qwen_magic.engines.quantisation import fastest, optimised
from qwen_magic.errors import BrokenModel, NotEnoughSpace


@pytest.fixture
def copy(tmp_path, monkeypatch):
    monkeypatch.setattr(quantisation, "repacks", lambda: True)
    return tmp_path / "optimised" / "copy.gguf"


def left(copy):
    """What lies in the folder of the copies, the lock aside."""
    return [path.name for path in copy.parent.glob("*") if path.suffix != ".lock"]


def test_a_mixed_quantisation_becomes_one_that_is_repacked(coder_path, copy):
    assert optimised(coder_path, copy) == copy
    assert gguf.check(copy) == llama.LLAMA_FTYPE_MOSTLY_Q4_0
    assert copy.stat().st_size < coder_path.stat().st_size
    assert left(copy) == [copy.name]
    llm = Qwen2LLM(str(copy), config=Config(context_length=256, threads=2))
    assert llm("def is_even(number):\n    return number %", max_new_tokens=4, temperature=0) == " 2 == "
    llm.close()
    made = copy.stat().st_mtime_ns
    assert fastest(coder_path, copy) == copy
    assert copy.stat().st_mtime_ns == made


def test_who_wants_no_copy_gets_the_file_itself(coder_path):
    assert fastest(coder_path, None) == coder_path


def test_other_quantisations_stay_as_they_are(smol_path, copy):
    assert optimised(smol_path, copy) == smol_path
    assert not copy.parent.exists()


def test_without_repacking_nothing_would_be_gained(coder_path, copy, monkeypatch):
    monkeypatch.setattr(quantisation, "repacks", lambda: False)
    assert optimised(coder_path, copy) == coder_path


def test_two_kernels_make_one_copy(coder_path, copy, monkeypatch):
    sources = []

    def requantise(source, target):
        sources.append(source)
        target.write_bytes(b"GGUF")

    monkeypatch.setattr(quantisation, "_requantise", requantise)
    with ThreadPoolExecutor(2) as kernels:
        copies = list(kernels.map(lambda _: optimised(coder_path, copy), range(2)))
    assert copies == [copy, copy]
    assert sources == [coder_path]


def test_a_full_disk_is_seen_before_anything_is_written(coder_path, copy, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10, 9, 1))
    with pytest.raises(NotEnoughSpace, match="491 MB are needed"):
        optimised(coder_path, copy)
    assert fastest(coder_path, copy) == coder_path
    assert left(copy) == []


def test_what_ends_half_way_leaves_nothing(coder_path, copy, monkeypatch):
    def requantise(source, target):
        target.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(quantisation, "_requantise", requantise)
    assert fastest(coder_path, copy) == coder_path
    assert left(copy) == []


def test_a_folder_that_cannot_be_written_to_costs_only_speed(coder_path, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert fastest(coder_path, tmp_path / "file" / "copy.gguf") == coder_path


def test_a_truncated_file_makes_no_copy(coder_path, copy, tmp_path):
    short = tmp_path / "short-q4_k_m.gguf"
    with coder_path.open("rb") as file:
        short.write_bytes(file.read(20_000_000))
    with pytest.raises(BrokenModel, match="could not be requantised"):
        optimised(short, copy)
    assert left(copy) == []
