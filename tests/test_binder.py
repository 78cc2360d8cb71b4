"""What mybinder.org would build of `binder/`, as far as it can be seen without building it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / "binder" / "environment.yml"
POST_BUILD = ROOT / "binder" / "postBuild"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIRED = {Requirement(each).name: Requirement(each) for each in PROJECT["dependencies"]}
LAB = {Requirement(each).name for each in PROJECT["optional-dependencies"]["lab"]}


@pytest.fixture(scope="module")
def generated():
    """What repo2docker says, and the Dockerfile that it prints."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran


@pytest.fixture(scope="module")
def packages():
    """The conda packages, by name, with their versions."""
    declared = YAML(typ="safe").load(ENVIRONMENT)
    assert declared["channels"] == ["conda-forge"]
    return dict(re.fullmatch(r"([\w-]+)(.*)", each).groups() for each in declared["dependencies"])


class TestDockerfile:
    def test_has_the_python_of_the_environment(self, generated, packages):
        assert f"Building conda environment for python{packages['python']}" in generated.stderr

    def test_installs_the_environment_and_then_runs_post_build_with_the_repository_as_the_user(self, generated):
        lines = generated.stdout.splitlines()
        steps = [
            next(i for i, line in enumerate(lines) if step in line) for step in ("env update", "COPY --chown=0:0 src/ ")
        ]
        assert '--file "binder/environment.yml"' in lines[steps[0]]
        build = lines.index("RUN ./binder/postBuild")
        assert [*steps, build] == sorted([*steps, build])
        assert [line for line in lines[:build] if line.startswith("USER ")][-1] == "USER ${NB_USER}"

    def test_kernel_and_server_share_an_environment(self, generated):
        # JupyterLab looks for the extensions of widgets in its own.
        assert "ENV KERNEL_PYTHON_PREFIX=${NB_PYTHON_PREFIX}" in generated.stdout.splitlines()


class TestEnvironment:
    def test_llama_cpp_is_of_a_version_that_the_package_accepts(self, packages):
        assert SpecifierSet(packages["llama-cpp-python"]) == REQUIRED["llama-cpp-python"].specifier

    def test_python_is_supported(self, packages):
        assert packages["python"].removeprefix("=") in SpecifierSet(PROJECT["requires-python"])

    def test_pyproject_has_the_versions_of_everything_else(self, packages):
        assert packages.keys() == {"python", "pip", "llama-cpp-python"}

    def test_widgets_bring_their_extensions_of_jupyterlab(self):
        extensions = Path(sys.prefix, "share", "jupyter", "labextensions")
        for package, extension in (("anywidget", "anywidget"), ("ipywidgets", "@jupyter-widgets/jupyterlab-manager")):
            assert package in REQUIRED
            assert (extensions / extension / "package.json").is_file()

    def test_what_the_notebooks_import_is_installed(self):
        cells = [c for path in ROOT.glob("notebooks/*.ipynb") for c in nbformat.read(path, as_version=4).cells]
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        imported = set(re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE)) - sys.stdlib_module_names
        assert "pandas" in imported
        assert imported <= {*REQUIRED, *LAB, "qwen_magic"}


@pytest.fixture
def post_build(tmp_path):
    """Runs postBuild with programs that only say how they were called; `failing` ones fail."""
    calls = tmp_path / "calls"
    calls.touch()

    def run(*failing):
        for name in ("pip", "qwen-magic"):
            program = tmp_path / name
            program.write_text(f'#!/bin/bash\necho "{name} $*" >> "{calls}"\nexit {int(name in failing)}\n')
            program.chmod(0o755)
        paths = os.pathsep.join((str(tmp_path), os.environ["PATH"]))
        ran = subprocess.run([POST_BUILD], cwd=ROOT, env={**os.environ, "PATH": paths}, timeout=30, check=False)
        return ran.returncode, calls.read_text().splitlines()

    return run


class TestPostBuild:
    def test_installs_without_compiling_and_fetches_the_weights(self, post_build):
        code, (install, download) = post_build()
        assert code == 0
        assert install == "pip install --no-cache-dir --only-binary llama-cpp-python .[lab]"
        assert download == "qwen-magic optimise"

    def test_a_failed_installation_ends_the_build(self, post_build):
        code, calls = post_build("pip")
        assert code != 0
        assert len(calls) == 1

    def test_weights_that_could_not_be_fetched_end_the_build(self, post_build):
        code, calls = post_build("qwen-magic")
        assert code != 0
        assert len(calls) == 2


def test_links_open_a_notebook_that_is_there():
    texts = [path.read_text(encoding="utf-8") for path in (ENVIRONMENT, *ROOT.glob("README*.md"))]
    opened = re.findall(r"urlpath=lab/tree/([\w./-]+\.ipynb)", "\n".join(texts))
    assert opened
    assert all((ROOT / path).is_file() for path in opened)
