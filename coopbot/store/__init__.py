"""The store: SQLite or PostgreSQL behind the port, one contract suite for both."""

from __future__ import annotations

from coopbot.store.base import OpenStore
from coopbot.store.job import LIMIT_S, within
from coopbot.store.lock import AlreadyServed, ServeLock, acquire_serve_lock
from coopbot.store.place import is_sqlite
from coopbot.store.schema import Schema, migrate, schema_state
from coopbot.store.sqlite import SqliteStore

__all__ = [
    "AlreadyServed",
    "OpenStore",
    "Schema",
    "ServeLock",
    "acquire_serve_lock",
    "migrate",
    "open_store",
    "schema_state",
    "within",
]


def open_store(url: str, *, workspace: int = 1, limit: float = LIMIT_S) -> OpenStore:
    """The store at ``url``, not started yet; ``limit`` is how many seconds a caller waits for its commit.

    Raises Misconfigured for an address that is neither SQLite nor PostgreSQL.
    """
    if is_sqlite(url):
        return SqliteStore(url, workspace=workspace, limit=limit)
    from coopbot.store.postgres import PostgresStore  # its driver is slow to import

    return PostgresStore(url, workspace=workspace, limit=limit)
