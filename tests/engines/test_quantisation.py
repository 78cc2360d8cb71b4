from __future__ import annotations

import re
import shutil
from collections import Counter, namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from ctransformers.llm import Config

from qwen_magic.engines import gguf, quantisation
from qwen_magic.engines.llamacpp import Qwen2LLM
from qwen_magic.engines.native import llama
from qwen_magic.engines.quantisation import gains, optimised
from qwen_magic.errors import BrokenModel, NotEnoughSpace


@pytest.fixture
def copy(tmp_path, monkeypatch):
    monkeypatch.setattr(quantisation, "repacks", lambda: True)
    return tmp_path / "optimised" / "copy.gguf"


def left(copy):
    """What lies in the folder of the copies, the lock aside."""
    return [path.name for path in copy.parent.glob("*") if path.suffix != ".lock"]


def types(path, *names):
    """Of the tensors with these names in a layer or outside, how many there are of each type."""
    tensors = gguf.check(path).tensors.items()
    return Counter(tensor.type for name, tensor in tensors if re.sub(r"^blk\.\d+\.", "", name) in names)


def test_a_mixed_quantisation_becomes_one_that_is_repacked(coder_path, copy):
    assert optimised(coder_path, copy) == copy
    assert copy.stat().st_size < 0.8 * coder_path.stat().st_size
    assert left(copy) == [copy.name]
    llm = Qwen2LLM(str(copy), config=Config(context_length=256, threads=2))
    assert llm("def is_even(number):\n    return number %", max_new_tokens=4, temperature=0) == " 2 == "
    llm.close()
    made = copy.stat().st_mtime_ns
    assert optimised(coder_path, copy) == copy
    assert copy.stat().st_mtime_ns == made
    assert types(copy, "ffn_gate.weight", "ffn_up.weight", "output.weight") == {llama.GGML_TYPE_IQ4_NL: 49}
    assert types(copy, "ffn_down.weight") == {llama.GGML_TYPE_Q4_K: 24}
    kept = (
        "attn_q.weight",
        "attn_k.weight",
        "attn_v.weight",
        "attn_output.weight",
        "token_embd.weight",
        "output_norm.weight",
    )
    assert types(copy, *kept) == types(coder_path, *kept)
    assert not gains(copy)


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
    assert left(copy) == []


def test_what_ends_half_way_leaves_nothing(coder_path, copy, monkeypatch):
    def requantise(source, target):
        target.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(quantisation, "_requantise", requantise)
    with pytest.raises(OSError, match="disk full"):
        optimised(coder_path, copy)
    assert left(copy) == []


def test_what_is_mostly_repacked_already_stays_as_it_is(coder_path, copy, monkeypatch):
    header = gguf.check(coder_path)
    assert gains(coder_path)
    fast = {name: replace(tensor, type=llama.GGML_TYPE_Q4_K) for name, tensor in header.tensors.items()}
    monkeypatch.setattr(quantisation, "check", lambda path: replace(header, tensors=fast))
    assert optimised(coder_path, copy) == coder_path


def test_a_truncated_file_makes_no_copy(coder_path, copy, tmp_path):
    short = tmp_path / "short-q4_k_m.gguf"
    with coder_path.open("rb") as file:
        short.write_bytes(file.read(20_000_000))
    with pytest.raises(BrokenModel, match="could not be requantised"):
        optimised(short, copy)
    assert left(copy) == []
