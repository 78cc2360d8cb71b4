from __future__ import annotations

import os
import random
import re
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from qwen_magic.engines import gguf
from qwen_magic.engines.base import Sampling
from qwen_magic.engines.bundled import BundledLLM
from qwen_magic.engines.llamacpp import Qwen2LLM
from qwen_magic.engines.loading import EngineLoader, EngineSpec, load
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.errors import BrokenModel
from qwen_magic.messages import Message, Role

SYSTEM = [Message(Role.SYSTEM, "Be brief.")]
HEADER = 2_000_000  # bytes of SmolLM2's file that hold its header
FIRST = 5_000  # ... and its numbers, names and first tokens
NUMBER = re.compile(rb"llama\.[a-z_.]+[\x04\x06]\0\0\0")


class Engine(ScriptedEngine):
    def __init__(self, name):
        super().__init__("hello")
        self.name = name
        self.closed = threading.Event()

    def close(self):
        self.closed.set()


class Loading:
    """Loads when the test says so, and keeps what it loaded."""

    def __init__(self):
        self.go, self.engines, self.fails = threading.Event(), [], []
        self.go.set()

    def __call__(self, spec):
        assert self.go.wait(10)
        if self.fails:
            raise self.fails.pop()
        self.engines.append(Engine(spec.name))
        return self.engines[-1]


def spec(name="a", path="x.gguf", **options):
    return EngineSpec(name, Path(path), 256, threads=1, **options)


@pytest.fixture
def loading():
    return Loading()


@pytest.fixture
def loader(loading):
    return EngineLoader(loading)


def test_an_engine_is_loaded_once(loader, loading):
    assert loader.state == "not loaded"
    assert loader.start(spec()).result() is loader.start(spec()).result()
    assert len(loading.engines) == 1
    assert loader.state == "ready"


def test_it_is_loaded_in_the_background(loader, loading):
    loading.go.clear()
    future = loader.start(spec())
    assert loader.state == "loading"
    assert loader.start(spec()) is future
    loading.go.set()
    assert loader.start(spec()).result() is future.result()


def test_many_threads_wait_for_one_engine(loader, loading):
    loading.go.clear()
    got = []
    threads = [threading.Thread(target=lambda: got.append(loader.start(spec()).result())) for _ in range(8)]
    for thread in threads:
        thread.start()
    loading.go.set()
    for thread in threads:
        thread.join()
    assert got == [loading.engines[0]] * 8


def test_another_model_takes_the_place_of_the_one_before(loader, loading):
    first = loader.start(spec("a")).result()
    second = loader.start(spec("b")).result()
    assert first.closed.is_set()
    assert not second.closed.is_set()
    assert loader.start(spec("b")).result() is second


def test_a_model_that_is_still_loading_is_freed_once_it_is(loader, loading):
    loading.go.clear()
    loader.start(spec("a"))
    second = loader.start(spec("b"))
    loading.go.set()
    assert second.result(10).name == "b"
    assert loading.engines[0].closed.is_set()


def test_another_setting_loads_again(loader, loading):
    loader.start(spec()).result()
    loader.start(EngineSpec("a", Path("x.gguf"), 512, threads=1)).result()
    assert len(loading.engines) == 2


def test_what_loading_raises_is_raised_again_and_the_next_try_may_work(loader, loading):
    loading.fails = [BrokenModel("second"), BrokenModel("first", "a hint\nof two lines")]
    with pytest.raises(BrokenModel, match="first"):
        loader.start(spec()).result()
    assert loader.state == "failed: first"
    with pytest.raises(BrokenModel, match="second"):
        loader.start(spec()).result()
    assert loader.start(spec()).result().name == "a"


def test_closing_frees_the_engine(loader, loading):
    engine = loader.start(spec()).result()
    loader.close()
    loader.close()
    assert engine.closed.is_set()
    assert loader.state == "not loaded"
    assert loader.start(spec()).result() is not engine


def test_closing_while_loading_frees_it_later(loader, loading):
    loading.go.clear()
    future = loader.start(spec())
    loader.close()
    loading.go.set()
    assert future.result(10).closed.wait(10)


@pytest.mark.model
def test_a_gguf_file_goes_to_llama_cpp(smol_path):
    engine = load(spec(path=smol_path), SYSTEM)
    assert isinstance(engine.model, Qwen2LLM)
    assert engine.context_window == 256
    assert engine.model.context[:1] == (1,)  # warmed up: <|im_start|>
    engine.close()


@pytest.mark.model
def test_a_copy_is_loaded_in_the_place_of_its_file(smol_path, tmp_path):
    copy = tmp_path / "copy.gguf"
    copy.symlink_to(smol_path)
    (tmp_path / "model.gguf").write_bytes(b"GGUF, the original")
    engine = load(spec(path=tmp_path / "model.gguf", copy=copy), SYSTEM)
    assert engine.model.model_path == str(copy)
    engine.close()


@pytest.mark.model
def test_a_broken_copy_is_thrown_away_and_its_file_loaded(smol_path, tmp_path):
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(b"GGUF, cut off")
    engine = load(spec(path=smol_path, copy=copy), SYSTEM)
    assert engine.model.model_path == str(smol_path)
    assert not copy.exists()
    engine.close()


def test_a_ggml_file_goes_to_ctransformers_library(tiny_path):
    known = []
    engine = load(spec(path=tiny_path, model_type="gpt2"), SYSTEM, lambda: "".join(known))
    assert isinstance(engine.model, BundledLLM)
    assert engine.weights == ""
    known.append("ab12")
    assert engine.weights == "ab12"
    assert "".join(engine.stream(SYSTEM, Sampling(max_tokens=3)))
    engine.close()


def one_line(path, match):
    with pytest.raises(BrokenModel, match=match) as caught:
        load(spec(path=path), SYSTEM)
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 200


@pytest.fixture
def patched(smol_path, tmp_path):
    """SmolLM2's file, with some bytes changed or cut off; the weights are not copied but left out as holes."""

    def write(size=None, changes=()):
        path = tmp_path / "patched.gguf"
        with smol_path.open("rb") as file:
            data = bytearray(file.read(HEADER))
        for at, new in changes:
            data[at : at + len(new)] = new
        path.write_bytes(data[:size])
        os.truncate(path, smol_path.stat().st_size if size is None else size)
        return path

    return write


@pytest.fixture(scope="session")
def header(smol_path):
    with smol_path.open("rb") as file:
        return file.read(HEADER)


def test_files_that_are_no_models_get_one_clear_line(tmp_path):
    (tmp_path / "empty.gguf").touch()
    (tmp_path / "page.gguf").write_text("<!DOCTYPE html>")
    (tmp_path / "stub.gguf").write_bytes(b"GGUF")
    one_line(tmp_path / "missing.gguf", "There is no file")
    one_line(tmp_path, "cannot be read: Is a directory")
    one_line(tmp_path / "empty.gguf", "neither a GGUF nor a GGML")
    one_line(tmp_path / "page.gguf", "neither a GGUF nor a GGML")
    one_line(tmp_path / "stub.gguf", "truncated")


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    path = tmp_path / "secret.gguf"
    path.write_bytes(b"GGUF")

    def forbidden(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)  # root, who runs tests in containers, may read everything
    one_line(path, "cannot be read: Permission denied")


@pytest.mark.model
@pytest.mark.parametrize("size", [5, 30, 500, FIRST, 900_000, 1_780_000])
def test_a_file_truncated_in_its_header_says_so(patched, size):
    one_line(patched(size=size), "truncated")


@pytest.mark.model
def test_a_file_truncated_in_its_tensors_says_so(patched):
    one_line(patched(size=HEADER), "truncated: it ends before its tensors do")


@pytest.mark.model
def test_an_unknown_architecture_is_named(patched, header):
    one_line(patched(changes=[(header.index(b"llama"), b"lambo")]), "does not know the architecture 'lambo'")


@pytest.mark.model
@pytest.mark.parametrize("count", [0, 513, 2**32 - 1])
def test_a_number_of_layers_that_makes_no_sense_is_refused(patched, header, count):
    at = header.index(b".block_count") + len(b".block_count") + 4
    one_line(patched(changes=[(at, struct.pack("<I", count))]), "number of layers")


@pytest.mark.model
def test_a_token_that_is_there_twice_is_refused(patched, header):
    at = header.index(b"<jupyter_text>")
    one_line(patched(changes=[(at, b"<jupyter_code>")]), "a token twice")


@pytest.mark.model
def test_the_weights_of_the_catalogue_pass_the_check(smol_path, coder_path):
    for path in (smol_path, coder_path):
        gguf.check(path)


# Loads file after file, each in a process of its own; prints what ended by a signal.
FUZZ = """
import os, signal, sys
from ctransformers.llm import Config
from qwen_magic.engines.llamacpp import Qwen2LLM
from qwen_magic.errors import BrokenModel

path = sys.argv[1]
nothing = os.open(os.devnull, os.O_WRONLY)
os.dup2(nothing, 2)
for line in sys.stdin:
    changes = [(int(at), bytes.fromhex(new)) for at, new in (change.split(":") for change in line.split())]
    with open(path, "r+b") as file:
        before = []
        for at, new in changes:
            file.seek(at)
            before.append((at, file.read(len(new))))
            file.seek(at)
            file.write(new)
    child = os.fork()
    if not child:
        signal.alarm(60)
        try:
            llm = Qwen2LLM(path, config=Config(context_length=64, threads=1))
            llm.tokenize("<|im_start|>Hello 你好")
            os._exit(0)
        except BrokenModel:
            os._exit(0)
        except BaseException:
            os._exit(9)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        print(code, line.strip(), flush=True)
    with open(path, "r+b") as file:
        for at, old in reversed(before):
            file.seek(at)
            file.write(old)
"""


def variants(header):
    """Every number of the header set to what makes no sense, and many headers with some bytes changed."""
    dice = random.Random(2)  # noqa: S311 # noise, no secret
    for key in sorted(set(NUMBER.findall(header[:FIRST]))):
        at = header.index(key) + len(key)
        for value in (0, 1, 7, 2**31, 2**32 - 1):
            yield [(at, struct.pack("<I", value))]
    for _ in range(120):
        yield [(dice.randrange(FIRST), bytes([dice.randrange(256)])) for _ in range(dice.choice([1, 1, 2, 4]))]
    for _ in range(40):
        yield [(dice.randrange(FIRST), dice.choice([b"\0" * 8, b"\xff" * 8, b"\xff\xff\xff\x7f"]))]


@pytest.mark.model
@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_no_broken_header_ends_the_process(patched, header):
    lines = [" ".join(f"{at}:{new.hex()}" for at, new in changes) for changes in variants(header)]
    assert len(lines) > 200
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, str(patched())],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"GGML_NO_BACKTRACE": "1"},
    )
    assert done.returncode == 0
    assert done.stdout == ""


@pytest.mark.model
@pytest.mark.parametrize(
    "program",
    [
        "llm = Qwen2LLM(path, config=config); llm.eval([1, 2, 3])",
        "loader = EngineLoader(lambda spec: load(spec, [])); loader.start(EngineSpec('a', Path(path), 256))",
        "engine = LocalEngine('a', Qwen2LLM(path, config=config)); s = engine.stream([], Sampling()); next(s)",
    ],
    ids=["open", "loading", "answering"],
)
def test_the_interpreter_ends_quietly_whatever_a_model_is_doing(smol_path, program):
    imports = """
import sys
from pathlib import Path
from ctransformers.llm import Config
from qwen_magic.engines.base import Sampling
from qwen_magic.engines.llamacpp import Qwen2LLM
from qwen_magic.engines.loading import EngineLoader, EngineSpec, load
from qwen_magic.engines.local import LocalEngine
path, config = sys.argv[1], Config(context_length=256, threads=1)
"""
    done = subprocess.run(
        [sys.executable, "-c", imports + program, str(smol_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
