"""Run the notebooks with the real model and save them with their outputs: what `make notebooks` does.

`save_notebooks.py pandas quickstart` runs those two only, and their translations.
What is saved reads the same everywhere: no widgets, no times, no paths of the machine that ran it.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
CELL_SECONDS = 600
# Tracebacks name the files of libraries; only what comes after this is the same on every machine.
_PATH = re.compile(r"[~/][^\s:\x1b]*(?=/(?:site-packages|lib/python3\.\d+)/)")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def save(path: Path) -> None:
    """Run one notebook and write it back. Raises what nbclient raises when a cell fails that should not."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    # The kernel would begin with a warning about its own transport.
    client.extra_arguments = ["--log-level=ERROR"]
    client.execute()
    notebook.metadata = nbformat.from_dict(_METADATA)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.update(_without_paths(output))
    nbformat.write(notebook, path)


def _without_paths(value: Any) -> Any:
    if isinstance(value, str):
        return _PATH.sub("…", value)
    if isinstance(value, dict):
        return nbformat.from_dict({key: _without_paths(inner) for key, inner in value.items()})
    return [_without_paths(inner) for inner in value] if isinstance(value, list) else value


def named(names: list[str]) -> list[Path]:
    """The notebooks of these names with their translations; all where none is named. Raises `SystemExit`."""
    found = {path: path.name.partition(".")[0] for path in sorted(FOLDER.glob("*.ipynb"))}
    if unknown := sorted(set(names) - set(found.values())):
        raise SystemExit(f"There is no notebook {unknown[0]!r}. There are {', '.join(sorted(set(found.values())))}.")
    return [path for path, name in found.items() if not names or name in names]


if __name__ == "__main__":
    for path in named(sys.argv[1:]):
        started = time.monotonic()
        print(f"Running {path.name} ...", end=" ", flush=True)  # noqa: T201 # minutes go by
        save(path)
        print(f"{time.monotonic() - started:.0f} s")  # noqa: T201
