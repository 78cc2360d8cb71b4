"""An answer in a notebook: a live panel while it streams, then static text that outlives the kernel.

Buttons are the page's business: it finds the panel and the text by their markers.
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from IPython.display import display

from qwen_magic.language import Language, Words
from qwen_magic.renderers.markdown import to_html
from qwen_magic.renderers.safe_markdown import small, to_safe_markdown
from qwen_magic.renderers.status import as_metadata, figures, status_line
from qwen_magic.renderers.text import harmless
from qwen_magic.reply import Finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.display import DisplayHandle

    from qwen_magic.page import Page
    from qwen_magic.reply import Reply

INTERVAL = 1 / 12
# An answer that comes at once needs no panel, and one that is there stays so long: what is taken away while the page
# builds it leaves errors there.
PATIENCE = 0.15
AT_ONCE = 0.005  # from the first piece; what goes on after that is being written
# From a click to the interrupt, and from the end of an answer to the page that shows it: 30 to 50 ms each.
LATE = 0.1
# A long answer takes longer to render; the model needs the core more than the eye needs every frame.
MOST_TIME_RENDERING = 0.05

# JupyterLab's own classes: it colours the code, and the answer looks the same before and after its end.
_LIKE_A_MARKDOWN_OUTPUT = (
    '<div class="highlight" style="background:none"><div class="jp-RenderedHTMLCommon jp-RenderedMarkdown">'
)
_DIM = "color:var(--jp-ui-font-color2);font-size:var(--jp-ui-font-size1)"
_READING = Words(" is reading the question …", " 正在阅读问题……")
_WRITING = Words(" is writing …", " 正在书写……")


class PanelRenderer:
    """Streams rendered Markdown into widgets and replaces them by a text/markdown output at the end.

    Where nobody looks while it streams, it is not `live`, and shows only what remains.
    """

    def __init__(
        self,
        page: Page | None = None,
        language: Language = Language.ENGLISH,
        *,
        live: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._page = page
        self._language = language
        self._live = live
        self._clock = clock
        self._panel: _Panel | None = None
        self._handle: DisplayHandle | None = None

    def start(self, model: str) -> None:
        self._model = model
        self._pieces: list[str] = []
        self._unshown = False
        self._started = self._clock()
        self._first: float | None = None
        self._next_update = self._started + (PATIENCE if self._live else math.inf)
        self._panel = self._handle = None

    def progress(self, words: str) -> None:
        now = self._clock()
        if now >= self._next_update:
            panel = self._panel or self._opened()
            if self._unshown and self._first is not None:
                self._show(panel, self._first, now)
            if words:
                panel.announce(words)
                self._next_update = now + 5 * INTERVAL

    def write(self, text: str) -> None:
        now = self._clock()
        if self._first is None:
            self._first = now
        self._pieces.append(text)
        self._unshown = True
        begins = self._panel is None and self._live and now >= self._first + AT_ONCE
        if begins or now >= self._next_update:
            self._show(self._panel or self._opened(), self._first, now)

    def finish(self, reply: Reply) -> None:
        if self._panel is not None:
            _wait(self._opened_at + PATIENCE - self._clock())
        stoppable = self._page is not None and self._panel is not None
        marked = {} if self._page is None else self._page.mark("answer", **for_buttons(reply))
        bundle = static_bundle(reply, self._language, marked.get("mark", ""))
        self._replace(bundle, {"qwen_magic": as_metadata(reply) | marked})
        if stoppable:
            # Whoever clicks Stop as the answer ends has its interrupt on the way; it must not hit the next cell.
            _wait(LATE)

    def abandon(self) -> None:
        self._replace({"text/plain": ""}, {})

    def _opened(self) -> _Panel:
        self._panel = panel = _Panel(self._model, self._language)
        self._opened_at = self._clock()
        if self._page is not None:
            panel.status.add_class(self._page.running)
        self._handle = display(panel.box, display_id=True)  # type: ignore[no-untyped-call]  # IPython's
        return panel

    def _show(self, panel: _Panel, first: float, now: float) -> None:
        panel.show("".join(self._pieces), self._figures(first, now)[self._language])
        self._unshown = False
        self._next_update = now + max(INTERVAL, (self._clock() - now) / MOST_TIME_RENDERING)

    def _figures(self, first: float, now: float) -> Words:
        """Pieces stand in for tokens, which only the engine can count, and will at the end."""
        written = len(self._pieces)
        rate = (written - 1) / (now - first) if now > first else 0.0
        return figures(first - self._started, written, rate)

    def _replace(self, bundle: dict[str, str], metadata: dict[str, Any]) -> None:
        if self._handle is not None:
            self._handle.update(bundle, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]
        elif metadata:
            display(bundle, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]
        # Only now: a closed widget that is still on show reads "Error displaying widget".
        if self._panel is not None:
            self._panel.close()
        self._panel = self._handle = None


def _wait(seconds: float) -> None:
    """Let the page catch up; an interrupt ends only that."""
    with suppress(KeyboardInterrupt):
        time.sleep(max(0.0, seconds))


def static_bundle(reply: Reply, language: Language = Language.ENGLISH, mark: str = "") -> dict[str, str]:
    """An answer as it is saved: it needs no kernel, no widget and no trust to be read. `mark`: see `Page`."""
    below = [*reply.notes, status_line(reply, language)]
    lines = [small(line) for line in below[:-1]] + [small(below[-1], mark)]
    return {
        "text/markdown": "\n\n".join(part for part in (to_safe_markdown(reply.text), "\\\n".join(lines)) if part),
        "text/plain": harmless("\n\n".join(part for part in (reply.text.strip("\n"), "\n".join(below)) if part)),
    }


def for_buttons(reply: Reply) -> dict[str, str]:
    """What buttons need beside the text: the code to insert where that is another, and the cell that it replaces."""
    python = reply.python_blocks
    needed = {}
    if reply.replaces and reply.code and reply.usage.finish is Finish.STOP:
        needed["replaces"] = reply.replaces
    if python and python[-1].code.rstrip("\n") != reply.code:
        # Of several blocks, each is inserted by itself; a cell is replaced by all of them.
        if len(python) == 1:
            needed["cell"] = reply.code
        elif "replaces" in needed:
            needed["whole"] = reply.code
    return needed


class _Panel:
    """The widgets: the answer, and under it what is going on, for eyes and for screen readers."""

    def __init__(self, model: str, language: Language) -> None:
        self._answer = widgets.HTML(layout=widgets.Layout(width="100%"))
        self._phase = widgets.HTML()
        self._figures = widgets.HTML()
        self.status = widgets.HBox([self._phase, self._figures], layout=widgets.Layout(grid_gap="0.5em"))
        self.box = widgets.VBox([self._answer, self.status], layout=widgets.Layout(overflow="visible"))
        self._writing = f"{model}{_WRITING[language]}".strip()
        self.announce(f"{model}{_READING[language]}".strip())

    def show(self, markdown: str, figures: str) -> None:
        if not self._answer.value:
            self.announce(self._writing)
        self._answer.value = f"{_LIKE_A_MARKDOWN_OUTPUT}{to_html(markdown)}</div></div>"
        self._figures.value = f'<span aria-hidden="true" style="{_DIM}">{escape(figures)}</span>'

    def announce(self, words: str) -> None:
        """Apart from the figures: a screen reader reads a changed status aloud, and they change all the time."""
        self._phase.value = f'<div role="status" aria-live="polite" style="{_DIM}">{escape(words)}</div>'

    def close(self) -> None:
        # nbclient saves the state of closed widgets too; the answer need not be in the notebook twice.
        for text in (self._answer, self._phase, self._figures):
            text.value = ""
        for widget in (self.box, self.status, self._figures, self._phase, self._answer):
            for model in (getattr(widget, "layout", None), getattr(widget, "style", None), widget):
                if model is not None:
                    model.close()
