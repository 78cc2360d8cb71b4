"""A Jupyter server and one notebook in a real browser, as a test wants to talk to them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import nbformat
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

Frontend = Literal["lab", "notebook"]
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


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """The first true value of a condition that somebody else brings about."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"After {seconds:g} s still not: {what}")
        time.sleep(0.05)
    return value


@contextmanager
def running_server(home: Path) -> Iterator[LabServer]:
    """A `jupyter lab` whose files, settings and kernels are its own."""
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


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium of this system: Playwright's own is never downloaded."""
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    assert program, "The browser tests need Chromium: `apt-get install -y chromium`, or deselect -m 'not browser'."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_BROWSER_FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class LabServer:
    """One `jupyter lab` process; it serves JupyterLab and Notebook 7 alike."""

    url: str
    token: str
    folder: Path
    settings: Path

    def api(self, path: str, method: str = "GET") -> Any:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method, headers=headers)  # noqa: S310  # ours
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  # http to ourselves
            return json.loads(response.read() or b"null")

    def is_up(self) -> bool:
        try:
            return bool(self.api("status"))
        except (urllib.error.URLError, ConnectionError):
            return False

    def end_kernels(self) -> None:
        """Kernels outlive the page that started them."""
        for session in self.api("sessions"):
            self.api(f"sessions/{session['id']}", "DELETE")

    def use_theme(self, theme: str) -> None:
        self._set("@jupyterlab/apputils-extension", "themes", {"theme": theme})

    def keep_quiet(self) -> None:
        """No news and no update checks: they pop up over the notebook, and go to the internet."""
        self._set("@jupyterlab/apputils-extension", "notification", {"fetchNews": "false", "checkForUpdates": False})

    def _set(self, extension: str, name: str, values: dict[str, Any]) -> None:
        path = self.settings / extension / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))

    def write(self, name: str, *cells: str) -> None:
        """A new notebook with these code cells."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        nbformat.write(notebook, self.folder / name)


class LabPage:
    """One notebook, open in JupyterLab or Notebook 7."""

    def __init__(self, page: Page, server: LabServer) -> None:
        self.page = page
        self.server = server
        self.name = ""

    def open(self, name: str, frontend: Frontend = "lab") -> None:
        self.name = name
        path = f"lab/tree/{name}?reset&" if frontend == "lab" else f"notebooks/{name}?"
        self.page.goto(f"{self.server.url}/{path}token={self.server.token}")
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=90_000)
        self.page.locator(".jp-NotebookPanel .jp-Spinner:visible").first.wait_for(state="detached", timeout=60_000)
        self.wait_idle()

    def reload_with_fresh_kernel(self) -> None:
        self.server.end_kernels()
        self.page.reload()
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=90_000)
        self.wait_idle()

    def restart_kernel(self) -> None:
        self.page.locator("[data-command='notebook:restart-kernel'], [title^='Restart the kernel']").first.click()
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.wait_idle()

    def wait_idle(self) -> None:
        """The page itself shows an idle kernel also while there is none."""

        def idle() -> bool:
            kernels = [s["kernel"]["execution_state"] for s in self.server.api("sessions") if s["path"] == self.name]
            return kernels == ["idle"]

        wait_until(idle, f"an idle kernel for {self.name}")
        # Messages that the kernel sent before it was idle are still on their way into the page.
        self.page.wait_for_timeout(500)

    def cell(self, number: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def start(self, number: int) -> None:
        """Run a cell without waiting for its end."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self.cell(number).locator(".jp-InputPrompt:has-text('*')").wait_for(timeout=20_000)

    def run(self, number: int) -> None:
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self.wait_done(number)

    def wait_done(self, number: int) -> None:
        pattern = r"document.querySelectorAll('.jp-Notebook .jp-Cell')[%d].querySelector('.jp-InputPrompt').textContent"
        self.page.wait_for_function(rf"/\[\d+\]/.test({pattern % number})", timeout=120_000)
        self.wait_idle()

    def outputs(self, number: int) -> list[str]:
        """What each output of a cell says; innerText would be empty for cells out of sight."""
        return self.cell(number).locator(".jp-OutputArea-output").evaluate_all("nodes => nodes.map(n => n.textContent)")

    def text(self, number: int) -> str:
        return "\n".join(self.outputs(number))

    def buttons(self, number: int) -> list[str]:
        """What the buttons of ours in a cell say."""
        return self.cell(number).locator(".qwen-magic-button:visible").all_text_contents()

    def click(self, number: int, label: str, nth: int = 0) -> None:
        """Click a button of ours in a cell, as soon as it is there."""
        self.cell(number).locator(".qwen-magic-button:visible", has_text=label).nth(nth).click(timeout=60_000)

    def source(self, number: int) -> str:
        return "\n".join(self.cell(number).locator(".cm-line").all_text_contents())

    def sources(self) -> list[str]:
        return [self.source(number) for number in range(self.page.locator(".jp-Notebook .jp-Cell").count())]

    def save(self) -> dict[str, Any]:
        """Save in the browser; the notebook as it then is on disk."""
        path = self.server.folder / self.name
        before = path.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        wait_until(lambda: path.stat().st_mtime_ns != before, "a saved notebook", 20)
        self.page.wait_for_timeout(500)
        return json.loads(path.read_text())

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def screenshot(self, path: Path, number: int | None = None) -> None:
        (self.page if number is None else self.cell(number)).screenshot(path=path)
