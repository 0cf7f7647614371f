"""One transaction on one driver connection: what the queries by noun run their statements on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import Dialect, func, select

from coopbot.clock import monotonic, wall
from coopbot.domain.intent import Lane
from coopbot.store.bulk import Filled, Insert, Update, together
from coopbot.store.statement import SQLITE, Statement
from coopbot.store.tables import ORDER

_NEXT_ID = Statement(select(func.coalesce(func.max(ORDER.c.id), 0) + 1))
_SEQUENCE = "SELECT nextval('work_order_id_seq') FROM generate_series(1, %s)"

_HOLD = "SELECT pg_advisory_xact_lock(%s, bucket) FROM unnest(%s::int[]) AS bucket"
_TRY = "SELECT pg_try_advisory_xact_lock(%s, %s)"
_BUCKETS = 1024
"""Names share locks, so that a batch of hundreds doesn't fill PostgreSQL's lock table."""

_STARTED = (wall(), monotonic())


def bucket(name: str) -> int:
    """The lock that the name shares; they are taken in ascending order."""
    return crc32(name.encode()) % _BUCKETS


class Session:
    """Runs statements for one workspace. ``owes`` tells the store afterwards which lanes' workers are to be woken."""

    __slots__ = ("_cursor", "_later", "_texts", "dialect", "owes", "reading", "workspace")

    def __init__(self, cursor: Any, dialect: Dialect, workspace: int, *, reading: bool = False) -> None:
        self._cursor = cursor
        self.dialect = dialect
        self.workspace = workspace
        self.reading = reading
        self.owes: set[Lane] = set()
        self._later: dict[str, Callable[[], None]] = {}
        self._texts: list[tuple[str, str]] | None = None
        """While what was put off is written: PostgreSQL's statements, each with its rows."""

    @property
    def shared(self) -> bool:
        """Whether other units of work write at the same time: SQLite has one writer."""
        return self.dialect is not SQLITE

    def write_later(self, table: str, write: Callable[[], None]) -> None:
        """Put off a write until something is read or the unit ends, so that what a tick writes about a hundred orders
        is a few statements. On PostgreSQL all that was put off is one, so no two may write the same row."""
        self._later[table] = write

    def write_now(self) -> None:
        """Write what was put off. Before every read: a unit of work sees what it has written."""
        if not self._later:
            return
        later, self._later = self._later, {}
        self._texts = []
        for write in later.values():
            write()
        texts, self._texts = self._texts, None
        if texts:
            statements, (first, *others) = zip(*texts, strict=True)
            self._cursor.execute(together(statements), (*others, first))

    def all(self, statement: Statement, **given: Any) -> list[tuple[Any, ...]]:
        """Every row, its values as the domain has them. The workspace is filled in."""
        self.write_now()
        driven = statement.on(self.dialect)
        given["workspace"] = self.workspace
        self._cursor.execute(driven.sql, driven.values(given))
        return driven.rows(self._cursor.fetchall())

    def one(self, statement: Statement, **given: Any) -> tuple[Any, ...] | None:
        rows = self.all(statement, **given)
        return rows[0] if rows else None

    def change(self, statement: Statement, **given: Any) -> int:
        """How many rows it changed."""
        self.write_now()
        driven = statement.on(self.dialect)
        given["workspace"] = self.workspace
        self._cursor.execute(driven.sql, driven.values(given))
        return int(self._cursor.rowcount)

    def insert(self, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """Write the rows in their order; what the statement returns, of those that were written. What was put off
        stays so: this reads nothing of it."""
        if not rows:
            return []
        filled = statement.on(self.dialect)
        if self.shared:
            self._send(filled, rows)
            return self._cursor.fetchall() if statement.returning else []
        if not statement.returning:
            self._cursor.executemany(filled.sql, filled.lines(rows))
            return []
        return [new for line in filled.lines(rows) for new in self._cursor.execute(filled.sql, line).fetchall()]

    def update(self, statement: Update, rows: Sequence[Mapping[str, Any]]) -> None:
        """Renew the rows, each found by the statement's last column."""
        if not rows:
            return
        filled = statement.on(self.dialect)
        if self.shared:
            self._send(filled, rows)
        else:
            self._cursor.executemany(filled.sql, filled.lines(rows))

    def _send(self, filled: Filled, rows: Sequence[Mapping[str, Any]]) -> None:
        if self._texts is None:
            self._cursor.execute(filled.sql, (filled.text(rows),))
        else:
            self._texts.append((filled.sql, filled.text(rows)))

    def order_ids(self, count: int) -> Sequence[int]:
        """Ids for ``count`` new orders. SQLite has one writer at a time; PostgreSQL's sequence gives none twice."""
        if not self.shared:
            ((first,),) = self.all(_NEXT_ID)
            return range(first, first + count)
        self._cursor.execute(_SEQUENCE, (count,))
        return [number for (number,) in self._cursor.fetchall()]

    def hold(self, names: Iterable[str]) -> bool:
        """Wait until no other unit of work holds any of these names, and hold them until this one ends: locks for what
        has no row yet. False where there is nothing to wait for: no name, or a store that is not shared."""
        buckets = sorted(set(map(bucket, names))) if self.shared else []
        if not buckets:
            return False
        self._cursor.execute(_HOLD, (self.workspace, buckets))
        return True

    def hold_alone(self, name: str) -> bool:
        """Hold the name until this unit of work ends, unless another one does: then False, without waiting. That one
        may have frozen with it: the server ends its session after seconds (see ``postgres.py``)."""
        if not self.shared:
            return True
        self._cursor.execute(_TRY, (self.workspace, _BUCKETS + bucket(name)))
        ((held,),) = self._cursor.fetchall()
        return bool(held)

    def lease_clock(self) -> datetime:
        """The time that leases run by, which no jump of this machine's clock bends (performance.md §6, 10):
        the database's where replicas share one, else this process's monotonic clock, counted from its start."""
        if not self.shared:
            began, ticks = _STARTED
            return began + timedelta(seconds=monotonic() - ticks)
        self._cursor.execute("SELECT clock_timestamp()")
        ((now,),) = self._cursor.fetchall()
        instant: datetime = now
        return instant
