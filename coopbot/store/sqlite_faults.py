"""What an error of SQLite's driver means: the world's trouble, somebody who was faster, or a mistake of ours."""

from __future__ import annotations

import sqlite3

from coopbot.errors import Conflict, CoopbotError, StoreBusy

_ONCE = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_OURS = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_MISMATCH}
_REOPEN = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}


def of_sqlite(error: sqlite3.Error) -> CoopbotError | sqlite3.Error:
    """The error to hand to the caller."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code in _ONCE:
        return Conflict(str(error))
    if isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError) and (code & 0xFF) not in {
        *_OURS,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_TOOBIG,
    }:
        return StoreBusy(f"the database can't be written or read: {error}")
    return error


def must_reopen(error: sqlite3.Error) -> bool:
    """Whether the connection may be at fault: a file that was moved, replaced or remounted is found by opening anew."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _REOPEN
