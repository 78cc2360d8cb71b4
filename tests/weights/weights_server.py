"""A small hub and ModelScope in one: the resolve endpoints, with the faults that real networks have."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


class WeightsServer(ThreadingHTTPServer):
    """Serves `content` under every file name and keeps what was asked in `requests`: (method, path, range)."""

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = content
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.served = content  # what really comes, whatever the headers say
        self.ranges = True
        self.cuts: list[int] = []  # bytes after which the next answers break off
        self.missing = False
        self.listing = True
        self.redirect = ""  # another server that has the bytes
        self.tokens: set[str | None] = set()
        self.gate = threading.Event()  # an answer pauses at its middle until this is set
        self.gate.set()
        self.requests: list[tuple[str, str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    @property
    def bodies(self) -> list[tuple[str, str, str]]:
        return [request for request in self.requests if request[0] == "GET" and "/resolve/" in request[1]]

    def handle_error(self, request, client_address) -> None:
        """Clients that go away are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: WeightsServer

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _answer(self, body: bool) -> None:
        server = self.server
        wanted = self.headers.get("Range") or ""
        server.requests.append((self.command, unquote(self.path), wanted))
        server.tokens.add(self.headers.get("Authorization"))
        if server.missing:
            self.send_error(404)
        elif "/repo/files" in self.path:
            self._list()
        elif server.redirect and body:
            self.send_response(302)
            self.send_header("Location", server.redirect + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            match = re.fullmatch(r"bytes=(\d+)-", wanted) if server.ranges else None
            self._send(int(match[1]) if match else 0, partial=match is not None, body=body)

    def _list(self) -> None:
        file = {"Path": "mine.gguf", "Size": len(self.server.content), "Sha256": self.server.sha256}
        answer = json.dumps({"Data": {"Files": [file] if self.server.listing else []}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _send(self, start: int, partial: bool, body: bool) -> None:
        served = self.server.served
        self.send_response(206 if partial else 200)
        if partial:
            self.send_header("Content-Range", f"bytes {start}-{len(served) - 1}/{len(served)}")
        self.send_header("Content-Length", str(len(served) - start))
        self.send_header("ETag", '"not-the-checksum"')
        self.send_header("X-Linked-Etag", f'"{self.server.sha256}"')
        self.send_header("X-Linked-Size", str(len(self.server.content)))
        self.send_header("X-Repo-Commit", "0" * 40)
        self.end_headers()
        if body:
            end = start + self.server.cuts.pop(0) if self.server.cuts else len(served)
            middle = start + (end - start) // 2
            self.wfile.write(served[start:middle])
            self.wfile.flush()
            self.server.gate.wait()
            self.wfile.write(served[middle:end])


@contextmanager
def serving(content: bytes):
    with WeightsServer(content) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.gate.set()
            server.shutdown()
            thread.join()
