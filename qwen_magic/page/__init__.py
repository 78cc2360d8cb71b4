"""The page of a notebook: buttons next to what qwen_magic has shown, put there by JavaScript of ours.

The widget is never displayed: its JavaScript runs when the frontend hears of it, and again when the page is reloaded.
It finds outputs by their marks, and reaches the notebook through the frontend's own model of it. So nothing of it is
saved, and where a frontend cannot run it (no anywidget, VS Code, Colab) there are no buttons that do nothing.
"""

from __future__ import annotations

import secrets
from importlib.resources import files
from itertools import count
from typing import Any

import anywidget
import traitlets

# One after the other they are one ES module: what a browser gets from a kernel cannot import its neighbours.
_SCRIPTS = (
    *("words", "elements", "difference", "notebook"),
    *("blocks", "replacement", "preview", "failure", "chat", "page"),
)


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


class Page(anywidget.AnyWidget):
    """One kernel's agent in the pages that show its notebook. `locale` is what the page says about itself."""

    _esm = "\n".join(_text(f"{name}.js") for name in _SCRIPTS)
    _css = _text("page.css")

    token = traitlets.Unicode(help="In the class of every mark: other notebooks' are none of ours.").tag(sync=True)
    kernel = traitlets.Unicode("", help="The server's id of the kernel, where that is known.").tag(sync=True)
    language = traitlets.Unicode("", help="Of the buttons; empty for that of the page.").tag(sync=True)
    locale = traitlets.Unicode("", help="Set by the page, for instance zh-CN.").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(token=secrets.token_hex(4), **traits)
        self._numbers = count(1)

    def close(self) -> None:
        """Take the buttons away."""
        self.layout.close()  # every widget has one, and does not close it
        super().close()

    @property
    def running(self) -> str:
        """The class of a status row of an answer that can be stopped."""
        return f"qwen-magic-running-{self.token}"

    def mark(self, kind: str, **more: Any) -> dict[str, Any]:
        """Metadata of an output that gets buttons: its `kind`, and the `mark` that its text has to bear as a class."""
        return {"kind": kind, "mark": f"qwen-magic-{self.token}-{next(self._numbers)}", **more}
