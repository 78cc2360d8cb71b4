"""What one shell's user looks at: the renderer of answers, the line under a failed cell, and the language of both."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from qwen_magic.frontend import Frontend
from qwen_magic.language import Language, language_of_code, language_of_locale, preferred_language
from qwen_magic.notebook import cells
from qwen_magic.renderers import choose, failure_line

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qwen_magic.page import Page
    from qwen_magic.renderers.base import Renderer
    from qwen_magic.settings import QwenSettings
    from qwen_magic.snapshot import Failure


class Interface:
    """Shows things the way that the frontend of a shell allows."""

    def __init__(self, shell: InteractiveShell, settings: QwenSettings) -> None:
        self._shell = shell
        self._settings = settings
        self._page: Page | None = None

    @property
    def page(self) -> Page | None:
        """The page that shows the notebook; None where the running cell is not shown in one: nbclient, terminals."""
        if self._frontend is not Frontend.PAGE:
            return None
        if self._page is None:
            # Widgets take longer to import than the rest of the package.
            from qwen_magic.page import Page

            self._page = Page(kernel=cells.kernel_id(self._shell), language=self._chosen)
            self._settings.observe(self._speak, "language")
        return self._page

    @property
    def language(self) -> Language:
        """The language of the interface: the one that is set, the page's, or the environment's."""
        if self._settings.language != "auto":
            return Language(self._settings.language)
        if self._page is None or not self._page.locale:
            return preferred_language()
        return language_of_locale(self._page.locale)

    def renderer(self) -> Renderer:
        """The renderer for the answer to the running cell."""
        return choose(self._frontend, self._settings.renderer, self.page, self.language)

    def open_page(self, _: object = None) -> None:
        """For IPython's event `post_run_cell`: the page should be there before it is needed."""
        _ = self.page

    def failed(self, failure: Failure) -> None:
        """Show what is known about a failure, and what can be done, where somebody is looking."""
        if not self._settings.auto:
            return
        language = language_of_code(failure.cell) or self.language
        if (page := self.page) is not None:
            failure_line.show_in_page(failure, language, page)
        elif self._frontend is Frontend.CONSOLE and (sys.stdout.isatty() or hasattr(self._shell, "kernel")):
            failure_line.show_in_terminal(failure, language)

    @property
    def watched(self) -> bool:
        """Whether somebody may ask something after the running cell."""
        return self._frontend is not Frontend.NOBODY

    @property
    def _frontend(self) -> Frontend:
        return cells.frontend(self._shell)

    def close(self) -> None:
        """Take the buttons away."""
        if self._page is not None:
            self._settings.unobserve(self._speak, "language")
            self._page.close()
            self._page = None

    @property
    def _chosen(self) -> str:
        """The language of buttons that is set; empty for that of the page."""
        return "" if self._settings.language == "auto" else self._settings.language

    def _speak(self, _: object) -> None:
        if self._page is not None:
            self._page.language = self._chosen
