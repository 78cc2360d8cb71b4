from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ipywidgets import HTML
from ipywidgets.widgets.widget import _instances

from qwen_magic.language import Language
from qwen_magic.page import Page
from qwen_magic.renderers import panel as panel_module
from qwen_magic.renderers.panel import PATIENCE, PanelRenderer, for_buttons, static_bundle
from qwen_magic.reply import Finish, Reply, Usage

if TYPE_CHECKING:
    from conftest import Clock
    from IPython.core.displaypub import CapturingDisplayPublisher

USAGE = Usage(120, 80, 101, 0.5, 2.5, Finish.STOP)


def shown() -> str:
    return "\n".join(widget.value for widget in _instances.values() if isinstance(widget, HTML))


@pytest.fixture(autouse=True)
def no_widget_is_left_open() -> None:
    before = set(_instances)
    yield
    assert set(_instances) <= before


@pytest.fixture
def panel(notebook: CapturingDisplayPublisher, clock: Clock) -> PanelRenderer:
    renderer = PanelRenderer(clock=clock)
    renderer.start("tiny")
    yield renderer
    renderer.abandon()


def wait(panel: PanelRenderer, clock: Clock) -> None:
    """As long as it takes a model to begin."""
    clock.now += PATIENCE
    panel.progress("")


def test_while_it_waits_it_says_so_to_screen_readers_too(panel: PanelRenderer, clock: Clock) -> None:
    wait(panel, clock)

    assert 'role="status"' in shown()
    assert "tiny is reading the question …" in shown()


def test_markdown_is_rendered_as_it_streams(panel: PanelRenderer, clock: Clock) -> None:
    clock.now += 0.5
    panel.write("Use **")
    clock.now += 0.5
    panel.write("sets**.")

    assert "<p>Use <strong>sets</strong>.</p>" in shown()
    assert "tiny is writing …" in shown()
    assert "0.50 s to first token · 2.0 tokens/s · 2 tokens" in shown()


def test_what_is_being_written_is_shown_at_once(panel: PanelRenderer, clock: Clock) -> None:
    panel.write("Use ")
    clock.now += 0.01
    panel.write("sets.")

    assert "Use sets." in shown()


def test_the_last_words_are_shown_while_the_code_is_tried(panel: PanelRenderer, clock: Clock) -> None:
    for text in ("Use ", "sets", "."):
        panel.write(text)
        clock.now += 0.01
    assert "Use sets." not in shown()

    wait(panel, clock)
    assert "Use sets." in shown()


def test_a_short_answer_stays_until_the_page_has_built_it(
    panel: PanelRenderer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(panel_module.time, "sleep", waited.append)
    for text in ("Use ", "sets."):
        panel.write(text)
        clock.now += 0.05
    panel.finish(Reply("Use sets."))

    assert waited == [pytest.approx(PATIENCE - 0.05)]


def test_there_are_twelve_updates_a_second_however_fast_the_model_is(
    panel: PanelRenderer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    monkeypatch.setattr(panel_module, "to_html", lambda text: rendered.append(text) or "")

    wait(panel, clock)
    for _ in range(1000):
        clock.now += 0.001
        panel.write("x")

    assert len(rendered) == 12


def test_slow_rendering_leaves_the_model_its_time(
    panel: PanelRenderer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render_slowly(text: str) -> str:
        clock.now += 0.1
        return ""

    monkeypatch.setattr(panel_module, "to_html", render_slowly)
    started = clock.now
    for _ in range(1000):
        clock.now += 0.01
        panel.write("x")

    # Ten seconds of the model's, and a twentieth of the whole for rendering.
    assert clock.now - started == pytest.approx(10.5, abs=0.11)


def test_a_model_cannot_name_itself_into_the_page(notebook: CapturingDisplayPublisher, clock: Clock) -> None:
    renderer = PanelRenderer(clock=clock)
    renderer.start("<b>.gguf")
    wait(renderer, clock)

    assert "&lt;b&gt;.gguf" in shown()
    renderer.abandon()


def test_the_end_is_one_static_output_in_place_of_the_panel(
    panel: PanelRenderer, notebook: CapturingDisplayPublisher, clock: Clock
) -> None:
    wait(panel, clock)
    panel.finish(Reply("Use `set`.", "tiny", 7, USAGE))

    live, final = notebook.outputs
    assert final["update"]
    assert final["transient"] == live["transient"]
    assert set(final["data"]) == {"text/markdown", "text/plain"}
    assert final["metadata"]["qwen_magic"]["model"] == "tiny"
    assert final["metadata"]["qwen_magic"]["completion_tokens"] == 101


def test_an_answer_that_comes_at_once_is_shown_without_a_panel(
    panel: PanelRenderer, notebook: CapturingDisplayPublisher
) -> None:
    panel.write("Use `set`.")
    panel.finish(Reply("Use `set`.", "tiny", 7, USAGE))

    (output,) = notebook.outputs
    assert not output["update"]
    assert "Use `set`." in output["data"]["text/markdown"]


def test_an_answer_that_fails_at_once_shows_nothing(panel: PanelRenderer, notebook: CapturingDisplayPublisher) -> None:
    panel.abandon()

    assert not notebook.outputs


def test_an_abandoned_answer_is_cleared_away(
    panel: PanelRenderer, notebook: CapturingDisplayPublisher, clock: Clock
) -> None:
    wait(panel, clock)
    panel.write("Half an ans")
    panel.abandon()

    assert notebook.outputs[-1]["data"] == {"text/plain": ""}


def test_one_renderer_shows_one_answer_after_the_other(
    panel: PanelRenderer, notebook: CapturingDisplayPublisher, clock: Clock
) -> None:
    wait(panel, clock)
    panel.write("Lists")
    panel.finish(Reply("Lists"))
    panel.start("tiny")
    wait(panel, clock)
    panel.write("Sets")

    assert "Lists" not in shown()
    assert notebook.outputs[2]["transient"] != notebook.outputs[0]["transient"]


def test_the_static_text_says_what_the_answer_cost() -> None:
    bundle = static_bundle(Reply("Use <set>.\n", "tiny", 7, USAGE, ("Dropped the 2 oldest turns.",)))

    cost = "tiny · 0.50 s to first token · 50.0 tokens/s · 101 tokens · reused 80 of 120 prompt tokens · seed 7"
    assert bundle["text/plain"] == f"Use <set>.\n\nDropped the 2 oldest turns.\n{cost}"
    assert bundle["text/markdown"].startswith("Use &lt;set>.\n\n<small")
    assert cost in bundle["text/markdown"]


def test_an_unfinished_answer_says_so() -> None:
    interrupted = static_bundle(Reply("a", usage=Usage(finish=Finish.INTERRUPTED)))
    cut_off = static_bundle(Reply("a", usage=Usage(finish=Finish.LENGTH)))

    assert "interrupted: the answer is incomplete" in interrupted["text/markdown"]
    assert "cut off at the token limit: the answer is incomplete" in cut_off["text/markdown"]


def test_the_plain_text_commands_no_terminal() -> None:
    assert static_bundle(Reply("\x1b]0;gotcha\x07"))["text/plain"].startswith("␛]0;gotcha␇")


def test_the_interface_speaks_chinese() -> None:
    bundle = static_bundle(Reply("用 set。", "tiny", 7, USAGE), Language.CHINESE)

    assert bundle["text/plain"].endswith(
        "tiny · 首词元 0.50 秒 · 50.0 词元/秒 · 101 个词元 · 复用 80/120 个提示词元 · 种子 7"
    )


def test_the_page_finds_the_panel_and_then_the_answer(notebook: CapturingDisplayPublisher, clock: Clock) -> None:
    page = Page()
    renderer = PanelRenderer(page, clock=clock)
    renderer.start("tiny")
    wait(renderer, clock)
    rows = [widget for widget in _instances.values() if page.running in getattr(widget, "_dom_classes", ())]
    renderer.finish(Reply("Use `set`.", "tiny", 7, USAGE))
    page.close()

    assert len(rows) == 1
    final = notebook.outputs[-1]
    assert final["metadata"]["qwen_magic"]["kind"] == "answer"
    assert f'<small class="{final["metadata"]["qwen_magic"]["mark"]}"' in final["data"]["text/markdown"]


def test_without_a_page_nothing_is_marked(panel: PanelRenderer, notebook: CapturingDisplayPublisher) -> None:
    panel.finish(Reply("Use `set`.", "tiny", 7, USAGE))

    assert "mark" not in notebook.outputs[-1]["metadata"]["qwen_magic"]
    assert "class=" not in notebook.outputs[-1]["data"]["text/markdown"]


class TestForButtons:
    def test_code_is_where_the_page_reads_it(self) -> None:
        assert for_buttons(Reply("```python\na = 1\n```", cell="a = 1")) == {}

    def test_imports_that_were_added_are_inserted_too(self) -> None:
        reply = Reply("```python\nmath.pi\n```", cell="import math\n\nmath.pi")
        assert for_buttons(reply) == {"cell": "import math\n\nmath.pi"}

    def test_several_blocks_are_inserted_one_by_one(self) -> None:
        assert for_buttons(Reply("```python\na\n```\n\n```python\nb\n```", cell="a\n\nb")) == {}

    def test_a_cell_is_replaced_by_all_blocks(self) -> None:
        reply = Reply("```python\na\n```\n\n```python\nb\n```", replaces="c7")
        assert for_buttons(reply) == {"replaces": "c7", "whole": "a\n\nb"}

    def test_code_may_replace_the_cell_that_it_was_made_from(self) -> None:
        assert for_buttons(Reply("```python\na\n```", replaces="c7")) == {"replaces": "c7"}
        assert for_buttons(Reply("No idea.", replaces="c7")) == {}

    def test_half_an_answer_replaces_nothing(self) -> None:
        cut = Reply("```python\na\n```", usage=Usage(finish=Finish.INTERRUPTED), replaces="c7")
        assert for_buttons(cut) == {}
