"""What the copy of the model for this processor gains, and what its coarser weights cost.

    python benchmarks/quantisation.py [--humaneval FILE.jsonl.gz] [--limit N] [--rounds N]

The default model as it was fetched, and the copy that `qwen-magic optimise` makes of it:

* milliseconds for a batch of so many tokens behind 200 others, up to 32 with the logits behind each, medians, the
  files in turns;
* the loss: over the first 1,000 tokens of six texts of this repository (README in two languages, modules, documents),
  the mean Kullback-Leibler divergence of the copy's distribution of the next token from the fetched file's, how often
  both find the same token the likeliest, and the mean negative log likelihood of the text, all in natural log units;
* with `--humaneval`, how many tasks in OpenAI's layout each answers right: one greedy answer of at most 400 tokens to
  the prompt of `%%qwen code`, nothing checked or mended, judged by the hidden tests in a process of their own.

The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from ctransformers.llm import Config
from gen_rate import humaneval

from qwen_magic.engines.base import Sampling
from qwen_magic.engines.evaluator import Evaluator, Slot
from qwen_magic.engines.llamacpp import Qwen2LLM
from qwen_magic.engines.local import LocalEngine
from qwen_magic.engines.quantisation import optimised
from qwen_magic.engines.threads import usable_cores
from qwen_magic.language import Language
from qwen_magic.prompt import CLOSING, CODE, Question, messages_for
from qwen_magic.reply import parse_code_blocks
from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.snapshot import NotebookContext
from qwen_magic.tasks import TASKS
from qwen_magic.weights.catalogue import ModelSpec, resolve
from qwen_magic.weights.download import fetch
from qwen_magic.weights.storage import optimised_place

SIZES = (1, 2, 4, 8, 16, 32, 128)
BEFORE = 200
TEXTS = (
    "README.md",
    "README.zh-CN.md",
    "docs/frontends.md",
    "qwen_magic/assistant.py",
    "qwen_magic/repair/search.py",
    "qwen_magic/checks/columns.py",
)
TOKENS = 1000
GREEDY = Sampling(temperature=0, repetition_penalty=1.0, max_tokens=400, stop=(CLOSING,))
JUDGED_SECONDS = 15


def files() -> dict[str, Path]:
    """The default model as fetched, and its copy."""
    spec = resolve(DEFAULT_MODEL)
    fetched = fetch(spec) if isinstance(spec, ModelSpec) else spec
    return {"fetched": fetched, "copy": optimised(fetched, optimised_place(fetched))}


def steps(paths: Mapping[str, Path], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of batches of `SIZES` tokens, for each file."""
    evaluators = {name: Evaluator(str(path)) for name, path in paths.items()}
    taken: dict[tuple[str, int], list[float]] = {}
    tokens = np.random.default_rng(0).integers(1000, 90_000, BEFORE + max(SIZES)).tolist()
    for evaluator in evaluators.values():
        evaluator.evaluate([Slot(token, i) for i, token in enumerate(tokens[:BEFORE])])
    for _ in range(rounds):
        for name, evaluator in evaluators.items():
            for size in SIZES:
                evaluator.rollback(BEFORE)
                outputs = range(size if size <= 32 else 1)
                new = enumerate(tokens[BEFORE : BEFORE + size], BEFORE)
                slots = [Slot(token, at, output=at - BEFORE in outputs) for at, token in new]
                started = time.perf_counter()
                evaluator.evaluate(slots)
                taken.setdefault((name, size), []).append((time.perf_counter() - started) * 1000)
    for evaluator in evaluators.values():
        evaluator.close()
    return {name: [statistics.median(taken[name, size]) for size in SIZES] for name in paths}


def distributions(path: Path) -> Iterator[tuple[list[int], np.ndarray]]:
    """For each text its tokens, and the log probabilities of what follows each."""
    evaluator = Evaluator(str(path))
    for text in TEXTS:
        words = (Path(__file__).parents[1] / text).read_text(encoding="utf-8")
        tokens = evaluator.vocabulary.tokenize(words)[:TOKENS]
        evaluator.clear()
        rows = evaluator.evaluate_logits([Slot(token, i, output=True) for i, token in enumerate(tokens)])
        rows -= rows.max(axis=1, keepdims=True)
        rows -= np.log(np.exp(rows).sum(axis=1, keepdims=True))
        yield tokens, rows
    evaluator.close()


def loss(paths: Mapping[str, Path]) -> dict[str, float]:
    """The divergence of the copy from the fetched file."""
    divergences, same, likelihoods = [], [], {name: list[float]() for name in paths}
    pairs = zip(distributions(paths["fetched"]), distributions(paths["copy"]), strict=True)
    for (tokens, wanted), (_, got) in pairs:
        divergences += (np.exp(wanted) * (wanted - got)).sum(axis=1).tolist()
        same += (wanted.argmax(axis=1) == got.argmax(axis=1)).tolist()
        for name, rows in (("fetched", wanted), ("copy", got)):
            likelihoods[name] += (-rows[np.arange(len(tokens) - 1), tokens[1:]]).tolist()
    return {
        "kl_mean": statistics.mean(divergences),
        "kl_median": statistics.median(divergences),
        "same_likeliest": statistics.mean(same),
        **{f"nll_{name}": statistics.mean(each) for name, each in likelihoods.items()},
    }


def right(engine: LocalEngine, task: dict[str, str]) -> bool:
    """Whether the engine's one answer to a task passes its tests."""
    question = Question(TASKS["code"], task["prompt"], Language.ENGLISH, NotebookContext(""))
    answer = CODE + "".join(engine.stream(messages_for(question, engine), GREEDY, prefill=CODE)) + CLOSING
    code = "\n\n".join(block.code for block in parse_code_blocks(answer))
    program = "\n\n".join((task["preamble"], code, task["check"]))
    try:
        judged = subprocess.run(  # noqa: S603 # the model's code, which is what is measured
            [sys.executable, "-c", program], capture_output=True, timeout=JUDGED_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return judged.returncode == 0


def answered(path: Path, tasks: Path, limit: int | None) -> list[bool]:
    """Which of HumanEval's tasks one greedy answer each of a file passes."""
    engine = LocalEngine("", Qwen2LLM(str(path), config=Config(context_length=4096, threads=usable_cores())))
    engine.measure()
    results = []
    for task in list(humaneval(tasks))[:limit]:
        results.append(right(engine, task))
        print(f"{path.stem[-16:]} {task['id']} {results[-1]} {sum(results)} of {len(results)}", file=sys.stderr)
    engine.close()
    return results


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--humaneval", type=Path, metavar="FILE.jsonl.gz", help="also answer these tasks")
    parser.add_argument("--limit", type=int, help="only so many of them")
    parser.add_argument("--rounds", type=int, default=12, help="of batches")
    given = parser.parse_args()
    paths = files()
    print("tokens   " + "".join(f"{size:>8}" for size in SIZES))
    taken = steps(paths, given.rounds)
    for name, milliseconds in taken.items():
        print(f"{name:<9}" + "".join(f"{each:8.1f}" for each in milliseconds))
    figures: dict[str, float] = {f"{name}_step_ms": round(each[0], 2) for name, each in taken.items()}
    figures |= {name: round(value, 4) for name, value in loss(paths).items()}
    if given.humaneval:
        results = {name: answered(path, given.humaneval, given.limit) for name, path in paths.items()}
        figures |= {f"humaneval_{name}": sum(each) for name, each in results.items()}
        figures["humaneval_same"] = sum(a == b for a, b in zip(*results.values(), strict=True))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
