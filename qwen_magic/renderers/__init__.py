"""Renderers: how an answer reaches the user's eyes."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from qwen_magic.renderers.text import TextRenderer

if TYPE_CHECKING:
    from qwen_magic.renderers.base import Renderer

__all__ = ["choose"]


def choose(shell: object, preference: Literal["auto", "panel", "text"] = "auto") -> Renderer:
    """The renderer for a shell: a panel where there is a kernel to talk to widgets, else plain text."""
    if preference == "auto":
        has_kernel = getattr(shell, "kernel", None) is not None
        preference = "panel" if has_kernel and find_spec("ipywidgets") else "text"
    if preference == "text":
        return TextRenderer()
    # Importing ipywidgets takes longer than the rest of the package, and a terminal never needs it.
    from qwen_magic.renderers.panel import PanelRenderer

    return PanelRenderer()
