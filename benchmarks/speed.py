"""How fast answers come, beside plain llama-cpp-python and other programs.

    python benchmarks/speed.py [--rounds N] [--peers PYTHON] [--skip-kernels] [--tokens N]

"Plain" is llama-cpp-python's high-level `Llama` on the default model's file as the catalogue names it, with as many
threads and the same greedy sampling; "ours" is the engine of the magics as they load it: the copy of that file for this
processor, guesses checked in batches. Both answer the prompts of `prompts.py`, in turns, in one process, each prompt
without anything that was computed before; one answer of each, not counted, goes first. Ratios are plain seconds over
ours, medians of the rounds for each prompt and then over the prompts, above 1 is faster:

* `decode_ratio`: seconds a token after the first, free text and code, at most `--tokens`;
* `prefill_ratio`: seconds to the first token of a question of some 300 tokens, nothing of it read before;
* `edit_ratio`: whole answers that repeat most of a cell (edit, doc, whole-cell fix), seconds a token with the prompt
  read; both end at the closing fence. `edit_draft_ratio` is ours without guesses over ours with them;
* `free_text_draft_ratio`: ours without guesses over ours with them, free text.

The roof: what two threads read from memory in this run, the bytes of weights that a token needs, and the share of that
bandwidth that decoding without guesses reaches. `--peers` is a Python in which `pip install '.[peers]'` was done:
`peers.py` then asks the other programs for the free texts. The figures of `fix_speed.py` and `footprint.py` join them
unless `--skip-kernels`. The machine should have nothing else to do. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import fix_speed
import footprint
import numpy as np
from llama_cpp import Llama
from prompts import EDITS, FREE, SALES, Asked
from quantisation import files

from qwen_magic.engines.base import Sampling
from qwen_magic.engines.drafting import BatchCosts
from qwen_magic.engines.gguf import check
from qwen_magic.engines.llamacpp import Qwen2LLM
from qwen_magic.engines.loading import EngineSpec, load
from qwen_magic.engines.local import LocalEngine
from qwen_magic.engines.threads import usable_cores
from qwen_magic.prompt import system_message
from qwen_magic.tasks import EN

LONG = Asked("explain", "", f"{SALES}\n{SALES.replace('sales', 'orders')}")
PEERS = ("llama-cpp-python", "xllamacpp", "xllamacpp-ngram", "transformers-bf16", "transformers-fp32", "openvino")
WHOLE = 400  # tokens, more than a cell has
READ = 1 << 29  # bytes, more than any cache holds


@dataclass(frozen=True, slots=True)
class Took:
    """One answer: seconds to its first token and to its end, and its tokens."""

    first: float
    seconds: float
    tokens: int

    @property
    def a_token(self) -> float:
        return (self.seconds - self.first) / max(self.tokens - 1, 1)

    @property
    def whole(self) -> float:
        return self.seconds / max(self.tokens, 1)


Answers = Callable[[Asked], Took]


def plain(llama: Llama, engine: LocalEngine, tokens: int) -> Answers:
    """Answers of the high-level class to the same prompts."""

    def answer(asked: Asked) -> Took:
        messages, prefill, stop = asked.prompt(engine)
        prompt = llama.tokenize((engine.render(messages) + prefill).encode(), add_bos=False, special=True)
        llama.reset()
        started, first, count = time.perf_counter(), 0.0, 0
        pieces = llama.create_completion(
            prompt, max_tokens=tokens, temperature=0, repeat_penalty=1.0, stop=list(stop), stream=True
        )
        for _ in pieces:
            first = first or time.perf_counter() - started
            count += 1
        # What was generated, as it counts itself: pieces may hold several tokens, and the last is the end.
        return Took(first, time.perf_counter() - started, llama.n_tokens - len(prompt) + 1 if count else 0)

    return answer


def ours(engine: LocalEngine, tokens: int, costs: BatchCosts | None) -> Answers:
    """Answers of the engine, which has forgotten everything before each; it guesses if batches have `costs`."""

    def answer(asked: Asked) -> Took:
        messages, prefill, stop = asked.prompt(engine)
        assert isinstance(engine.model, Qwen2LLM)  # noqa: S101 # for mypy
        engine.model.forget()
        engine.costs = costs
        sampling = Sampling(temperature=0, repetition_penalty=1.0, max_tokens=tokens, stop=stop)
        stream = engine.stream(messages, sampling, prefill=prefill)
        while True:
            try:
                next(stream)
            except StopIteration as end:
                usage = end.value
                return Took(usage.first_token_seconds, usage.seconds, usage.completion_tokens)

    return answer


def in_turns(asked: Sequence[Asked], answers: dict[str, Answers], rounds: int) -> list[dict[str, list[Took]]]:
    """For each prompt, what each way of answering took in each round."""
    took: list[dict[str, list[Took]]] = []
    for one in asked:
        took.append({name: [] for name in answers})
        for _ in range(rounds):
            for name, answer in answers.items():
                took[-1][name].append(answer(one))
        means = {name: statistics.median(t.a_token for t in each) * 1000 for name, each in took[-1].items()}
        said = "  ".join(f"{name} {mean:.1f} ms a token" for name, mean in means.items())
        print(f"{one.verb:<8}{one.words[:40]:<42}{said}", file=sys.stderr)
    return took


def ratio(took: Sequence[dict[str, list[Took]]], slow: str, fast: str, figure: Callable[[Took], float]) -> float:
    """The median over the prompts of how much longer one way takes than another."""
    ratios = [statistics.median(map(figure, each[slow])) / statistics.median(map(figure, each[fast])) for each in took]
    return round(statistics.median(ratios), 2)


def bandwidth(threads: int) -> float:
    """Bytes a second that so many threads read from memory together; the best of five."""
    numbers = [np.ones(READ // 8 // threads, dtype=np.int64) for _ in range(threads)]
    best = 0.0
    for _ in range(5):
        readers = [threading.Thread(target=each.max) for each in numbers]
        started = time.perf_counter()
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        best = max(best, READ / (time.perf_counter() - started))
    return best


def read_by_a_token(path: Path) -> float:
    """Bytes of weights that one token needs: all of the file but the table of embeddings, of which it is one row."""
    embedding = check(path).tensors["token_embd.weight"]
    bits = {2: 4.5, 6: 5.5, 8: 8.5}[embedding.type]  # of Q4_0, Q5_0 and Q8_0 in ggml.h
    return path.stat().st_size - embedding.elements * bits / 8


def ask_peers(python: str, gguf: Path, engine: LocalEngine, tokens: int) -> dict[str, dict[str, Any]]:
    """The last line of `peers.py` for each program, or what it says on standard error."""
    prompts = [engine.render(messages) + prefill for messages, prefill, _ in (one.prompt(engine) for one in FREE)]
    said: dict[str, dict[str, Any]] = {}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(prompts, file)
        file.flush()
        for peer in PEERS:
            options = ["--gguf", str(gguf), "--prompts", file.name, "--tokens", str(tokens)]
            command = [
                python,
                str(Path(__file__).with_name("peers.py")),
                peer,
                *options,
                "--threads",
                f"{usable_cores()}",
            ]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 # ours
            lines = ran.stdout.strip().splitlines()
            said[peer] = json.loads(lines[-1]) if not ran.returncode else {"error": ran.stderr.strip()[-200:]}
            print(peer, said[peer], file=sys.stderr)
    return said


def measure(rounds: int, tokens: int, peers: str) -> dict[str, Any]:
    """The ratios of the engine, the roof, and what the other programs said."""
    paths = files()
    threads = usable_cores()
    engine = load(EngineSpec("ours", paths["fetched"], 4096, copy=paths["copy"]), [system_message(EN)])
    assert isinstance(engine, LocalEngine)  # noqa: S101 # for mypy
    costs = engine.costs
    assert costs is not None  # noqa: S101 # for mypy
    llama = Llama(str(paths["fetched"]), n_ctx=4096, n_threads=threads, n_threads_batch=threads, verbose=False)

    def ways(most: int) -> dict[str, Answers]:
        guessing, not_guessing = ours(engine, most, costs), ours(engine, most, None)
        return {"plain": plain(llama, engine, most), "ours": guessing, "no guesses": not_guessing}

    in_turns([replace(FREE[0], words="Hello")], ways(8), 1)
    free = in_turns(FREE, ways(tokens), rounds)
    edits = in_turns(EDITS, ways(WHOLE), rounds)
    long = in_turns([LONG], ways(2), 2 * rounds)
    decoding = statistics.median(statistics.median(t.a_token for t in each["no guesses"]) for each in free)
    best, needed = bandwidth(threads), read_by_a_token(paths["copy"])
    return {
        "decode_ratio": ratio(free, "plain", "ours", lambda took: took.a_token),
        "prefill_ratio": ratio(long, "plain", "ours", lambda took: took.first),
        "edit_ratio": ratio(edits, "plain", "ours", lambda took: took.whole),
        "edit_draft_ratio": ratio(edits, "no guesses", "ours", lambda took: took.whole),
        "free_text_draft_ratio": ratio(free, "no guesses", "ours", lambda took: took.a_token),
        "step_ms": round(decoding * 1000, 1),
        "bandwidth_gb_s": round(best / 1e9, 1),
        "mb_a_token": round(needed / 1e6),
        "share_of_bandwidth": round(needed / decoding / best, 2),
        **({"peers": ask_peers(peers, paths["fetched"], engine, tokens)} if peers else {}),
    }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=128, help="most tokens of a free text")
    parser.add_argument("--peers", default="", metavar="PYTHON", help="a Python that has the other programs")
    parser.add_argument("--skip-kernels", action="store_true", help="only the engine")
    given = parser.parse_args()
    figures = measure(given.rounds, given.tokens, given.peers)
    peers = figures.pop("peers", {})
    if not given.skip_kernels:
        figures |= fix_speed.measure(Path(__file__).parent / "cases" / "fix.jsonl", 12, given.rounds)
        figures |= footprint.measure(given.rounds)
    for name, said in {**figures, **peers}.items():
        print(f"{name:<24}{said}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
