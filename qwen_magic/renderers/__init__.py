"""Renderers: how an answer reaches the user's eyes."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from qwen_magic.frontend import Frontend
from qwen_magic.language import Language
from qwen_magic.renderers.progress import PanelProgress, ProgressDisplay, TextProgress
from qwen_magic.renderers.text import TextRenderer

if TYPE_CHECKING:
    from qwen_magic.page import Page
    from qwen_magic.renderers.base import Renderer
    from qwen_magic.weights.catalogue import ModelSpec

__all__ = ["choose", "progress_for"]


def choose(
    frontend: Frontend,
    preference: str = "auto",
    page: Page | None = None,
    language: Language = Language.ENGLISH,
) -> Renderer:
    """The renderer for a frontend: a panel where there are widgets, text where there are none.

    `preference` is `auto`, `panel` or `text`; `page` is who puts buttons next to answers, `language` the interface's.
    """
    if not _panel_fits(frontend, preference):
        return TextRenderer(language=language)
    # Importing ipywidgets takes longer than the rest of the package, and a terminal never needs it.
    from qwen_magic.renderers.panel import PanelRenderer

    return PanelRenderer(page, language, live=frontend is not Frontend.NOBODY)


def progress_for(frontend: Frontend, spec: ModelSpec, preference: str = "auto") -> ProgressDisplay:
    """The display of a download, chosen likewise."""
    if not _panel_fits(frontend, preference):
        return TextProgress(spec)
    return PanelProgress(spec)


def _panel_fits(frontend: Frontend, preference: str) -> bool:
    if preference == "auto":
        return frontend is not Frontend.CONSOLE and find_spec("ipywidgets") is not None
    return preference == "panel"
