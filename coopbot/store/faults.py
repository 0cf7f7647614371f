"""What a driver's error means: the world's trouble, somebody who was faster, or a mistake of ours."""

from __future__ import annotations

import sqlite3

import psycopg

from coopbot.errors import Conflict, CoopbotError, StoreBusy

_SQLITE_ONCE = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_SQLITE_OURS = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_MISMATCH}
_SQLITE_REOPEN = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}

# SQLSTATE classes: connection, insufficient resources, operator intervention, system error, and single codes of others.
_POSTGRES_WORLD = ("08", "53", "57", "58", "XX", "25006", "40", "55P03")
_POSTGRES_AGAIN = ("40001", "40P01", "23505")


def of_sqlite(error: sqlite3.Error) -> CoopbotError | sqlite3.Error:
    """The error to hand to the caller."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code in _SQLITE_ONCE:
        return Conflict(str(error))
    if isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError) and (code & 0xFF) not in {
        *_SQLITE_OURS,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_TOOBIG,
    }:
        return StoreBusy(f"the database can't be written or read: {error}")
    return error


def must_reopen(error: sqlite3.Error) -> bool:
    """Whether the connection may be at fault: a file that was moved, replaced or remounted is found by opening anew."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_REOPEN


def of_postgres(error: psycopg.Error) -> CoopbotError | psycopg.Error:
    """The error to hand to the caller."""
    state = error.sqlstate
    if state == "23505":
        return Conflict(str(error))
    if state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreBusy(f"the database can't be reached: {error}")
    if state is not None and state.startswith(_POSTGRES_WORLD):
        return StoreBusy(f"the database can't be written or read: {error}")
    return error


def try_again(error: psycopg.Error) -> bool:
    """Whether the same unit of work may succeed if it is run again: nothing of it has been committed."""
    return error.sqlstate in _POSTGRES_AGAIN or (isinstance(of_postgres(error), StoreBusy) and unreachable(error))


def unreachable(error: psycopg.Error) -> bool:
    state = error.sqlstate
    return state is None or state.startswith(("08", "57P"))
