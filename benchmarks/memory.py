"""What a kernel with a warm model holds in memory beyond a bare one.

    python benchmarks/memory.py [--steady N]

Read from /proc (Linux): resident memory and its parts, anonymous and of files, and the proportional set size (Pss), in
which a page that n processes share counts one n-th. A MB is 10^6 bytes. Two fresh kernels, one without the extension;
the other is read when the default model has answered one question in a panel, and again when a long question and its
answer fill its context window of 4,096 tokens. Then a third kernel joins it that has answered one question: the sum of
both kernels' Pss, and what of the weights' file both map and therefore share. No other process may have the model
meanwhile: its share would be missing in the sum. Weights that llama.cpp repacks for the processor are anonymous memory,
of which each kernel has its own.

With `--steady N`, a fresh kernel is then asked N short questions, and read every 50: the growth is that behind the
first 50.

The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from notebook_kernel import NotebookKernel, prepare_model

QUESTION = "How do I read a CSV file?"
# Some 3,900 tokens: all that fit beside an answer of 64.
LONG_QUESTION = "What do these have in common?\n" + " ".join(f"item{number}" for number in range(980))
EVERY = 50  # questions between two readings


@dataclass(frozen=True, slots=True)
class Memory:
    """MB of a process; `weights` of the model file that it has mapped."""

    rss: float
    anon: float
    file: float
    pss: float
    weights: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """What the kernel says about a process now."""
        status, total = (_fields(Path(f"/proc/{pid}/{name}").read_text()) for name in ("status", "smaps_rollup"))
        mapped = [_fields(each) for each in _mappings(pid) if ".gguf" in each.partition("\n")[0]]
        return cls(
            total["Rss"],
            status["RssAnon"],
            status["RssFile"],
            total["Pss"],
            sum(each["Rss"] for each in mapped),
        )


def _mappings(pid: int) -> list[str]:
    return re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", Path(f"/proc/{pid}/smaps").read_text(), flags=re.MULTILINE)


def _fields(text: str) -> dict[str, float]:
    return {name: int(kb) * 1024 / 1e6 for name, kb in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}


def measure(steady: int = 0) -> dict[str, float]:
    """The figures by name."""
    prepare_model()
    with NotebookKernel() as bare:
        bare.show("pass")
        before = Memory.of(bare.pid)
    with NotebookKernel() as kernel:
        kernel.show("%load_ext qwen_magic")
        kernel.ask(QUESTION, "--max-tokens 64")
        one = Memory.of(kernel.pid)
        kernel.ask(LONG_QUESTION, "--max-tokens 64")
        tokens = kernel.evaluate("_qwen.usage.prompt_tokens + _qwen.usage.completion_tokens")
        full = Memory.of(kernel.pid)
        with NotebookKernel() as second:
            second.show("%load_ext qwen_magic")
            second.ask(QUESTION, "--max-tokens 64")
            both = (Memory.of(kernel.pid), Memory.of(second.pid))
    figures = {
        "bare_rss_mb": before.rss,
        "rss_mb": one.rss - before.rss,
        "anon_mb": one.anon - before.anon,
        "file_mb": one.file - before.file,
        "weights_mapped_mb": one.weights,
        "window_tokens": tokens,
        "full_rss_mb": full.rss - before.rss,
        "full_anon_mb": full.anon - before.anon,
        "two_pss_mb": sum(each.pss for each in both),
        "two_weights_shared_mb": min(each.weights for each in both),
    }
    if steady:
        figures["steady_mb"] = growth(steady)
    return {name: round(value, 1) for name, value in figures.items()}


def growth(questions: int) -> float:
    """MB by which a kernel has grown behind its first 50 of so many questions."""
    read: list[float] = []
    with NotebookKernel() as kernel:
        kernel.show("%load_ext qwen_magic")
        for number in range(1, questions + 1):
            kernel.ask(f"What is {number} + {number}?", "--max-tokens 4")
            if number % EVERY == 0:
                read.append(Memory.of(kernel.pid).rss)
                print(f"{number} questions: {read[-1]:.1f} MB", file=sys.stderr)
    return read[-1] - read[0] if read else 0.0


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--steady", type=int, default=0, metavar="N", help="also ask so many questions")
    print(json.dumps(measure(parser.parse_args().steady)))


if __name__ == "__main__":
    main()
