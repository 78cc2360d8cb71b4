import subprocess
import sys
from pathlib import Path

import pytest

from qwen_magic.errors import UnknownModel
from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.weights.catalogue import CATALOGUE, ModelSpec, resolve


def test_the_default_model_is_in_the_catalogue():
    assert resolve(DEFAULT_MODEL) is CATALOGUE[DEFAULT_MODEL]


def test_the_smallest_is_smollm2():
    assert min(CATALOGUE.values(), key=lambda spec: spec.size).name == "smollm2-135m"


@pytest.mark.parametrize("spec", CATALOGUE.values(), ids=lambda spec: spec.name)
def test_every_entry_is_pinned(spec):
    assert spec.size > 0
    assert len(bytes.fromhex(spec.sha256)) == 32
    assert spec.licence == "Apache-2.0"
    assert not spec.parts or sum(part.size for part in spec.parts) == spec.size


def test_a_local_file_is_found_from_the_current_folder_and_from_home(tmp_path, monkeypatch):
    file = tmp_path / "my.gguf"
    file.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert resolve("my.gguf") == resolve("~/my.gguf") == resolve(str(file)) == file


def test_a_file_on_the_hub_needs_no_catalogue():
    assert resolve("me/mine-GGUF:small/q4.gguf") == ModelSpec(
        "me/mine-GGUF:small/q4.gguf", "me/mine-GGUF", "main", "small/q4.gguf"
    )
    assert resolve("me/mine@refs/pr/1:q4.gguf").revision == "refs/pr/1"


@pytest.mark.parametrize("model", ["me/mine:../../q4.gguf", "me/mine:/etc/q4.gguf", "me/mine:a//q4.gguf"])
def test_a_hub_file_cannot_leave_its_repository(model):
    with pytest.raises(UnknownModel, match="inside the repository"):
        resolve(model)


def test_a_typo_is_told_the_close_name_and_every_form():
    with pytest.raises(UnknownModel) as raised:
        resolve("qwen2.5-codr-0.5b")
    assert "Did you mean qwen2.5-coder-0.5b" in raised.value.message
    for form in ("smollm2-135m", ".gguf", "owner/repository:file"):
        assert form in raised.value.hint


@pytest.mark.parametrize("model", [r"C:\models\x.gguf", "C:/models/x.gguf", "./x.gguf", "~/x.gguf", "x.gguf", "/no/x"])
def test_a_path_that_does_not_exist_says_so(model):
    with pytest.raises(UnknownModel, match="There is no file"):
        resolve(model)


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("Qwen/Qwen2.5-7B-Instruct-GGUF", "name a file in it too"),
        ("me/mine:model.safetensors", "only .gguf and .bin"),
        ("", "No model is called"),
        ("x" * 5000, "No model is called"),
    ],
)
def test_other_words_are_explained(model, told):
    with pytest.raises(UnknownModel, match=told):
        resolve(model)


def test_folders_and_other_files_are_explained(tmp_path):
    with pytest.raises(UnknownModel, match="it is a folder"):
        resolve(str(tmp_path))
    with pytest.raises(UnknownModel, match=r"neither \.gguf nor \.bin"):
        resolve(__file__)


def test_importing_is_light():
    heavy = "{'huggingface_hub', 'ipywidgets', 'llama_cpp', 'IPython'} & set(sys.modules)"
    names = "qwen_magic.weights.catalogue, qwen_magic.weights.download, qwen_magic.renderers.progress"
    subprocess.run([sys.executable, "-c", f"import sys, {names}\nassert not {heavy}, {heavy}"], check=True)


def test_paths_are_returned_as_paths(tmp_path):
    (tmp_path / "old.BIN").touch()
    assert isinstance(resolve(str(tmp_path / "old.BIN")), Path)
