"""A real `jupyter lab` and a real Chromium, shared by the tests; each test gets its own page and kernels."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from lab_page import LabPage, LabServer, wait_until
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    home = tmp_path_factory.mktemp("jupyter")
    (folder := home / "notebooks").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = LabServer(f"http://127.0.0.1:{port}", secrets.token_hex(8), folder, home / "settings")
    server.keep_quiet()
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_WORKSPACES_DIR")
    environment = os.environ | {name: str(home / name.lower()) for name in names}
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(server.settings)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.allow_root=True", f"--port={port}"]
    command += [f"--IdentityProvider.token={server.token}", f"--ServerApp.root_dir={folder}", "--port-retries=0"]
    command += ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=home)
        try:
            wait_until(lambda: process.poll() is not None or server.is_up(), "a running server", 120)
            assert process.poll() is None, (home / "server.log").read_text()
            yield server
        finally:
            process.terminate()
            process.wait(30)


# Not longer than needed: while Playwright is up, an event loop runs, and no cell of other tests can await.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        pytest.fail("The browser tests need Chromium: `apt-get install -y chromium`, or deselect -m 'not browser'.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def lab(lab_server: LabServer, chromium: Browser) -> Iterator[LabPage]:
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    yield LabPage(page, lab_server)
    page.close()
    lab_server.end_kernels()
