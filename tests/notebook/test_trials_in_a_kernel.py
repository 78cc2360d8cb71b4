"""Trials in a real kernel: with its sockets, its threads, its loop and its history."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest
from jupyter_client.manager import start_new_kernel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernel")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder))
        manager, client = start_new_kernel(cwd=str(folder))
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def run(kernel):
    """Runs a cell and gives what a front end would show for it."""

    def run(cell):
        shown = []

        def keep(message):
            if message["msg_type"] not in ("status", "execute_input"):
                shown.append((message["msg_type"], message["content"]))

        reply = kernel.execute_interactive(dedent(cell), timeout=60, output_hook=keep)
        return reply["content"], shown

    return run


def text(shown):
    return "".join(content.get("text") or content["data"]["text/plain"] for _, content in shown)


TRIALS = "from qwen_magic.notebook.forking import ForkedTrials\ntrials = ForkedTrials(get_ipython())"


def test_a_trial_shows_nothing_and_changes_nothing(run):
    run(TRIALS)
    run("import logging, sys\nnumbers = [1]\nhandler = logging.StreamHandler(sys.stderr)")
    run("import pandas as pd, matplotlib.pyplot as plt\nfrom IPython.display import display")
    before, _ = run("len(In), len(Out)")
    reply, shown = run(
        """
        result = trials.run('''
        print("printed"); print("to err", file=sys.stderr)
        log = logging.getLogger("trial"); log.addHandler(handler); log.warning("logged")
        import os; os.write(1, b"from C"); os.write(2, b"from C")
        display(pd.DataFrame({"a": [1]}))
        plt.plot([1, 2]); plt.show()
        numbers.append(2)
        numbers
        ''')
        """
    )

    assert shown == []
    assert reply["status"] == "ok"
    assert reply["execution_count"] == before["execution_count"] + 1
    _, shown = run("print(result.ending, result.reason, result.failure)\nprint(result.output)")
    assert text(shown) == (
        "ran None None\nprinted\nto err\nlogged\n   a\n0  1\n<Figure size 640x480 with 1 Axes>\n[1, 2]\n\n"
    )
    _, shown = run("print(numbers, plt.get_fignums(), len(In), list(Out))")
    last = before["execution_count"]
    assert text(shown) == f"[1] [] {last + 4} [{last}]\n"


def test_widgets_say_nothing_to_the_front_end(run):
    run(TRIALS)
    _, shown = run("trials.run('import ipywidgets\\ndisplay(ipywidgets.IntSlider())').ending.value")
    assert text(shown) == "'ran'"


def test_the_loop_is_running_as_for_any_cell(run):
    run(TRIALS)
    run("import asyncio\nasync def three():\n    await asyncio.sleep(0.01)\n    return 3")
    _, shown = run("print(trials.run('await three()').output, trials.run('asyncio.run(three())').failure.error)")

    assert text(shown).startswith("3\n RuntimeError: asyncio.run() cannot be called from a running event loop")


def test_errors_are_those_that_the_kernel_records(run):
    run(TRIALS)
    _, shown = run("print(trials.run('x = 1\\nx.y').failure.traceback)")

    assert "line 2, in <module>\n    x.y\nAttributeError: 'int' object has no attribute 'y'" in text(shown)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("input()", "would ask for input"),
        ("!ls", "would run a command: ls"),
        ("%pip install x", "would run a command"),
        ("get_ipython().kernel.iopub_socket", None),
    ],
)
def test_the_kernel_is_out_of_reach(run, cell, words):
    run(TRIALS)
    _, shown = run(f"r = trials.run({cell!r}, seconds=2)\nprint(r.reason.en if r.reason else r.ending)")

    assert text(shown).startswith(words or "ran")


def test_many_trials_leave_the_kernel_and_its_history_well(run, kernel):
    run(TRIALS)
    _, shown = run(
        """
        import threading
        seen = [trials.run("numbers = list(range(5))\\nnumbers[n]".replace("n]", str(n) + "]")) for n in range(20)]
        print(sum(r.ran for r in seen), [r.failure.ename for r in seen if r.failure][:1])
        """
    )
    assert text(shown) == "5 ['IndexError']\n"
    run("'the cell to remember'")
    _, shown = run(
        """
        history = get_ipython().history_manager
        history.writeout_cache()
        print(sum("remember'" in cell for *_, cell in history.get_range(raw=True)))
        import sqlite3
        with sqlite3.connect(history.hist_file) as saved:
            print(saved.execute("select count(*) from history where source = '''the cell to remember'''").fetchone()[0])
        """
    )
    assert text(shown).splitlines()[1] == "1"
    _, shown = run("%history -l 1")
    assert shown
