"""What models have answered, kept in one file that all kernels of a user share."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qwen_magic.errors import QwenMagicError

MOST_BYTES = 64 << 20
# Seconds to wait for another kernel that writes; writing takes milliseconds.
_PATIENCE = 2.0
# Seconds without a try after one that failed: a question looks up dozens of things.
_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Contents:
    """How much is kept: entries, and bytes on the disk."""

    entries: int = 0
    size: int = 0


class Answers:
    """JSON values by key, in an SQLite file. What is wrong with the file makes it forgetful, and breaks nothing.

    A connection lasts for one access: answers are written in several threads, and the kernel is forked for trials.
    """

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self.trouble = ""
        """Why the file could not be used, or written to, when that was tried last."""
        self._most_bytes = most_bytes
        self._pause_ends = 0.0

    def get(self, key: str) -> Any:
        """What was put under this key; None if nothing was, or it cannot be read."""
        if time.monotonic() < self._pause_ends:
            return None
        with self._forgiving():
            if self.path.exists():
                with self._open() as database:
                    row = database.execute("SELECT value FROM answers WHERE key = ?", (key,)).fetchone()
                    return json.loads(row[0]) if row else None
        return None

    def put(self, key: str, value: Any) -> None:
        """Keep a value; the oldest ones go when there are too many bytes of them."""
        if time.monotonic() < self._pause_ends:
            return
        with self._forgiving():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as database:
                database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, json.dumps(value)))
                if _bytes_in(database) > self._most_bytes:
                    quarter = "SELECT rowid FROM answers ORDER BY rowid LIMIT (SELECT count(*) / 4 FROM answers)"
                    database.execute(f"DELETE FROM answers WHERE rowid IN ({quarter})")  # noqa: S608 # our own words
            self.trouble = ""

    def contents(self) -> Contents:
        """How much there is now; nothing where the file cannot be read, and then `trouble` says why."""
        with self._forgiving():
            if self.path.exists():
                with self._open() as database:
                    entries = database.execute("SELECT count(*) FROM answers").fetchone()[0]
                    return Contents(entries, self.path.stat().st_size)
        return Contents()

    def clear(self) -> None:
        """Forget everything; a file that is no database is deleted. Raises `QwenMagicError`."""
        try:
            if self.path.exists():
                self._empty()
        except (sqlite3.Error, OSError) as error:
            raise QwenMagicError(f"{self.path} could not be emptied: {error}.", "Delete it yourself.") from error
        self.trouble, self._pause_ends = "", 0.0

    def _empty(self) -> None:
        try:
            with self._open() as database:
                database.execute("DELETE FROM answers")
                database.commit()
                database.execute("VACUUM")
        except sqlite3.OperationalError:  # locked, or not to be written to; but a database
            raise
        except sqlite3.DatabaseError:
            self.path.unlink()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as database, database:
            # What a power cut may spoil can be answered again; a process that ends spoils nothing.
            database.execute("PRAGMA synchronous = OFF")
            database.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
            yield database

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError) as error:
            self.trouble = str(error)
            self._pause_ends = time.monotonic() + _PAUSE


def _bytes_in(database: sqlite3.Connection) -> int:
    """Bytes of a database without its free pages."""
    pages, free, size = (
        int(database.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size
