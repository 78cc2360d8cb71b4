"""The main job as users see it: real weights, a real JupyterLab and Notebook 7."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lab_page import wait_until

from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.weights.catalogue import resolve
from qwen_magic.weights.download import fetch

if TYPE_CHECKING:
    from pathlib import Path

    from lab_page import LabPage, LabServer

pytestmark = [pytest.mark.browser, pytest.mark.model]

LOAD = "%load_ext qwen_magic\n%config QwenSettings.seed = 1\n%config QwenSettings.temperature = 0"
FRONTENDS = pytest.mark.parametrize("frontend", ["lab", "notebook"])


@pytest.fixture(scope="module", autouse=True)
def weights() -> Path:
    """A download in the middle of a browser test would only tell how fast the network is."""
    return fetch(resolve(DEFAULT_MODEL))


@FRONTENDS
def test_an_answer_grows_and_stays_as_text(lab: LabPage, lab_server: LabServer, frontend: str) -> None:
    question = "%%qwen --max-tokens 150\nExplain every Python keyword, one after the other."
    lab_server.write("ask.ipynb", LOAD, question)
    lab.open("ask.ipynb", frontend)
    lab.run(0)
    lab.start(1)
    early = wait_until(lambda: len(lab.text(1)) > 100 and lab.text(1), "the first words of an answer")
    wait_until(lambda: len(lab.text(1)) > len(early) + 50, "a longer answer")
    lab.wait_done(1)
    assert "tokens/s" in lab.text(1)

    outputs = lab.save()["cells"][1]["outputs"]
    assert [set(output["data"]) for output in outputs] == [{"text/markdown", "text/plain"}]
    answer = "".join(outputs[0]["data"]["text/plain"])
    lab.reload_with_fresh_kernel()
    assert "Error displaying widget" not in lab.text(1)
    assert answer.split()[0] in lab.text(1)


@FRONTENDS
def test_code_becomes_the_next_cell_and_runs(lab: LabPage, lab_server: LabServer, frontend: str) -> None:
    question = "%%qwen code --insert\nWrite a function is_palindrome(text) that returns a bool. No examples."
    lab_server.write("insert.ipynb", LOAD, question, "is_palindrome('level'), is_palindrome('lever')")
    lab.open("insert.ipynb", frontend)
    lab.run(0)
    lab.run(1)
    lab.cell(3).wait_for()
    assert "def is_palindrome" in lab.cell(2).locator(".cm-content").text_content()
    lab.run(2)
    lab.run(3)
    assert lab.text(3) == "(True, False)"


def test_a_traceback_is_explained_in_chinese(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.write("zh.ipynb", LOAD, "年龄 = '18'\n年龄 + 1  # 明年的年龄", "%qwen explain")
    lab.open("zh.ipynb")
    lab.run(0)
    lab.run(1)
    assert "TypeError" in lab.text(1)
    lab.run(2)
    assert sum("\u4e00" <= character <= "\u9fff" for character in lab.text(2)) > 20


@FRONTENDS
def test_a_failed_cell_is_repaired_and_nothing_of_the_trial_shows(
    lab: LabPage, lab_server: LabServer, frontend: str
) -> None:
    setup = "stock = {'apple': 3, 'pear': 5}\nsold = []"
    failing = "print('counting')\nsold.append('pear')\nleft = stock['aple'] - len(sold)"
    lab_server.write("fix.ipynb", f"{LOAD}\n{setup}", failing, "%qwen fix --insert", "left, sold")
    lab.open("fix.ipynb", frontend)
    lab.run(0)
    lab.run(1)
    lab.run(2)
    shown = lab.text(2)
    assert "there is 'apple'" in shown
    assert "certain" in shown
    assert "counting" not in shown.partition("print(")[0]
    lab.cell(4).wait_for()
    assert "stock['apple']" in lab.cell(3).locator(".cm-content").text_content()
    lab.run(3)
    lab.run(4)
    # Once by the failed cell, once by the repaired one: the trials have left nothing.
    assert lab.text(4) == "(1, ['pear', 'pear'])"


def test_stopping_keeps_the_answer_so_far(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.write(
        "stop.ipynb", LOAD, "%%qwen\nExplain every Python keyword, one after the other.", "len(_qwen.text)"
    )
    lab.open("stop.ipynb")
    lab.run(0)
    lab.start(1)
    wait_until(lambda: len(lab.text(1)) > 200, "the first words of an answer")
    lab.page.locator("button[data-command='notebook:interrupt-kernel'], [title^='Interrupt']").first.click()
    lab.wait_done(1)
    assert "the answer was stopped" in lab.text(1)
    assert "interrupted" in lab.text(1)
    lab.run(2)
    assert int(lab.text(2)) > 50


def test_tab_completes_verbs(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.write("tab.ipynb", LOAD, "%qwen expl")
    lab.open("tab.ipynb")
    lab.run(0)
    lab.cell(1).locator(".cm-content").click()
    lab.page.keyboard.press("End")

    def offered() -> bool:
        # JupyterLab does not wait for a kernel that takes more than a second; users press Tab again.
        lab.page.keyboard.press("Tab")
        lab.page.wait_for_timeout(2000)
        inserted = lab.cell(1).locator(".cm-content").text_content() == "%qwen explain"
        return inserted or lab.page.locator(".jp-Completer-item", has_text="explain").count() > 0

    wait_until(offered, "a verb to complete with")
