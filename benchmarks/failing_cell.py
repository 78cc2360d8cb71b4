"""What the extension costs a cell that fails: the diagnosis, and the line under the traceback.

    python benchmarks/failing_cell.py [--cases FILE.jsonl] [--limit N] [--rounds N]

For the cases of `fix_rate.py`: two fresh kernels, one with the extension loaded, run the set-up cells and then the
failing cell, in turns, as JupyterLab asks for it (with the id of a cell, so that the line is shown). Seconds are those
from the request to the reply, which comes when the line has been sent. The first round is not counted.

It prints the median of each kernel and of the differences, their 90th percentile, and the costliest cases; the last
line is one JSON object, in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

from kernel import Kernel
from table import read

COSTLIEST = 5


class Page(Kernel):
    """A kernel whose cells are those of a notebook in JupyterLab."""

    def milliseconds(self, source: str) -> float:
        """How long a cell takes."""
        request = self._client.session.msg(
            "execute_request",
            {"code": source, "silent": False, "store_history": True, "allow_stdin": True, "stop_on_error": False},
        )
        request["metadata"] = {"cellId": "failing"}
        started = time.perf_counter()
        self._client.shell_channel.send(request)
        while self._client.get_shell_msg(timeout=60)["parent_header"].get("msg_id") != request["header"]["msg_id"]:
            pass
        return (time.perf_counter() - started) * 1000


def measured(case: dict[str, object], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the failing cell without the extension and with it."""
    with Page() as without, Page() as loaded:
        loaded.milliseconds("%load_ext qwen_magic\n%config QwenSettings.warm_up = False")
        for source in case["setup"]:  # type: ignore[attr-defined]
            without.run(source)
            loaded.run(source)
        pairs = [
            (without.milliseconds(str(case["cell"])), loaded.milliseconds(str(case["cell"]))) for _ in range(rounds)
        ]
    return [plain for plain, _ in pairs[1:]], [more for _, more in pairs[1:]]


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=Path, default=Path(__file__).parent / "cases" / "fix.jsonl")
    parser.add_argument("--limit", type=int, default=20, help="so many cases, spread over the file")
    parser.add_argument("--rounds", type=int, default=6)
    options = parser.parse_args()
    cases = list(read(options.cases))
    chosen = cases[:: max(1, len(cases) // options.limit)][: options.limit]
    costs, without, loaded = {}, [], []
    for case in chosen:
        plain, more = measured(case, options.rounds)
        costs[case["id"]] = statistics.median(more) - statistics.median(plain)
        without += plain
        loaded += more
    cost = sorted(costs.values())
    figures = {
        "cases": len(chosen),
        "without_ms": round(statistics.median(without), 1),
        "with_ms": round(statistics.median(loaded), 1),
        "cost_median_ms": round(statistics.median(cost), 1),
        "cost_p90_ms": round(cost[int(0.9 * (len(cost) - 1))], 1),
        "cost_most_ms": round(cost[-1], 1),
    }
    for name in sorted(costs, key=costs.__getitem__, reverse=True)[:COSTLIEST]:
        print(f"{name:<20} {costs[name]:6.1f} ms")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
