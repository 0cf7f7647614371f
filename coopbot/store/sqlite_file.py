"""A connection to a SQLite file that is opened when needed, and anew when the file was moved or replaced."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from coopbot.store.place import sqlite_place

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
)


class SqliteFile:
    def __init__(self, url: str, *, busy_s: float) -> None:
        place = sqlite_place(url)
        self._path: Path = place.path
        self._pages = place.max_pages
        self._busy_s = busy_s
        self._connection: sqlite3.Connection | None = None
        self._inode = (0, 0)
        self._version = 0

    def cursor(self) -> sqlite3.Cursor:
        """A cursor in autocommit, transactions by hand. Raises sqlite3.OperationalError when there is no such file:
        a connection to a deleted one would go on writing to nowhere."""
        if self._connection is not None and self._identity() != self._inode:
            self.close()
        if self._connection is None:
            self._connection = self._open()
            self._inode = self._identity()
        return self._connection.cursor()

    def changed_by_others(self) -> bool:
        """Whether another connection has committed since the last call."""
        before = self._version
        ((self._version,),) = self.cursor().execute("PRAGMA data_version").fetchall()
        return before not in (0, self._version)

    def undo(self, *, reopen: bool = False) -> None:
        """Leave no transaction open, whether or not SQLite has ended it by itself already."""
        if self._connection is None:
            return
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            reopen = True
        if reopen:
            self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _identity(self) -> tuple[int, int]:
        try:
            stat = os.stat(self._path)
        except OSError:
            return (0, 0)
        return stat.st_dev, stat.st_ino

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,  # each is one thread's until that has ended; then who closes the store closes it
            cached_statements=512,
            timeout=self._busy_s,
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            if self._pages:
                connection.execute(f"PRAGMA max_page_count = {self._pages}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection
