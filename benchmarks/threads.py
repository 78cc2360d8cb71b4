"""Is the number of threads that qwen_magic chooses the best one: the speed of a model with each number.

    python benchmarks/threads.py [--engine MODEL] [--quota CPUS] [--load] [--rounds N] [--prompt N] [--tokens N]

A request is a prompt, read in batches as the package does, and then an answer, token by token; the tokens are always
the same, and nothing is drawn from the logits. Every number of threads from 1 to twice the CPUs of the affinity mask
makes such a request in each round; the rounds go up and down in turns, so that what else happens on the machine hits
all alike. A few tokens that are not timed come before each request, for the threads to start. Rates are tokens a
second, medians of the rounds.

`--quota 1` measures in a child process in a cgroup that may use so much of the CPUs (in periods of 100 ms; the affinity
mask still shows all of them). That takes root, and cgroups that are not somebody else's to divide. `--load` keeps one
CPU busy meanwhile, from outside that cgroup.

The last line is one JSON object. "share_of_best" is how fast the number chosen makes a whole request, as a share of the
number that makes it fastest. The cores should do nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from qwen_magic.engines.evaluator import Evaluator, Slot
from qwen_magic.engines.quantisation import optimised
from qwen_magic.engines.threads import usable_cores
from qwen_magic.weights.catalogue import resolve
from qwen_magic.weights.download import fetch
from qwen_magic.weights.storage import optimised_place

CGROUPS = Path("/sys/fs/cgroup")
PERIOD = 100_000  # microseconds
BUSY = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"  # outlives nobody
STARTING = 8  # tokens


@dataclass(frozen=True, slots=True)
class Request:
    """Seconds that a prompt and an answer took."""

    reading: float
    decoding: float

    @property
    def seconds(self) -> float:
        return self.reading + self.decoding


def timed(model: Evaluator, threads: int, prompt: int, tokens: int) -> Request:
    """One request of so many tokens."""
    slots = [Slot(1000 + i % 1000, i, output=i >= prompt - 1) for i in range(prompt + tokens)]
    model.use_threads(threads)
    for slot in slots[:STARTING]:
        model.evaluate([slot])
    model.rollback(0)
    started = time.perf_counter()
    fits = model.evaluate(slots[:prompt])
    read = time.perf_counter()
    fits = fits and all(model.evaluate([slot]) for slot in slots[prompt:])
    decoded = time.perf_counter()
    if not fits:
        raise SystemExit("prompt and answer do not fit into the model's context window")
    model.rollback(0)
    return Request(read - started, decoded - read)


def measure(given: argparse.Namespace) -> None:
    """Measure in this process, and print the report."""
    found = resolve(given.engine)
    path = found if isinstance(found, Path) else fetch(found)
    model = Evaluator(str(optimised(path, optimised_place(path))), given.prompt + given.tokens)
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    numbers = range(1, 2 * cpus + 1)
    requests: dict[int, list[Request]] = defaultdict(list)
    for turn in range(given.rounds):
        for threads in reversed(numbers) if turn % 2 else numbers:
            requests[threads].append(timed(model, threads, given.prompt, given.tokens))
    model.close()
    print(report(requests, usable_cores(), given.prompt, given.tokens))


def report(requests: dict[int, list[Request]], chosen: int, prompt: int, tokens: int) -> str:
    """A line for each number of threads, then the last line."""
    seconds = {threads: statistics.median(one.seconds for one in made) for threads, made in requests.items()}
    best = min(seconds, key=seconds.__getitem__)
    lines = ["threads  reading  decoding  request"]
    for threads, made in requests.items():
        reading = prompt / statistics.median(one.reading for one in made)
        decoding = tokens / statistics.median(one.decoding for one in made)
        notes = [name for name, number in (("chosen", chosen), ("best", best)) if number == threads]
        lines.append(
            f"{threads:>7}  {reading:>7.1f}  {decoding:>8.1f}  {seconds[threads]:>5.2f} s  {', '.join(notes)}".rstrip()
        )
    share = round(seconds[best] / seconds[chosen], 3)
    return "\n".join([*lines, json.dumps({"chosen": chosen, "best": best, "share_of_best": share})])


@contextmanager
def limited(cpus: float) -> Iterator[Path]:
    """A cgroup of version 1 or 2 with a CPU quota. Its processes must have ended when it is left. Raises `OSError`."""
    version_1 = (CGROUPS / "cpu").is_dir()
    group = (CGROUPS / "cpu" if version_1 else CGROUPS) / f"qwen_magic.{os.getpid()}"
    group.mkdir()
    try:
        if version_1:
            (group / "cpu.cfs_period_us").write_text(f"{PERIOD}")
            (group / "cpu.cfs_quota_us").write_text(f"{cpus * PERIOD:.0f}")
        else:
            (group / "cpu.max").write_text(f"{cpus * PERIOD:.0f} {PERIOD}")
        yield group
    finally:
        group.rmdir()


@contextmanager
def running(arguments: Sequence[str], group: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process, begun in a cgroup if one is given; it has ended when this is left."""
    enter = (lambda: (group / "cgroup.procs").write_text("0")) if group else None
    process = subprocess.Popen([sys.executable, *arguments], preexec_fn=enter)  # noqa: S603 # ours
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def measure_limited(given: argparse.Namespace) -> int:
    """The same in a child process with a CPU quota; its exit code."""
    arguments = [__file__, "--engine", given.engine]
    for name in ("rounds", "prompt", "tokens"):
        arguments += [f"--{name}", str(getattr(given, name))]
    with limited(given.quota) as group, running(arguments, group) as child:
        return child.wait()


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--engine", default="qwen2.5-coder-0.5b", help="a model as `%%qwen model` takes it")
    parser.add_argument("--quota", type=float, metavar="CPUS", help="measure in a cgroup with such a quota")
    parser.add_argument("--load", action="store_true", help="keep one CPU busy meanwhile")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--prompt", type=int, default=256, help="tokens of the prompt")
    parser.add_argument("--tokens", type=int, default=64, help="tokens of the answer")
    given = parser.parse_args()
    # What is under way is ended and the cgroup removed also when somebody ends this.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with running(["-c", BUSY]) if given.load else nullcontext():
        if given.quota is None:
            measure(given)
            return
        try:
            sys.exit(measure_limited(given))
        except (OSError, subprocess.SubprocessError) as error:
            raise SystemExit(f"not measured under a quota: {error}") from None


if __name__ == "__main__":
    main()
