"""How soon a failed cell is repaired or explained, with a warm model.

    python benchmarks/fix_speed.py [--cases FILE.jsonl] [--every N] [--rounds N]

Some of the cases of `fix_rate.py`, each in a fresh kernel with the default model and settings:

* `fix_median_s`: seconds of `%qwen fix` from the request to the whole answer, trials included, over the cases for which
  it found something that runs; `verified_median_s` over those that it called certain or verified;
* `fix_batch_ratio`: with the diagnosis switched off, so that all comes from the model, the seconds of the search as it
  is and of one that evaluates one branch at a time and tries nothing before all of them are written, without the
  sentence on the cause that follows; each the sum over the cases, the medians of the rounds for each, in turns;
* `first_token_warm_ms`: the cell has failed, the model has read it in the background, the user asks for an explanation:
  from where the kernel begins to run the request to where the panel has been sent its first words;
  `first_token_cold_ms` is the same with `QwenSettings.ahead` off.

The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kernel import prepare
from notebook_kernel import NotebookKernel, prepare_model
from table import BELIEVED, read

PREPARE = """
import threading, time
from qwen_magic.engines import branching, evaluator
from qwen_magic.notebook import failures
from qwen_magic.renderers import panel
from qwen_magic.repair import proposals

_session = get_ipython().find_line_magic("qwen").__self__.session
_diagnose, _evaluate_logits, _meanwhile = failures.diagnose, evaluator.Evaluator.evaluate_logits, proposals.meanwhile
_times = {}

def _begin(info):
    _times["begin"] = time.perf_counter()
    _times.pop("shown", None)

def _show(self, *said, _show=panel._Panel.show):
    _show(self, *said)
    _times.setdefault("shown", time.perf_counter())

def _read_ahead():
    for thread in threading.enumerate():
        if thread.name == "qwen_magic ahead":
            thread.join()

def _forget():
    _session.models.loader.ready.model.forget()

def _one_at_a_time(self, slots):
    import numpy as np
    if len({slot.sequence for slot in slots}) < 2:
        return _evaluate_logits(self, slots)
    return np.concatenate([_evaluate_logits(self, [slot]) for slot in slots])

def _all_first(items, over):
    return (each for each in list(items))

def _search(batched):
    evaluator.Evaluator.evaluate_logits = _evaluate_logits if batched else _one_at_a_time
    proposals.meanwhile = _meanwhile if batched else _all_first

panel._Panel.show = _show
get_ipython().events.register("pre_run_cell", _begin)
"""
WORKING = ("certain", "verified", "runs, unverified", "not tried")


def measure(cases: Path, every: int, rounds: int) -> dict[str, float]:
    """The figures by name."""
    prepare_model()
    fixes: list[tuple[str, float, float]] = []
    batched, single = 0.0, 0.0
    warm, cold = [], []
    for case in list(read(cases))[::every]:
        with NotebookKernel() as kernel:
            prepare(kernel, "", case["setup"])
            kernel.run(PREPARE, history=False)
            kernel.run("%config QwenSettings.renderer = 'auto'", history=False)
            fixes.append(_fixed(kernel, case))
            seconds = {how: [] for how in (True, False)}
            kernel.run("failures.diagnose = lambda evidence: None", history=False)
            for _ in range(rounds):
                for how, taken in seconds.items():
                    kernel.run(f"_search({how})", history=False)
                    taken.append(_fixed(kernel, case)[2])
            kernel.run("_search(True); failures.diagnose = _diagnose", history=False)
            batched += statistics.median(seconds[True])
            single += statistics.median(seconds[False])
            warm += list(_first_tokens(kernel, case, rounds, ahead=True))
            cold += list(_first_tokens(kernel, case, rounds, ahead=False))
            said = f"{fixes[-1]} {seconds[True]} {seconds[False]} {warm[-1]:.0f} {cold[-1]:.0f} ms"
            print(f"{case['id']:<24} {said}", file=sys.stderr)
    return {
        "fix_median_s": round(statistics.median(taken for badge, taken, _ in fixes if badge in WORKING), 2),
        "verified_median_s": round(statistics.median(taken for badge, taken, _ in fixes if badge in BELIEVED), 2),
        "search_s": round(batched, 1),
        "search_one_by_one_s": round(single, 1),
        "fix_batch_ratio": round(single / batched, 2),
        "first_token_warm_ms": round(statistics.median(warm), 1),
        "first_token_cold_ms": round(statistics.median(cold), 1),
    }


def _fixed(kernel: NotebookKernel, case: dict[str, Any]) -> tuple[str, float, float]:
    """The badge of a repair, the seconds of the whole answer, and those of the search alone."""
    kernel.run(case["cell"])
    kernel.evaluate("_read_ahead()")  # a cell would stop it
    ran = kernel.show("%qwen fix")
    badge, searched = kernel.evaluate("(str(_qwen.badge), _qwen.usage.seconds)")
    return badge if ran.ok else "", ran.seconds, searched


def _first_tokens(kernel: NotebookKernel, case: dict[str, Any], rounds: int, *, ahead: bool) -> Iterator[float]:
    """Milliseconds until the first words of an explanation."""
    kernel.run(f"_session.settings.ahead = {ahead}", history=False)
    for _ in range(rounds):
        kernel.run("_forget()", history=False)
        # Only the beginning that all prompts share was read before.
        kernel.run("%qwen ask --fresh --no-context --max-tokens 4 What is a list?", history=False)
        kernel.run(case["cell"])
        kernel.evaluate("_read_ahead()")  # a cell would stop it
        kernel.show("%qwen explain --max-tokens 16")
        yield 1000 * float(kernel.evaluate("_times['shown'] - _times['begin']"))


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--cases", type=Path, default=Path(__file__).parent / "cases" / "fix.jsonl")
    parser.add_argument("--every", type=int, default=12, help="of the cases, every Nth")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(json.dumps(measure(given.cases, given.every, given.rounds)))


if __name__ == "__main__":
    main()
