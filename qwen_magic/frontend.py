"""What is on the other side of a shell, as far as it decides how things are shown."""

from __future__ import annotations

from enum import StrEnum


class Frontend(StrEnum):
    """Who looks at what a shell shows."""

    PAGE = "page"  # a notebook whose cells have ids: JupyterLab, Notebook 7
    WIDGETS = "widgets"  # a notebook that shows widgets, and of which no more is known: VS Code, Colab
    CONSOLE = "console"  # a terminal, a Jupyter console, a Qt console: text, and somebody who can type
    NOBODY = "nobody"  # nbclient and what is built on it: what is shown will be read later
