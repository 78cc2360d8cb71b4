"""An answer in a notebook: a live panel while it streams, then static text that outlives the kernel."""

from __future__ import annotations

import time
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from IPython.display import display

from qwen_magic.renderers.markdown import to_html
from qwen_magic.renderers.safe_markdown import escape_text, to_safe_markdown
from qwen_magic.renderers.status import as_metadata, speed, status_line
from qwen_magic.renderers.text import harmless

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.display import DisplayHandle

    from qwen_magic.reply import Reply

INTERVAL = 1 / 20
# A long answer takes longer to render; the model needs the core more than the eye needs every frame.
MOST_TIME_RENDERING = 0.2

# JupyterLab's own classes: it colours the code, and the answer looks the same before and after its end.
_LIKE_A_MARKDOWN_OUTPUT = (
    '<div class="highlight" style="background:none"><div class="jp-RenderedHTMLCommon jp-RenderedMarkdown">'
)
_DIM = "color:var(--jp-ui-font-color2);font-size:var(--jp-ui-font-size1)"


class PanelRenderer:
    """Streams rendered Markdown into widgets and replaces them by a text/markdown output at the end."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._panel: _Panel | None = None
        self._handle: DisplayHandle | None = None

    def start(self, model: str) -> None:
        self._pieces: list[str] = []
        self._started = self._clock()
        self._first: float | None = None
        self._next_update = self._started
        self._panel = _Panel(model)
        self._handle = display(self._panel.box, display_id=True)  # type: ignore[no-untyped-call]  # IPython's

    def progress(self, words: str) -> None:
        now = self._clock()
        if self._panel is not None and now >= self._next_update:
            self._panel.announce(words)
            self._next_update = now + 5 * INTERVAL

    def write(self, text: str) -> None:
        now = self._clock()
        if self._first is None:
            self._first = now
        self._pieces.append(text)
        if self._panel is not None and now >= self._next_update:
            self._panel.show("".join(self._pieces), self._figures(self._first, now))
            self._next_update = now + max(INTERVAL, (self._clock() - now) / MOST_TIME_RENDERING)

    def finish(self, reply: Reply) -> None:
        self._replace(static_bundle(reply), {"qwen_magic": as_metadata(reply)})

    def abandon(self) -> None:
        self._replace({"text/plain": ""}, {})

    def _figures(self, first: float, now: float) -> str:
        """Pieces stand in for tokens, which only the engine can count, and will at the end."""
        written = len(self._pieces)
        rate = (written - 1) / (now - first) if now > first else 0.0
        return f"{first - self._started:.2f} s to first token · {speed(written, rate)}"

    def _replace(self, bundle: dict[str, str], metadata: dict[str, Any]) -> None:
        if self._handle is not None:
            self._handle.update(bundle, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]
        # Only now: a closed widget that is still on show reads "Error displaying widget".
        if self._panel is not None:
            self._panel.close()
        self._panel = self._handle = None


def static_bundle(reply: Reply) -> dict[str, str]:
    """An answer as it is saved: it needs no kernel, no widget and no trust to be read."""
    below = [*reply.notes, status_line(reply)]
    small = "\\\n".join(f'<small style="color:var(--jp-ui-font-color2)">{escape_text(line)}</small>' for line in below)
    return {
        "text/markdown": "\n\n".join(part for part in (to_safe_markdown(reply.text), small) if part),
        "text/plain": harmless("\n\n".join(part for part in (reply.text.strip("\n"), "\n".join(below)) if part)),
    }


class _Panel:
    """The widgets: the answer, and under it what is going on, for eyes and for screen readers."""

    def __init__(self, model: str) -> None:
        self._answer = widgets.HTML(layout=widgets.Layout(width="100%"))
        self._phase = widgets.HTML()
        self._figures = widgets.HTML()
        self._status = widgets.HBox([self._phase, self._figures], layout=widgets.Layout(grid_gap="0.5em"))
        self.box = widgets.VBox([self._answer, self._status], layout=widgets.Layout(overflow="visible"))
        self._model = model
        self.announce(f"{model} is reading the question …".strip())

    def show(self, markdown: str, figures: str) -> None:
        if not self._answer.value:
            self.announce(f"{self._model} is writing …".strip())
        self._answer.value = f"{_LIKE_A_MARKDOWN_OUTPUT}{to_html(markdown)}</div></div>"
        self._figures.value = f'<span aria-hidden="true" style="{_DIM}">{escape(figures)}</span>'

    def announce(self, words: str) -> None:
        """Apart from the figures: a screen reader reads a changed status aloud, and they change all the time."""
        self._phase.value = f'<div role="status" aria-live="polite" style="{_DIM}">{escape(words)}</div>'

    def close(self) -> None:
        # nbclient saves the state of closed widgets too; the answer need not be in the notebook twice.
        for text in (self._answer, self._phase, self._figures):
            text.value = ""
        for widget in (self.box, self._status, self._figures, self._phase, self._answer):
            for model in (getattr(widget, "layout", None), getattr(widget, "style", None), widget):
                if model is not None:
                    model.close()
