"""A display publisher that keeps what a notebook would have been sent, and a clock that tests wind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notebook() -> Iterator[CapturingDisplayPublisher]:
    """What `display` sends; IPython looks its publisher up in the one shell of the process."""
    had_shell = InteractiveShell.initialized()
    shell = InteractiveShell.instance()
    publisher, shell.display_pub = shell.display_pub, CapturingDisplayPublisher(shell=shell)
    yield shell.display_pub
    shell.display_pub = publisher
    if not had_shell:
        InteractiveShell.clear_instance()
