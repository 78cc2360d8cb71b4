"""The notebooks that users start with still run, with the real model, within 2 GB, and still say what they say."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.weights.catalogue import resolve
from qwen_magic.weights.download import fetch

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ENGLISH = [path for path in NOTEBOOKS if "." not in path.stem]
NAMES = {"quickstart", "fix-a-traceback", "pandas", "tests-and-docs", "for-teachers"}
MEMORY = 2 << 30  # bytes: what a pod of mybinder.org has
CORES = 2
RUN_SECONDS = 1200
_SAMPLE_SECONDS = 0.2


@dataclass(frozen=True)
class Run:
    """How nbval ended, and the most memory in bytes that it, the kernel and the copies of the kernel had together."""

    returncode: int
    output: str
    memory: int


@pytest.fixture(scope="module")
def weights():
    """Notebooks do not wait for a download in silence."""
    return fetch(resolve(DEFAULT_MODEL))


def test_all_notebooks_are_there():
    assert {path.stem for path in ENGLISH} == NAMES


@pytest.mark.model
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_in_two_gigabytes_and_says_what_it_said(notebook, weights, tmp_path):
    run = validate(notebook, tmp_path)
    assert run.returncode == 0, run.output
    assert 100 << 20 < run.memory < MEMORY


def test_a_notebook_that_needs_more_memory_fails(tmp_path):
    greedy = tmp_path / "greedy.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(f"len(bytearray({MEMORY}))")]), greedy)
    run = validate(greedy, tmp_path)
    assert run.returncode == 1
    assert "MemoryError" in run.output


def validate(notebook: Path, folder: Path) -> Run:
    """Run a notebook under nbval with the memory and the cores of a Binder pod."""
    # In a process of its own: nbval knows nothing of our warning filters, nor does what it uses.
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-cell-timeout=600", "--override-ini=addopts="]
    command += ["-W", "default", "-p", "no:cacheprovider", "-q", "--color=no", str(notebook)]
    printed = folder / "printed.txt"
    until = time.monotonic() + RUN_SECONDS
    with printed.open("wb") as stream:
        running = subprocess.Popen(command, stdout=stream, stderr=stream, preexec_fn=_confine)
        most = 0
        try:
            while running.poll() is None and time.monotonic() < until:
                most = max(most, _memory(running.pid))
                time.sleep(_SAMPLE_SECONDS)
        finally:
            running.kill()
    return Run(running.wait(), printed.read_text(encoding="utf-8"), most)


def _confine() -> None:
    """Inherited by the kernel and its copies. Not the address space: the model is mapped, and costs nothing to drop."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def _memory(pid: int) -> int:
    """Bytes of a process and all that it started; what several share is counted once."""
    started: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            parent = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
            started.setdefault(int(parent), []).append(int(stat.parent.name))
    family = [pid]
    for each in family:
        family += started.get(each, [])
    return sum(map(_share, family))


def _share(pid: int) -> int:
    with contextlib.suppress(OSError):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        if found := re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE):
            return int(found[1]) << 10
    return 0


@pytest.mark.parametrize("notebook", ENGLISH, ids=lambda path: path.stem)
def test_translation_has_the_same_sections_and_cells(notebook):
    english, chinese = (
        nbformat.read(path, as_version=4) for path in (notebook, FOLDER / f"{notebook.stem}.zh-CN.ipynb")
    )
    assert [_shape(cell) for cell in chinese.cells] == [_shape(cell) for cell in english.cells]
    prose = [cell.source for cell in chinese.cells if cell.cell_type == "markdown"]
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in prose)


def _shape(cell):
    headings = re.findall(r"^#+(?= )", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else []
    return cell.cell_type, headings, cell.metadata.get("tags")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
class TestSavedNotebook:
    def test_answers_are_saved_as_text(self, notebook):
        saved = nbformat.read(notebook, as_version=4)
        nbformat.validate(saved)
        assert "widgets" not in saved.metadata
        answers = [output for cell in saved.cells for output in cell.get("outputs", []) if _is_answer(output)]
        assert len(answers) >= 3
        assert all(answer.data["text/markdown"].strip() for answer in answers)

    def test_nothing_of_the_machine_is_saved(self, notebook):
        text = notebook.read_text(encoding="utf-8")
        marks = ("/home/", "/root", "/tmp", "/Users/", "ipykernel_", "widget-view")  # noqa: S108 # looked for, not used
        assert not [mark for mark in marks if mark in text]

    def test_its_links_lead_to_files(self, notebook):
        prose = "\n".join(cell.source for cell in nbformat.read(notebook, as_version=4).cells)
        links = re.findall(r"\]\(([^)#:]+)\)", prose)
        assert links
        assert not [link for link in links if not (FOLDER / link).is_file()]


def _is_answer(output):
    return "model" in output.get("metadata", {}).get("qwen_magic", {})
