"""Which engine a user's word for a model gives, and what is loaded for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from qwen_magic.engines.base import Sampling
from qwen_magic.engines.optimising import Optimising
from qwen_magic.engines.scripted import ScriptedEngine
from qwen_magic.errors import UnknownModel
from qwen_magic.language import Language
from qwen_magic.messages import Message, Role
from qwen_magic.models import Models
from qwen_magic.settings import DEFAULT_MODEL, QwenSettings
from qwen_magic.weights.catalogue import CATALOGUE, resolve
from qwen_magic.weights.download import fetch
from qwen_magic.weights.storage import optimised_place, sha256_of

QUESTION = [Message(Role.USER, "Count.")]


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Notes what is loaded; `models()` makes what a fresh notebook has, over one cache."""
    monkeypatch.setenv("QWEN_MAGIC_CACHE", str(tmp_path / "cache"))
    loaded = []

    def load(spec, warm, weights):
        loaded.append((spec.name, weights))
        return ScriptedEngine(f"answer {len(loaded)}")

    monkeypatch.setattr("qwen_magic.models.load", load)
    made = []

    def models(**settings):
        made.append(Models(SimpleNamespace(), QwenSettings(**settings), lambda: Language.ENGLISH))
        return made[-1]

    yield SimpleNamespace(models=models, loaded=loaded, folder=tmp_path)
    for each in made:
        each.loader.close()


@pytest.fixture
def own(tmp_path):
    """A model file of the user's."""
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF")
    return path


def said(engine, temperature=0.0):
    return "".join(engine.stream(QUESTION, Sampling(temperature)))


def test_a_scripted_model_needs_no_file(world):
    assert said(world.models(cache=True).engine("scripted:hello there")) == "hello there"
    assert world.loaded == []


def test_without_the_cache_the_model_is_asked_each_time(world, own):
    assert said(world.models().engine(str(own))) == "answer 1"
    assert said(world.models().engine(str(own))) == "answer 2"


def test_with_the_cache_the_model_is_not_even_loaded_again(world, own):
    assert said(world.models(cache=True).engine(str(own))) == "answer 1"
    fresh = world.models(cache=True)
    assert said(fresh.engine(str(own))) == "answer 1"
    assert (len(world.loaded), fresh.loader.state) == (1, "not loaded")
    assert said(fresh.engine(str(own)), temperature=0.5) == "answer 2"


def test_the_same_bytes_elsewhere_are_the_same_model(world, own):
    said(world.models(cache=True).engine(str(own)))
    copy = own.with_name("copy.gguf")
    copy.write_bytes(own.read_bytes())
    assert said(world.models(cache=True).engine(str(copy))) == "answer 1"
    copy.write_bytes(b"GGUF, another")
    assert said(world.models(cache=True).engine(str(copy))) == "answer 2"


@pytest.mark.parametrize("settings", [{"context_window": 512}, {"optimise": False}, {"model_type": "gpt2"}])
def test_settings_that_change_answers_ask_again(world, own, settings):
    said(world.models(cache=True).engine(str(own)))
    assert said(world.models(cache=True, **settings).engine(str(own))) == "answer 2"


def test_a_model_of_the_catalogue_is_known_without_its_file(world, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Models, "fetch", lambda models, model: world.folder)
        said(world.models(cache=True).engine(DEFAULT_MODEL))
    engine = world.models(cache=True).engine(DEFAULT_MODEL)  # nothing is here, and nothing is fetched
    assert said(engine) == "answer 1"
    assert engine.weights == CATALOGUE[DEFAULT_MODEL].sha256


def test_warming_up_loads_nothing_where_answers_may_be_replayed(world, own):
    warm = world.models(model=str(own))
    warm.warm_up()
    assert warm.loader.state != "not loaded"
    cold = world.models(model=str(own), cache=True)
    cold.warm_up()
    assert cold.loader.state == "not loaded"


def test_an_engine_is_told_the_checksum_of_its_weights(world, own, monkeypatch):
    world.models().engine(str(own))
    monkeypatch.setattr(Models, "fetch", lambda models, model: own)
    world.models().engine(DEFAULT_MODEL)
    (_, of_own), (_, of_catalogue) = world.loaded
    for thread in threading.enumerate():
        if thread.name == "qwen_magic checksum":
            thread.join()
    assert of_own() == sha256_of(own)
    assert of_catalogue() == CATALOGUE[DEFAULT_MODEL].sha256


@pytest.fixture
def begun(monkeypatch):
    """The files of which a copy was begun."""
    files = []
    monkeypatch.setattr(Optimising, "start", lambda self, source, loading: files.append(source))
    return files


def test_the_copy_for_this_processor_is_begun_and_used_from_the_next_question_on(world, own, begun):
    models = world.models()
    models.engine(str(own))
    assert begun == [own]
    assert models.weights == "as fetched, 0.0 MB"
    copy = optimised_place(own)
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"GGUF")
    models.engine(str(own))
    assert (begun, models.loader.spec.copy) == ([own], copy)
    assert models.weights == "a copy for this processor, 0.0 MB"


def test_who_wants_no_copy_gets_the_file_itself(world, own, begun):
    models = world.models(optimise=False)
    models.engine(str(own))
    assert (begun, models.loader.spec.copy) == ([], None)


def test_a_copy_that_could_not_be_made_says_why(world, own, begun):
    models = world.models()
    assert models.weights == "none yet"
    models.engine(str(own))
    models.optimising.states[own] = "no faster copy: the disk is full"
    assert models.weights == "as fetched, 0.0 MB; no faster copy: the disk is full"


def test_an_unknown_model_is_an_error_with_the_cache_too(world):
    with pytest.raises(UnknownModel):
        world.models(cache=True).engine("nowhere")


NOTEBOOK = """
import json, sys
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
from qwen_magic.engines.answers import Answers

shell = InteractiveShell()
shell.config.QwenSettings.update(cache=True, repair_seconds=120.0, language="en")
shell.run_line_magic("load_ext", "qwen_magic")
models = shell.find_line_magic("qwen").__self__.session.models
models.answers = Answers(Path(sys.argv[1]))
texts = []
for cell in json.loads(sys.argv[2]):
    shell.run_cell(cell, store_history=True)
    if "%qwen" in cell:
        texts.append(shell.user_ns["_qwen"].text)
print("\\n" + json.dumps({"texts": texts, "loaded": "llama_cpp" in sys.modules, "trouble": models.answers.trouble}))
"""
CELLS = [
    "def last(items):\n    for item in items:\n        latest_item = item\n    return lst_item\nlast('abc')",
    "%qwen fix",
    "%%qwen code\nWrite a function double(x). double(3) == 6",
    "%%qwen explain --max-tokens 40\nprint(double(4))",
]


@pytest.mark.model
def test_a_tutorial_replays_in_a_fresh_process_without_its_model(tmp_path):
    fetch(resolve(DEFAULT_MODEL))

    def run():
        command = [sys.executable, "-c", NOTEBOOK, str(tmp_path / "answers.sqlite3"), json.dumps(CELLS)]
        environment = os.environ | {"IPYTHONDIR": str(tmp_path)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    first, again = run(), run()
    assert (first["loaded"], again["loaded"]) == (True, False)
    assert again["texts"] == first["texts"]
    assert len(first["texts"]) == 3
    assert first["trouble"] == again["trouble"] == ""
