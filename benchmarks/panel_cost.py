"""What the panel that an answer streams into costs it, in time.

    python benchmarks/panel_cost.py [--rounds N]

One kernel, a warm model, one question of which the greedy answer is cut off at 200 tokens; its code is not tried. In
turns, the answer is shown as in JupyterLab - widgets, rendered Markdown, the static text that remains, every message
read by this process as it comes - and by a renderer that does nothing, put into the place of the session's. The first
of each is not counted. Seconds are those from the request to its last output; `panel_cost` is the median with the panel
over the median without, less 1. They include the tenth of a second that an answer with a Stop button waits at its end;
`panel_stream_cost` is the same for the seconds that the engine was generating, which do not. `panel_cpu_ms` is the
processor time that the panel takes of the thread that shows it; other work on the machine hardly changes that. What the
server and the browser make of the messages is in none of them. A round in which the panel did not stream ends the run,
and so does one with another answer.

The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from dataclasses import dataclass

from notebook_kernel import NotebookKernel, Ran, prepare_model

QUESTION = "Write a Python class for a bank account with deposit, withdraw and transfer, then explain each method."
TOKENS = 200
NOTHING = """
import time

class _Nothing:
    start = progress = write = finish = lambda self, said: None
    abandon = lambda self: None

_interface = get_ipython().find_line_magic("qwen").__self__.session.interface
"""
WITHOUT = "_interface.renderer = _Nothing"
WITH = "vars(_interface).pop('renderer', None)"


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: seconds for the user, of the engine and of the thread that shows it, its text, and how often more of
    it came to the panel.
    """

    seconds: float
    engine_seconds: float
    cpu_seconds: float
    text: str
    updates: int


def measure(rounds: int = 5) -> dict[str, float]:
    """The figures by name."""
    prepare_model()
    panel: list[Answered] = []
    nothing: list[Answered] = []
    with NotebookKernel() as kernel:
        kernel.show(f"%load_ext qwen_magic\n{NOTHING}")
        for _ in range(rounds + 1):
            panel.append(_answered(kernel, WITH))
            nothing.append(_answered(kernel, WITHOUT))
    if len({each.text for each in panel + nothing}) > 1:
        raise SystemExit("the answers differ, and so may their times")
    if not all(each.updates for each in panel) or any(each.updates for each in nothing):
        raise SystemExit("the panel did not stream, or streamed where it should not")
    panel, nothing = panel[1:], nothing[1:]
    for one, other in zip(panel, nothing, strict=True):
        print(f"panel {one.seconds:.2f} s, none {other.seconds:.2f} s", file=sys.stderr)
    seconds, engine, cpu = (
        [statistics.median(getattr(each, name) for each in which) for which in (panel, nothing)]
        for name in ("seconds", "engine_seconds", "cpu_seconds")
    )
    return {
        "panel_cost": round(seconds[0] / seconds[1] - 1, 4),
        "panel_stream_cost": round(engine[0] / engine[1] - 1, 4),
        "panel_cpu_ms": round((cpu[0] - cpu[1]) * 1000, 1),
        "panel_s": round(seconds[0], 3),
        "panel_updates": statistics.median(each.updates for each in panel),
    }


def _answered(kernel: NotebookKernel, how: str) -> Answered:
    kernel.run(how, history=False)
    before = kernel.evaluate("time.thread_time()")
    ran = kernel.ask(QUESTION, f"--max-tokens {TOKENS}")
    after, seconds, text = kernel.evaluate("(time.thread_time(), _qwen.usage.seconds, _qwen.text)")
    return Answered(ran.seconds, seconds, after - before, text, _updates(ran))


def _updates(ran: Ran) -> int:
    """How many messages gave a widget more of the answer."""
    states = [message["content"]["data"].get("state", {}) for message in ran.shown if message["msg_type"] == "comm_msg"]
    return sum("jp-RenderedMarkdown" in str(state.get("value", "")) for state in states)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5)
    print(json.dumps(measure(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
