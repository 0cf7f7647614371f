"""The schema's version: a fresh database gets its tables, another version's is refused by name (decisions.md 31)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from time import sleep

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from coopbot.errors import OldDatabase, StoreBusy
from coopbot.failpoints import failpoint
from coopbot.store.place import engine_url, is_sqlite, sqlite_place

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSIONS = [_MIGRATIONS / "versions"]
_LOCK = 0xC00B07
"""PostgreSQL's advisory lock under which one of several replicas migrates."""

_HOLDS_UP_S = 0.5
"""Who waits for a table's lock on PostgreSQL keeps everybody behind it waiting: no longer than a click can bear. And
less than the second after which the server ends a deadlock, mostly at the cost of who waited first."""
_OCCUPIED = frozenset({"55P03", "40P01"})
"""Not let in time, or chosen to end a deadlock with those who are."""
_TURNS, _APART_S = 90, 0.5
"""How often it lets them pass and comes again, and after how long, before its caller hears that it was never let."""


class Schema(StrEnum):
    FRESH = "fresh"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


def schema_state(url: str) -> Schema:
    """What the database is to this program. Raises StoreBusy when it can't be asked."""
    if is_sqlite(url) and not sqlite_place(url).path.exists():
        return Schema.FRESH
    with connected(url) as connection:
        return _state(connection)


def migrate(url: str, to: str = "head") -> None:
    """Bring the database to this program's schema, whole or not at all; several at once do it once. A ``serve`` of the
    version before may go on meanwhile and afterwards: migrations only add (docs/adr/0012). Raises OldDatabase when it
    is from a newer program, StoreBusy when it can't be had. ``to`` stops at an earlier revision, for tests."""
    for _ in range(_TURNS - 1):
        try:
            _migrate(url, to)
            return
        except _Occupied:
            sleep(_APART_S)
    _migrate(url, to)


def _migrate(url: str, to: str) -> None:
    with connected(url, write=True) as connection:
        if _state(connection) is Schema.NEWER:
            raise OldDatabase(_NEWER)
        if not is_sqlite(url):
            connection.execute(text(f"SET LOCAL lock_timeout = '{_HOLDS_UP_S}s'"))
        _upgrade(connection, to)
        failpoint("migrate.mid")


class _Occupied(StoreBusy):
    """Somebody holds what is wanted, and others would have had to wait behind."""


def make_ready(url: str) -> None:
    """For ``serve``: migrate a fresh database, refuse an older or newer one (OldDatabase)."""
    match schema_state(url):
        case Schema.FRESH:
            migrate(url)
        case Schema.OLDER:
            raise OldDatabase(
                "the database is from an older coopbot: back it up and run `coopbot migrate`;"
                " a serve of the version before may go on meanwhile"
            )
        case Schema.NEWER:
            raise OldDatabase(_NEWER)
        case Schema.CURRENT:
            pass


_PRESENT = "SELECT version_num FROM alembic_version"
_NEWER = "the database is from a newer coopbot: install that version or a later one; an older one would damage it"


def _state(connection: Connection) -> Schema:
    there = inspect(connection)
    present = set(connection.scalars(text(_PRESENT))) if there.has_table("alembic_version") else set()
    if not present:
        return Schema.FRESH if not there.has_table("work_order") else Schema.OLDER
    known = revisions()
    if not present.issubset(known):
        return Schema.NEWER
    return Schema.CURRENT if present == {known[-1]} else Schema.OLDER


def revisions() -> list[str]:
    """What this program's migrations are called, oldest first: the number that each one's file begins with."""
    return sorted(file.name.partition("_")[0] for folder in _VERSIONS for file in folder.glob("[0-9]*_*.py"))


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command  # a start on a database that is there needs none of it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(map(str, _VERSIONS)).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


@contextmanager
def connected(url: str, *, write: bool = False) -> Iterator[Connection]:
    """A connection in one transaction, tables and all: SQLite's driver would else commit before each of them."""
    engine = create_engine(engine_url(url).set(query=_query(url)), poolclass=NullPool)
    if is_sqlite(url):
        begin = "BEGIN IMMEDIATE" if write else "BEGIN"
        event.listen(engine, "connect", lambda driver, _: setattr(driver, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    try:
        with engine.begin() as connection:
            if write and not is_sqlite(url):
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") in _OCCUPIED:
            raise _Occupied(f"somebody uses the tables and lets nobody in: {error.orig}") from error
        raise StoreBusy(f"the database can't be reached: {error.orig}") from error
    finally:
        engine.dispose()


def _query(url: str) -> dict[str, str | tuple[str, ...]]:
    """What the address asks of us is not for the driver."""
    return {name: value for name, value in engine_url(url).query.items() if name != "max_page_count"}
