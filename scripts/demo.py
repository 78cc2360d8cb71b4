"""Answer the questions of notebooks/quickstart.ipynb in this terminal: what `make demo` runs.

The notebook is executed by a real Jupyter kernel with the real model; only the renderer is set to plain text,
so that the answers can be read here as they are written. Exits with 1 unless every question got an answer.
"""
# ruff: noqa: T201 # printing is what a demo does

from __future__ import annotations

import ast
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from qwen_magic.errors import QwenMagicError
from qwen_magic.options import parse
from qwen_magic.renderers.progress import TextProgress
from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.tasks import TASKS
from qwen_magic.weights.catalogue import ModelSpec, resolve
from qwen_magic.weights.download import fetch
from qwen_magic.weights.storage import megabytes, sha256_of

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "quickstart.ipynb"
CELL_SECONDS = 600
RULE = "─" * 100
# The kernel would begin with a warning about its own transport.
KERNEL_ARGUMENTS = ["--log-level=ERROR", "--QwenSettings.renderer=text"]
# What the table at the end needs to know of an answer.
ANSWER = "_qwen.text, _qwen.usage.first_token_seconds, _qwen.usage.completion_tokens, _qwen.usage.tokens_per_second"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got."""

    question: str
    text: str
    first_token_seconds: float
    tokens: int
    tokens_per_second: float

    def __str__(self) -> str:
        if not self.text.strip():
            return f"  no answer                      {_shortened(self.question)}"
        figures = f"{self.first_token_seconds:9.2f} s {self.tokens:8} {self.tokens_per_second:10.1f}"
        return f"{figures}  {_shortened(self.question)}"


class Demo(NotebookClient):
    """Executes the notebook and prints what its cells print, while they print it."""

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        content = msg["content"]
        if msg["msg_type"] == "stream":
            print(content["text"], end="", flush=True)
        elif msg["msg_type"] == "execute_result":
            print(content["data"]["text/plain"])
        elif msg["msg_type"] == "error":
            print(f"{content['ename']}: {content['evalue']}")
        return super().process_message(msg, cell, cell_index)

    def run(self) -> Iterator[Answer]:
        """Run every code cell; yields what the questions got."""
        self.extra_arguments = KERNEL_ARGUMENTS
        with self.setup_kernel():
            for index, cell in enumerate(self.nb.cells):
                if cell.cell_type != "code":
                    continue
                question = asked(cell.source)
                print(f"\n{RULE}\n{cell.source}\n{RULE}" if question else f"\n{_prompted(cell.source)}", flush=True)
                self.execute_cell(cell, index)
                if question:
                    yield self._answer(question)

    def _answer(self, question: str) -> Answer:
        # Silently, so that it leaves no trace in the kernel's history or its counter.
        sent = self.kc.execute("", silent=True, user_expressions={"answer": ANSWER})
        answer = self.wait_for_reply(sent)["content"]["user_expressions"]["answer"]
        text, *figures = ast.literal_eval(answer["data"]["text/plain"]) if "data" in answer else ("", 0.0, 0, 0.0)
        return Answer(question, text, *figures)


def asked(source: str) -> str:
    """The question that a cell asks the model; empty if it asks none."""
    first, _, body = source.partition("\n")
    magic, _, line = first.partition(" ")
    if magic not in ("%qwen", "%%qwen"):
        return ""
    request = parse(line, magic)
    if request.verb.name not in TASKS:
        return ""
    verb = "" if request.verb.name == "ask" else request.verb.name
    return " ".join(part for part in (verb, request.words, body.strip()) if part)


def verified_weights() -> bool:
    """Fetch the default model if need be and read all of it again for its checksum."""
    spec = resolve(DEFAULT_MODEL)
    if not isinstance(spec, ModelSpec):
        return False
    with TextProgress(spec) as progress:
        path = fetch(spec, progress)
    found = sha256_of(path)
    print(f"{spec.name}: {spec.filename}, {megabytes(path.stat().st_size)}, {spec.licence}")
    print(f"sha256 {found}: {'as published' if found == spec.sha256 else f'WRONG, it should be {spec.sha256}'}")
    return found == spec.sha256


def main() -> int:
    """Run the demo; the exit code says whether all went well."""
    started = time.monotonic()
    try:
        if not verified_weights():
            return 1
        if "--only-weights" in sys.argv:
            return 0
        print(f"\nRunning {NOTEBOOK.name} in a Jupyter kernel.")
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
        answers = list(Demo(notebook, timeout=CELL_SECONDS, resources=resources).run())
    except (QwenMagicError, CellExecutionError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(f"\n{RULE}\nfirst token   tokens   tokens/s  question", *answers, sep="\n")
    answered = sum(bool(answer.text.strip()) for answer in answers)
    print(f"\n{answered} of {len(answers)} questions answered in {time.monotonic() - started:.0f} s.")
    print("`make lab` opens the same notebook in JupyterLab; without make: .venv/bin/jupyter lab notebooks/")
    return 0 if answers and answered == len(answers) else 1


def _prompted(source: str) -> str:
    return "\n".join(f"{'>>>' if number == 0 else '...'} {line}" for number, line in enumerate(source.splitlines()))


def _shortened(text: str, width: int = 66) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


if __name__ == "__main__":
    sys.exit(main())
