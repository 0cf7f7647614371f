"""What an error of PostgreSQL's driver means: the world's trouble, somebody who was faster, or a mistake of ours."""

from __future__ import annotations

import psycopg

from coopbot.errors import Conflict, CoopbotError, StoreBusy

# SQLSTATE classes: connection, insufficient resources, operator intervention, system error, and single codes of others.
_WORLD = ("08", "53", "57", "58", "XX", "25006", "40", "55P03")
_AGAIN = ("40001", "40P01", "23505")


def of_postgres(error: psycopg.Error) -> CoopbotError | psycopg.Error:
    """The error to hand to the caller."""
    state = error.sqlstate
    if state == "23505":
        return Conflict(str(error))
    if state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreBusy(f"the database can't be reached: {error}")
    if state is not None and state.startswith(_WORLD):
        return StoreBusy(f"the database can't be written or read: {error}")
    return error


def try_again(error: psycopg.Error) -> bool:
    """Whether the same unit of work may succeed if it is run again: nothing of it has been committed."""
    return error.sqlstate in _AGAIN or (isinstance(of_postgres(error), StoreBusy) and unreachable(error))


def unreachable(error: psycopg.Error) -> bool:
    state = error.sqlstate
    return state is None or state.startswith(("08", "57P"))
