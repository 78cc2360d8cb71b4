"""Where weights lie on this machine: our own cache, unfinished files in it, and Hugging Face's cache."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import platformdirs

from qwen_magic.errors import NotEnoughSpace

if TYPE_CHECKING:
    from collections.abc import Callable

    from qwen_magic.weights.catalogue import ModelSpec

MARGIN = 64 << 20
CHUNK = 1 << 20
_LAYOUT = 3  # of copies; those of another one are not used


def cache_folder() -> Path:
    """QWEN_MAGIC_CACHE, or a folder of ours where this system keeps caches."""
    chosen = os.environ.get("QWEN_MAGIC_CACHE")
    return Path(chosen).expanduser().absolute() if chosen else platformdirs.user_cache_path("qwen_magic", False)


def models_folder() -> Path:
    """Where the models are in it."""
    return cache_folder() / "models"


def answers_place() -> Path:
    """Where answers are kept."""
    return cache_folder() / "answers.sqlite3"


def place(spec: ModelSpec) -> Path:
    """Where the finished file is, or will be."""
    folder = f"{spec.repo_id.replace('/', '--')}@{spec.revision.replace('/', '--')}"
    return models_folder() / folder / spec.filename


def partial_place(spec: ModelSpec) -> Path:
    """Where the unfinished file grows: named by its sha256, for whoever continues it must mean the same bytes."""
    return models_folder() / ".partial" / spec.sha256


def lock_place(spec: ModelSpec) -> Path:
    """The file whose lock is held by whoever downloads `spec`."""
    named = hashlib.sha256(str(place(spec)).encode()).hexdigest()
    return models_folder() / ".partial" / f"{named[:16]}.lock"


def optimised_place(path: Path) -> Path:
    """Where the copy of a model file for this processor is, or will be; another one when the file changes."""
    status = path.stat()
    state = f"{path.resolve()} {status.st_size} {status.st_mtime_ns} {_LAYOUT}"
    return models_folder() / "optimised" / f"{path.stem}-{hashlib.sha256(state.encode()).hexdigest()[:16]}.gguf"


def size_of(path: Path) -> int:
    """Bytes in a file; none in a missing one."""
    return path.stat().st_size if path.is_file() else 0


def sha256_of(path: Path, report: Callable[[int], None] = lambda done: None) -> str:
    """The checksum of a file, in hexadecimal; `report` is told how many bytes were read."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            report(done)
    return digest.hexdigest()


def checksum(path: Path) -> str:
    """The same, remembered for as long as nobody writes to the file."""
    status = path.stat()
    state = [status.st_size, status.st_mtime_ns]
    note = models_folder() / ".checksums" / hashlib.sha256(os.fsencode(path.resolve())).hexdigest()
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
        if noted["state"] == state:
            return str(noted["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # never computed, or the note is lost: compute
    found = sha256_of(path)
    with suppress(OSError):  # a cache that cannot be written to costs seconds at the next start, nothing else
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"state": state, "sha256": found}), encoding="utf-8")
    return found


def checksum_in_background(path: Path) -> Callable[[], str]:
    """The same from a thread of its own: what is returned says it, and nothing until it is known."""
    found: list[str] = []

    def work() -> None:
        with suppress(OSError):
            found.append(checksum(path))

    Thread(target=work, name="qwen_magic checksum", daemon=True).start()
    return lambda: found[0] if found else ""


def require_space(folder: Path, needed: int) -> None:
    """Raise `NotEnoughSpace` unless the disk of `folder` holds `needed` bytes more, and a little."""
    free = shutil.disk_usage(folder).free
    if free < needed + MARGIN:
        raise NotEnoughSpace(
            f"{megabytes(needed + MARGIN)} are needed in {folder}, {megabytes(free)} are free.",
            "Free some, or set QWEN_MAGIC_CACHE to a folder on another disk.",
        )


def megabytes(size: int) -> str:
    """Bytes for people: 491 MB."""
    return f"{size / 1e6:,.0f} MB" if size >= 10_000_000 else f"{size / 1e6:,.1f} MB"


def cached(spec: ModelSpec) -> Path | None:
    """The finished file if it is on this machine: in our cache, or in Hugging Face's with the pinned bytes."""
    own = place(spec)
    # Nothing gets there unverified, so its size tells whether it is whole.
    if (size := size_of(own)) and size == (spec.size or size):
        return own
    return _in_hub_cache(spec)


def _in_hub_cache(spec: ModelSpec) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    try:
        found = try_to_load_from_cache(spec.repo_id, spec.filename, revision=spec.revision)
    except ValueError:  # not a name that a repository on the hub can have
        return None
    if not isinstance(found, str):
        return None
    path = Path(found)
    # The cache names its blobs by their sha256; without symbolic links it is the user's word that counts.
    blob = path.resolve().name
    expected = spec.sha256 or (blob if re.fullmatch(r"[0-9a-f]{64}", blob) else "")
    whole = size_of(path) == spec.size if spec.size else size_of(path) > 0
    return path if whole and (not expected or checksum(path) == expected) else None
