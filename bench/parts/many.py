"""A database with very many orders, made from some that were taken in: rows are copied where they lie."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlalchemy import Table

from coopbot.store.place import libpq_address, sqlite_place
from coopbot.store.tables import ENTRY, ORDER


def multiply(url: str, have: int, want: int) -> None:
    """Make the ``have`` orders with ids from 1 on ``want``, as they stand, under other numbers; nobody else may be
    writing. PostgreSQL looks at its tables afterwards, as it does by itself within a minute."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(sqlite_place(url).path, isolation_level=None)
        for pragma in ("synchronous = OFF", "cache_size = -200000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        _copy(lambda sql: connection.execute(sql), have, want)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return
    import psycopg

    with psycopg.connect(libpq_address(url)) as server:
        _copy(lambda sql: server.execute(sql.encode()), have, want)
        for table in (ORDER, ENTRY):
            server.execute(f"SELECT setval('{table.name}_id_seq', (SELECT max(id) FROM {table.name}))".encode())
        server.commit()
        server.autocommit = True
        server.execute("VACUUM ANALYZE")


def _copy(run: Callable[[str], object], have: int, want: int) -> None:
    while have < want:  # twice as many each time
        few = min(have, want - have)
        run(_copied(ORDER, {"id": f"id + {have}", "number": f"number || '+{have}'"}, f"id <= {few}"))
        run(_copied(ENTRY, {"id": f"id + {have}", "order_id": f"order_id + {have}"}, f"order_id <= {few}"))
        have += few


def _copied(table: Table, instead: dict[str, str], which: str) -> str:
    names = [column.name for column in table.c]
    into = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(instead.get(name, f'"{name}"') for name in names)
    return f"INSERT INTO {table.name} ({into}) SELECT {values} FROM {table.name} WHERE {which}"
