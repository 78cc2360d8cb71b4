"""The buttons next to answers, failures and conversations in a real JupyterLab and Notebook 7."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from lab_page import wait_until

from qwen_magic.settings import DEFAULT_MODEL
from qwen_magic.weights.catalogue import resolve
from qwen_magic.weights.download import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_page import Frontend, LabPage, LabServer

pytestmark = pytest.mark.browser

FRONTENDS = pytest.mark.parametrize("frontend", ["lab", "notebook"])
LOAD = "%load_ext qwen_magic"
# Whatever could be lost or run on the way from a model to a cell.
CODE = 'price = "$5 and $6"\nkind = "<int> <b>&amp;</b>"  # `a` __b__ \\n\n\nif kind:\n\tprint(price, kind)'
TWO_BLOCKS = f"First:\n\n```python\n{CODE}\n```\n\nThen:\n\n```python\nsecond = 2\n```\n"


def scripted(answer: str) -> str:
    """A first cell after which this is the answer to everything."""
    return f"{LOAD}\n%config QwenSettings.model = {'scripted:' + answer!r}"


@pytest.mark.model
@FRONTENDS
def test_stop_ends_an_answer_while_its_cell_runs(lab: LabPage, lab_server: LabServer, frontend: Frontend) -> None:
    fetch(resolve(DEFAULT_MODEL))
    question = "%%qwen\nExplain every Python keyword, one after the other."
    lab_server.write("stop.ipynb", LOAD, question, "len(_qwen.text), _qwen.usage.finish.value")
    lab.open("stop.ipynb", frontend)
    lab.run(0)
    lab.start(1)
    early = wait_until(lambda: len(lab.text(1)) > 150 and lab.text(1), "the first words of an answer")
    wait_until(lambda: len(lab.text(1)) > len(early) + 20, "a longer answer")
    lab.click(1, "Stop")
    lab.wait_done(1)
    assert "interrupted" in lab.text(1)
    assert "Stop" not in lab.buttons(1)
    lab.run(2)
    assert re.fullmatch(r"\(\d{2,}, 'interrupted'\)", lab.text(2))


@FRONTENDS
def test_blocks_land_in_order_below_the_cell_that_asked(
    lab: LabPage, lab_server: LabServer, frontend: Frontend
) -> None:
    lab_server.write("insert.ipynb", scripted(TWO_BLOCKS), "%qwen write it", "elsewhere = 1", "second")
    lab.open("insert.ipynb", frontend)
    lab.run(0)
    lab.run(1)
    lab.cell(3).locator(".cm-content").click()  # another cell is selected by now
    lab.click(1, "Insert below", nth=0)
    lab.click(1, "Insert below", nth=1)
    wait_until(lambda: len(lab.sources()) == 6, "two new cells")
    assert lab.sources()[1:5] == ["%qwen write it", CODE, "second = 2", "elsewhere = 1"]
    lab.run(2)
    assert "$5 and $6 <int> <b>&amp;</b>" in lab.text(2)
    lab.run(3)
    lab.run(5)
    assert lab.text(5) == "2"


@FRONTENDS
def test_run_inserts_a_cell_and_runs_it(lab: LabPage, lab_server: LabServer, frontend: Frontend) -> None:
    answer = "```python\nfor n in range(3):\n    print(n)\n'done'\n```"
    lab_server.write("run.ipynb", scripted(answer), "%qwen count", "_")
    lab.open("run.ipynb", frontend)
    lab.run(0)
    lab.run(1)
    lab.click(1, "Run")
    lab.wait_done(2)
    assert lab.outputs(2) == ["0\n1\n2\n", "'done'"]
    assert lab.cell(2).locator(".jp-InputPrompt").text_content() == "[3]:"
    lab.run(3)
    assert lab.text(3) == "'done'"


def test_a_cell_that_is_run_may_fail_and_may_ask(lab: LabPage, lab_server: LabServer) -> None:
    answer = "```python\nname = input('Your name? ')\nprint(nme)\n```"
    lab_server.write("fails.ipynb", scripted(answer), "%qwen ask me")
    lab.page.on("dialog", lambda dialog: dialog.accept("Ada"))
    lab.open("fails.ipynb")
    lab.run(0)
    lab.run(1)
    lab.click(1, "Run")
    lab.wait_done(2)
    assert "NameError" in lab.text(2)
    wait_until(lambda: lab.buttons(2) == ["Fix", "Explain"], "help with the error")


@FRONTENDS
def test_a_failed_cell_is_fixed_and_replaced_and_runs(lab: LabPage, lab_server: LabServer, frontend: Frontend) -> None:
    failing = "stock = {'apple': 3, 'pear': 5}\nleft = stock['aple'] - 1"
    lab_server.write("fix.ipynb", LOAD, failing, "left")
    lab.open("fix.ipynb", frontend)
    lab.run(0)
    lab.run(1)
    assert "There is no key 'aple', but there is 'apple'." in lab.text(1)
    lab.click(1, "Fix")
    lab.click(1, "Replace cell")
    changed = lab.cell(1).locator(".qwen-magic-replacement .qwen-magic-difference")
    assert changed.locator("del").all_text_contents() == ["- left = stock['aple'] - 1\n"]
    assert changed.locator("ins").all_text_contents() == ["+ left = stock['apple'] - 1\n"]
    assert lab.source(1) == failing
    lab.click(1, "Apply")
    fixed = failing.replace("aple'", "apple'").replace("'appple'", "'apple'")
    assert lab.source(1) == fixed
    lab.click(1, "Undo")
    assert lab.source(1) == failing
    lab.click(1, "Replace cell")
    lab.click(1, "Apply")
    lab.click(1, "Run cell")
    lab.wait_done(1)
    assert lab.text(1) == ""
    lab.run(2)
    assert lab.text(2) == "2"


def propose_a_fix(lab: LabPage, lab_server: LabServer) -> None:
    """A misspelt name in cell 1, and the difference that would correct it."""
    lab_server.write("fix.ipynb", LOAD, "total = 1\ntotl")
    lab.open("fix.ipynb")
    lab.run(0)
    lab.run(1)
    lab.click(1, "Fix")
    lab.click(1, "Replace cell")


def test_undo_takes_nothing_away_that_was_typed_since(lab: LabPage, lab_server: LabServer) -> None:
    propose_a_fix(lab, lab_server)
    lab.click(1, "Apply")
    lab.cell(1).locator(".cm-content").click()
    lab.page.keyboard.press("Control+End")
    lab.page.keyboard.type(" + 1")
    lab.click(1, "Undo")
    assert lab.source(1) == "total = 1\ntotal + 1"
    assert "has been edited since" in lab.text(1)


def test_apply_overwrites_nothing_that_was_typed_meanwhile(lab: LabPage, lab_server: LabServer) -> None:
    propose_a_fix(lab, lab_server)
    lab.cell(1).locator(".cm-content").click()
    lab.page.keyboard.press("Control+End")
    lab.page.keyboard.type("\nmine = 2")
    lab.click(1, "Apply")
    assert "was edited meanwhile" in lab.text(1)
    assert lab.source(1) == "total = 1\ntotl\nmine = 2"
    assert lab.cell(1).locator(".qwen-magic-replacement del").all_text_contents() == ["- totl\n", "- mine = 2\n"]
    lab.click(1, "Apply")
    lab.click(1, "Undo")
    assert lab.source(1) == "total = 1\ntotl\nmine = 2"


def test_a_cell_that_is_gone_is_not_replaced(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.write("gone.ipynb", LOAD, "total = 1\ntotl", "%qwen fix")
    lab.open("gone.ipynb")
    for number in range(3):
        lab.run(number)
    lab.click(2, "Replace cell")
    lab.cell(1).locator(".jp-InputPrompt").click()
    lab.page.keyboard.press("d")
    lab.page.keyboard.press("d")
    wait_until(lambda: len(lab.sources()) == 2, "one cell less")
    lab.click(1, "Apply")
    assert "no longer there" in lab.text(1)
    assert lab.sources()[1] == "%qwen fix"


def test_a_cell_that_is_run_again_while_it_is_explained(lab: LabPage, lab_server: LabServer) -> None:
    errors: list[str] = []
    lab.page.on("pageerror", lambda error: errors.append(str(error)))
    slow = "get_ipython().find_line_magic('qwen').__self__.session.engine"
    setup = f"{LOAD}\nfrom qwen_magic.engines.scripted import ScriptedEngine\n"
    setup += f"{slow} = lambda model: ScriptedEngine('word ' * 40, delay=0.05)"
    lab_server.write("again.ipynb", setup, "1 / 0", "%qwen say it")
    lab.open("again.ipynb")
    lab.run(0)
    lab.run(1)
    lab.click(1, "Explain")
    wait_until(lambda: "word word" in lab.text(1), "the first words")
    lab.run(1)
    lab.run(2)
    wait_until(lambda: lab.buttons(1) == ["Fix", "Explain"], "buttons of the new error")
    assert "word word" not in lab.text(1)
    assert "word word" in lab.text(2)
    assert not errors


def test_a_notebook_that_is_opened_again_has_one_page(lab: LabPage, lab_server: LabServer) -> None:
    errors: list[str] = []
    lab.page.on("pageerror", lambda error: errors.append(str(error)))
    lab_server.write("twice.ipynb", scripted(TWO_BLOCKS), "%qwen write it")
    lab.open("twice.ipynb")
    lab.run(0)
    lab.run(1)
    lab.save()
    lab.page.locator(".lm-TabBar-tab.jp-mod-current .lm-TabBar-tabCloseIcon").first.click()
    lab.page.locator(".jp-Notebook").wait_for(state="detached")
    lab.page.locator(".jp-DirListing-item", has_text="twice.ipynb").dblclick()
    lab.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    wait_until(lambda: lab.buttons(1) == ["Insert below", "Run", "Copy"] * 2, "the buttons, once")
    lab.click(1, "Insert below")
    wait_until(lambda: lab.sources() == [*lab.sources()[:2], CODE], "one new cell")
    assert not errors


def test_an_error_is_explained_where_it_happened(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.write("explain.ipynb", scripted("Only numbers can be added to numbers."), "'3' + 4", "1 / 0")
    lab.open("explain.ipynb")
    lab.run(0)
    lab.run(1)
    lab.run(2)
    lab.click(1, "Explain")
    wait_until(lambda: "Only numbers can be added" in lab.text(1), "the explanation")
    assert "Only numbers" not in lab.text(2)
    assert lab.sources()[1:] == ["'3' + 4", "1 / 0"], "no cell was added"


def test_copy_gives_the_code_as_it_was_written(lab: LabPage, lab_server: LabServer) -> None:
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab_server.write("copy.ipynb", scripted(TWO_BLOCKS), "%qwen write it")
    lab.open("copy.ipynb")
    lab.run(0)
    lab.run(1)
    lab.click(1, "Copy")
    wait_until(lambda: "Copied." in lab.text(1), "word of the copy")
    assert lab.evaluate("navigator.clipboard.readText()") == CODE


def test_buttons_outlive_the_page_but_not_the_kernel(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.write("reload.ipynb", scripted(TWO_BLOCKS), "%qwen write it", "1 / 0")
    lab.open("reload.ipynb")
    lab.run(0)
    lab.run(1)
    lab.run(2)
    shown = lab.buttons(1)
    assert shown == ["Insert below", "Run", "Copy"] * 2
    saved = lab.save()
    lab.page.reload()
    lab.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=90_000)
    wait_until(lambda: lab.buttons(1) == shown, "the same buttons on the new page")
    assert lab.buttons(2) == ["Fix", "Explain"]

    lab.restart_kernel()
    wait_until(lambda: not lab.buttons(1) and not lab.buttons(2), "no buttons without the extension")
    assert lab.cell(2).get_by_text("%qwen fix repairs it").is_visible()

    assert "widget" not in json.dumps(saved["cells"][1]["outputs"]) + json.dumps(saved["metadata"])
    ours = saved["cells"][1]["outputs"][0]["metadata"]["qwen_magic"]
    assert ours["model"] == "scripted"


def test_keys_reach_the_buttons_and_saving_reaches_the_notebook(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.write("keys.ipynb", scripted(TWO_BLOCKS), "%qwen write it")
    lab.open("keys.ipynb")
    lab.run(0)
    lab.run(1)
    lab.cell(1).locator(".qwen-magic-button", has_text="Insert below").first.focus()
    lab.page.keyboard.press("Enter")
    wait_until(lambda: len(lab.sources()) == 3, "a new cell")
    lab.page.keyboard.press("Tab")
    assert lab.evaluate("document.activeElement.textContent") == "Run"
    for key in ("j", "d", "d", "a", "Control+Enter", "Alt+Enter"):
        lab.page.keyboard.press(key)
    assert len(lab.sources()) == 3, "what deletes and runs cells is not meant for buttons"
    assert lab.buttons(1) == ["Insert below", "Run", "Copy"] * 2
    assert lab.save()["cells"][2]["source"] == CODE.splitlines(keepends=True)


@FRONTENDS
def test_a_conversation_grows_in_one_cell(lab: LabPage, lab_server: LabServer, frontend: Frontend) -> None:
    lab_server.write(
        "chat.ipynb", scripted("It is *a list*.\n\n```python\n[1, 2]\n```"), "%qwen chat", "len(_qwen.text)"
    )
    lab.open("chat.ipynb", frontend)
    lab.run(0)
    lab.run(1)
    question = lab.cell(1).locator(".qwen-magic-chat textarea")
    question.fill("What is <b>this</b>?")
    question.press("Enter")
    wait_until(lambda: lab.buttons(1) == ["Insert below", "Run", "Copy", "Send", "Reset"], "an answer")
    assert "What is <b>this</b>?" in lab.text(1)
    question.press("ArrowUp")
    assert question.input_value() == "What is <b>this</b>?"
    question.fill("And")
    question.press("Shift+Enter")
    lab.page.keyboard.type("then?")
    assert question.input_value() == "And\nthen?"
    question.press("Control+Enter")
    wait_until(lambda: lab.text(1).count("It is a list.") == 2, "a second answer")
    lab.wait_idle()
    lab.run(2)

    saved = lab.save()["cells"][1]["outputs"]
    assert [set(output["data"]) for output in saved] == [{"text/markdown", "text/plain"}] * 5
    assert "".join(saved[1]["data"]["text/plain"]) == "> What is <b>this</b>?"

    lab.click(1, "Reset")
    wait_until(lambda: "Forgot 2 turns." in lab.text(1), "an empty conversation")
    assert "It is a list." not in lab.text(1)
    assert lab.cell(1).locator(".qwen-magic-chat").count() == 1


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """An address in the world, and what was asked for there. A browser reports requests that it then blocks, too."""
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_preview_runs_nothing_unasked_and_reaches_nobody(
    lab: LabPage, lab_server: LabServer, elsewhere: tuple[str, list[str]]
) -> None:
    address, asked = elsewhere
    page = (
        f"<h1>Shop</h1><img src='{address}/pixel'><a href='{address}/link'>click</a>"
        f"<a href='{address}/top' target='_top'>top</a>"
        "<script>document.body.append('scripted'); parent.pwned = top.pwned = 1</script>"
        f"<script>setTimeout(() => {{ location = '{address}/secret' }}, 3000)</script>"
    )
    lab_server.write("html.ipynb", scripted(f"```html\n{page}\n```"), "%qwen make a page")
    lab.open("html.ipynb")
    lab.run(0)
    lab.run(1)
    assert lab.buttons(1) == ["Copy", "Preview"]
    lab.click(1, "Preview")
    frame = lab.cell(1).frame_locator(".qwen-magic-preview iframe").frame_locator("iframe")
    assert frame.locator("h1").text_content() == "Shop"
    assert "scripted" not in frame.locator("body").inner_text()
    lab.click(1, "Run its scripts")
    frame.get_by_text("scripted").wait_for()
    frame.get_by_text("top").click()
    lab.page.wait_for_timeout(4000)  # by now the script has tried to leave
    lab.click(1, "Hide preview")
    lab.click(1, "Preview")
    frame.get_by_text("click").click()
    lab.page.wait_for_timeout(500)
    lab.click(1, "Hide preview")
    assert lab.cell(1).locator("iframe").count() == 0
    assert lab.evaluate("window.pwned") is None
    assert asked == []


def test_the_buttons_speak_chinese(lab: LabPage, lab_server: LabServer) -> None:
    first = scripted(TWO_BLOCKS) + "\n%config QwenSettings.language = 'zh'"
    lab_server.write("zh.ipynb", first, "%qwen 写一段代码", "价格 = {'苹果': 3}\n价格['平果']", "%qwen chat")
    lab.open("zh.ipynb")
    for number in range(4):
        lab.run(number)
    wait_until(lambda: lab.buttons(3) == ["发送", "清空对话"], "a form in Chinese")
    assert lab.buttons(1)[:3] == ["插入到下方", "运行", "复制"]
    assert "种子" in lab.text(1)
    assert lab.buttons(2) == ["修复", "解释"]
    assert "苹果" in lab.outputs(2)[1]


def test_everything_is_readable_in_the_dark(lab: LabPage, lab_server: LabServer) -> None:
    lab_server.use_theme("JupyterLab Dark")
    try:
        lab_server.write("dark.ipynb", LOAD, "stock = {'apple': 3}\nstock['aple']", "%qwen chat")
        lab.open("dark.ipynb")
        lab.run(0)
        lab.run(1)
        lab.run(2)
        lab.click(1, "Fix")
        lab.click(1, "Replace cell")
        for selector in (".qwen-magic-button", ".qwen-magic-difference ins", ".qwen-magic-chat textarea"):
            assert contrast(lab, selector) > 4.5, selector  # what WCAG 2 asks of text
    finally:
        lab_server.use_theme("JupyterLab Light")


def contrast(lab: LabPage, selector: str) -> float:
    """The contrast of an element's text and what is behind it, as WCAG 2 defines it."""
    return lab.evaluate(
        """(selector) => {
            const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
            const over = (colours) => {
                for (const colour of colours) {
                    paint.fillStyle = colour;
                    paint.fillRect(0, 0, 1, 1);
                }
                return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
            };
            const luminance = (rgb) => {
                const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const behind = [];
            const element = document.querySelector(selector);
            for (let node = element; node; node = node.parentElement) {
                behind.unshift(getComputedStyle(node).backgroundColor);
            }
            const back = luminance(over(["white", ...behind]));
            const front = luminance(over([getComputedStyle(element).color]));
            return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
        }""",
        selector,
    )
