"""The line under a traceback: what is known about the error without a model, and what can be done about it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from qwen_magic.language import Language, Words
from qwen_magic.renderers import static
from qwen_magic.renderers.safe_markdown import small, to_safe_markdown
from qwen_magic.renderers.text import write_dim

if TYPE_CHECKING:
    from qwen_magic.page import Page
    from qwen_magic.snapshot import Failure

_COMMANDS = Words("%qwen fix repairs it · %qwen explain explains it", "%qwen fix 修复 · %qwen explain 解释")


def show_in_page(failure: Failure, language: Language, page: Page) -> None:
    """As an output of the failed cell; the page puts buttons in the place of the commands."""
    marked = page.mark("failure", failure=failure.execution_count)
    parts = (to_safe_markdown(_cause(failure, language)), small(_COMMANDS[language], marked["mark"]))
    static.show("\n\n".join(filter(None, parts)), _line(failure, language), marked)


def show_in_terminal(failure: Failure, language: Language) -> None:
    """As a line of text."""
    write_dim(_line(failure, language), sys.stdout)


def _cause(failure: Failure, language: Language) -> str:
    return failure.diagnosis.cause[language] if failure.diagnosis else ""


def _line(failure: Failure, language: Language) -> str:
    return " · ".join(filter(None, (_cause(failure, language), _COMMANDS[language])))
