from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qwen_magic.language import Language, Words
from qwen_magic.page import Page
from qwen_magic.renderers.failure_line import show_in_page, show_in_terminal
from qwen_magic.snapshot import Diagnosis, Failure

if TYPE_CHECKING:
    from IPython.core.displaypub import CapturingDisplayPublisher

KNOWN = Diagnosis("key", Words("There is no key '<b>'.", "没有键 '<b>'。"), Words("", ""))
FAILURE = Failure(7, "d['<b>']", "KeyError", "'<b>'", "", diagnosis=KNOWN)


@pytest.fixture
def page() -> Page:
    page = Page()
    yield page
    page.close()


def test_a_page_gets_the_cause_and_a_place_for_buttons(page: Page, notebook: CapturingDisplayPublisher) -> None:
    show_in_page(FAILURE, Language.ENGLISH, page)

    (output,) = notebook.outputs
    ours = output["metadata"]["qwen_magic"]
    assert ours == {"kind": "failure", "mark": ours["mark"], "failure": 7}
    cause, commands = output["data"]["text/markdown"].split("\n\n")
    assert cause == "There is no key '&lt;b>'."
    assert commands.startswith(f'<small class="{ours["mark"]}"')
    assert "%qwen fix" in output["data"]["text/plain"]


def test_what_nobody_knows_is_not_spoken_of(page: Page, notebook: CapturingDisplayPublisher) -> None:
    show_in_page(Failure(7, "1/0", "ZeroDivisionError", "", ""), Language.ENGLISH, page)

    assert notebook.outputs[0]["data"]["text/markdown"].startswith("<small")


def test_a_terminal_gets_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_in_terminal(FAILURE, Language.CHINESE)

    assert capsys.readouterr().out == "没有键 '<b>'。 · %qwen fix 修复 · %qwen explain 解释\n"
