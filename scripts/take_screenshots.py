"""Take the pictures of README.md from the real thing: a real JupyterLab, the real model, a headless Chromium.

    .venv/bin/python scripts/take_screenshots.py

It drives the page as the browser tests do, and with their helpers.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab_page import LabPage, running_browser, running_server, wait_until  # noqa: E402 # they are no package

LOAD = "%load_ext qwen_magic"
FAILING = "stock = {'apple': 3, 'pear': 5}\nleft = stock['aple'] - 1"
QUESTION = """\
%%qwen code
Write a function word_counts(text): how often each word occurs, the most frequent first.

>>> word_counts("a b a")
[('a', 2), ('b', 1)]
>>> word_counts("to be or not to be")
[('to', 2), ('be', 2), ('or', 1), ('not', 1)]
>>> word_counts("")
[]"""


def answer(lab: LabPage) -> None:
    """A complete answer, its code tried with examples."""
    lab.server.write("panel.ipynb", LOAD, QUESTION)
    lab.open("panel.ipynb", "notebook")
    lab.run(0)
    lab.run(1)
    take(lab, 1, "panel")


def repair(lab: LabPage) -> None:
    """The line under a traceback, then the difference that Replace shows."""
    lab.server.write("failure.ipynb", LOAD, FAILING)
    lab.open("failure.ipynb", "notebook")
    lab.run(0)
    lab.run(1)
    wait_until(lambda: lab.buttons(1), "the buttons of the line")
    take(lab, 1, "error-line")
    lab.click(1, "Fix")
    lab.click(1, "Replace cell")
    take(lab, 1, "diff")


def take(lab: LabPage, number: int, name: str) -> None:
    """A picture of a cell, without the toolbar that JupyterLab shows in the active one."""
    lab.page.add_style_tag(content=".jp-cell-toolbar { visibility: hidden }")
    lab.page.mouse.move(0, 0)
    lab.screenshot(ROOT / "docs" / f"{name}.png", number)


def main() -> None:
    """Take all of them."""
    with tempfile.TemporaryDirectory() as home, running_server(Path(home)) as server, running_browser() as browser:
        for scene in (answer, repair):
            page = browser.new_page(viewport={"width": 860, "height": 1000})
            scene(LabPage(page, server))
            page.close()
            server.end_kernels()


if __name__ == "__main__":
    main()
