"""Text of ours as an output that needs no kernel, no widget and no trust to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.display import display

from qwen_magic.renderers.text import harmless


def show(markdown: str, plain: str, ours: Mapping[str, Any]) -> None:
    """Show a text as Markdown and, where that cannot be, as it is; `ours` is what the page needs to know of it."""
    bundle = {"text/markdown": markdown, "text/plain": harmless(plain)}
    display(bundle, raw=True, metadata={"qwen_magic": dict(ours)})  # type: ignore[no-untyped-call]  # IPython's
