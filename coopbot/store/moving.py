"""Move everything from one database to another, such as from a SQLite file to PostgreSQL (``coopbot move``).

All or nothing: the copy is one transaction of the target, and the source is only read. Nobody may serve either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from coopbot.errors import CoopbotError, OldDatabase
from coopbot.store.lock import acquire_serve_lock
from coopbot.store.place import engine_url
from coopbot.store.schema import Schema, connected, migrate, schema_state
from coopbot.store.tables import BLOB, METADATA, WORKSPACE

_AT_ONCE = 1000
"""Rows read and written in one statement."""
_FILES_AT_ONCE = 2
"""The same for the bytes of files, each of which may be as large as is allowed."""


class NotEmpty(CoopbotError):
    """There is something in the target already; it would be mixed up with what comes."""


def move(source: str, target: str) -> Mapping[str, int]:
    """Copy every row with its id; returns how many of each table. The target may be fresh.

    Raises AlreadyServed while a ``serve`` runs on a SQLite file, OldDatabase when the source is not of this version,
    NotEmpty when the target holds anything, StoreBusy when one of them can't be reached.
    """
    if engine_url(source) == engine_url(target):
        raise NotEmpty("source and target are the same database")
    locks = [acquire_serve_lock(url) for url in (source, target)]
    try:
        if schema_state(source) is not Schema.CURRENT:
            raise OldDatabase("the source is not a database of this version: run `coopbot migrate` on it first")
        migrate(target)
        with connected(source) as taken, connected(target, write=True) as given:
            _must_be_empty(given)
            return {table.name: _copy(taken, given, table) for table in METADATA.sorted_tables}
    finally:
        for lock in locks:
            lock.release()


def _must_be_empty(given: Connection) -> None:
    for table in METADATA.sorted_tables:
        if table is not WORKSPACE and given.execute(select(func.count()).select_from(table)).scalar():
            raise NotEmpty(f"the target holds rows already (table {table.name}); it is left as it was")
    given.execute(WORKSPACE.delete())


def _copy(taken: Connection, given: Connection, table: Any) -> int:
    copied, at_once = 0, _FILES_AT_ONCE if table is BLOB else _AT_ONCE
    rows = taken.execution_options(yield_per=at_once).execute(select(table).order_by(*table.primary_key))
    for some in rows.mappings().partitions(at_once):
        given.execute(insert(table), [dict(row) for row in some])
        copied += len(some)
    if given.dialect.name == "postgresql":
        given.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                f" coalesce((SELECT max(id) FROM {table.name}), 0) + 1, false)"
            )
        )
    return copied
