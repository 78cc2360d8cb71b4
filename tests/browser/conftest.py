"""A real `jupyter lab` and a real Chromium, shared by the tests; each test gets its own page and kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lab_page import LabPage, LabServer, running_browser, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with running_server(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


# Not longer than needed: while Playwright is up, an event loop runs, and no cell of other tests can await.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def lab(lab_server: LabServer, chromium: Browser) -> Iterator[LabPage]:
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    yield LabPage(page, lab_server)
    page.close()
    lab_server.end_kernels()
