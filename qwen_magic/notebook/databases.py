"""The notebook's SQLite connections in a copy of it: they may read, and what they would write is refused.

SQLite opens, writes and deletes files in C, where no audit hook sees it. It does ask an authorizer, though.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, urlsplit

from qwen_magic.language import Words
from qwen_magic.notebook import classes

if TYPE_CHECKING:
    import sqlite3

# Codes of sqlite3_set_authorizer: what reads, and what touches only the connection's own temporary tables.
_READING = frozenset({20, 21, 31, 33})
_TEMPORARY = frozenset({3, 4, 5, 6, 12, 13, 14, 15})
_PRAGMA, _TRANSACTION, _ATTACH, _SAVEPOINT = 19, 22, 24, 32
_ASKING = frozenset({"table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list"})
_ALLOWED = 0


def guard(values: Iterable[object], refuse: Callable[[Words], NoReturn]) -> None:
    """Guard the connections among the notebook's variables, and those of its cursors."""
    # Who has not imported it has no connections.
    if (module := sys.modules.get("sqlite3")) is None:
        return
    for value in values:
        if classes.derives(type(value), module.Connection):
            _guard(value, refuse)
        elif classes.derives(type(value), module.Cursor):
            _guard(value.connection, refuse)  # type: ignore[attr-defined]


def _guard(connection: Any, refuse: Callable[[Words], NoReturn]) -> None:
    """Refuse what would change the file behind a connection; one in memory is a copy already."""
    # A closed connection, or one of another thread, is of no use to the candidate either.
    with suppress(sys.modules["sqlite3"].Error):
        if not (path := _main_file(connection)):
            return
        unsaved = connection.in_transaction
        words = would_change(path.name)

        def allowed(action: int, first: str | None, second: str | None, schema: str | None, _: str | None) -> int:
            if action in _READING or action in _TEMPORARY or schema == "temp":
                return _ALLOWED
            if action == _PRAGMA and (second is None or first in _ASKING):
                return _ALLOWED
            # A transaction of the trial's own has nothing to save: what would be saved was refused before.
            if action in (_TRANSACTION, _SAVEPOINT) and (first == "BEGIN" or not unsaved):
                return _ALLOWED
            if action == _ATTACH and not on_disk(first or ""):
                return _ALLOWED
            return refuse(words)

        connection.set_authorizer(allowed)


def _main_file(connection: sqlite3.Connection) -> Path | None:
    rows, connection.row_factory = connection.row_factory, None
    try:
        found = connection.execute("PRAGMA database_list").fetchall()
    finally:
        connection.row_factory = rows
    return next((Path(str(row[2])) for row in found if row[2]), None)


def would_change(name: str) -> Words:
    """The words for a write."""
    return Words(f"would change the database {name}", f"会修改数据库 {name}")


def on_disk(name: str) -> bool:
    """Whether this name of a database is that of a file."""
    return bool(name) and name != ":memory:" and ":memory:" not in name and "mode=memory" not in name


def file(name: str) -> str:
    """The path in a name, which may be a `file:` address."""
    return unquote(urlsplit(name).path) if name.startswith("file:") else name


def kept_from_writing(error: BaseException) -> bool:
    """Whether SQLite could not write where in the notebook it could have."""
    code = str(getattr(error, "sqlite_errorname", ""))
    return code.startswith(("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"))
