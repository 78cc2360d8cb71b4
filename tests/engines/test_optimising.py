from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from qwen_magic.engines import quantisation
from qwen_magic.engines.optimising import Optimising
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.errors import BrokenModel


@pytest.fixture
def world(tmp_path, monkeypatch):
    """What is run, and how it ends."""
    world = SimpleNamespace(commands=[], ends=SimpleNamespace(returncode=0, stderr=""), made=[], source=tmp_path / "m")

    def run(command, **options):
        world.commands.append(command)
        return world.ends

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(quantisation, "gains", lambda path: True)
    world.optimising = Optimising(lambda: world.made.append(1))
    return world


def loaded():
    future = Future()
    future.set_result(ScriptedEngine(""))
    return future


def done():
    for thread in threading.enumerate():
        if thread.name == "qwen_magic optimise":
            thread.join(10)


def test_a_copy_is_made_in_a_process_of_its_own_once_the_engine_is_loaded(world):
    loading = Future()
    world.optimising.start(world.source, loading)
    assert world.commands == []
    loading.set_result(ScriptedEngine(""))
    done()
    assert world.commands == [[sys.executable, "-m", "qwen_magic", "optimise", str(world.source)]]
    assert (world.made, world.optimising.states) == ([1], {})


def test_each_file_has_one_try(world):
    world.ends = SimpleNamespace(returncode=1, stderr="qwen-magic: 491 MB are needed.\nFree some.\n")
    for _ in range(2):
        world.optimising.start(world.source, loaded())
        done()
    assert len(world.commands) == 1
    assert world.made == []
    assert world.optimising.states == {world.source: "no faster copy: qwen-magic: 491 MB are needed."}


def test_what_could_not_be_loaded_gets_no_copy(world):
    loading = Future()
    loading.set_exception(BrokenModel("no"))
    world.optimising.start(world.source, loading)
    done()
    assert world.commands == []


def test_what_would_gain_nothing_gets_no_copy(world, monkeypatch):
    monkeypatch.setattr(quantisation, "gains", lambda path: False)
    world.optimising.start(world.source, loaded())
    done()
    assert (world.commands, world.made, world.optimising.states) == ([], [], {})


def test_the_process_is_the_command_that_users_have(tmp_path, monkeypatch):
    monkeypatch.setattr(quantisation, "gains", lambda path: True)
    failing = Optimising(lambda: None)
    failing.start(tmp_path / "missing.gguf", loaded())
    done()
    (state,) = failing.states.values()
    assert "No model is called" in state or "There is no file" in state
