"""One transaction on one driver connection: what the queries by noun run their statements on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Dialect, func, select

from coopbot.clock import monotonic, wall
from coopbot.store.statement import SQLITE, Insert, Statement
from coopbot.store.tables import ORDER

_NEXT_ID = Statement(select(func.coalesce(func.max(ORDER.c.id), 0) + 1))
_SEQUENCE = "SELECT nextval('work_order_id_seq') FROM generate_series(1, %s)"

_STARTED = (wall(), monotonic())


class Session:
    """Runs statements for one workspace. ``owes`` tells the store afterwards whether a worker has to be woken."""

    __slots__ = ("_cursor", "dialect", "owes", "reading", "workspace")

    def __init__(self, cursor: Any, dialect: Dialect, workspace: int, *, reading: bool = False) -> None:
        self._cursor = cursor
        self.dialect = dialect
        self.workspace = workspace
        self.reading = reading
        self.owes = False

    def all(self, statement: Statement, **given: Any) -> list[tuple[Any, ...]]:
        """Every row, its values as the domain has them. The workspace is filled in."""
        driven = statement.on(self.dialect)
        given["workspace"] = self.workspace
        self._cursor.execute(driven.sql, driven.values(given))
        return driven.rows(self._cursor.fetchall())

    def one(self, statement: Statement, **given: Any) -> tuple[Any, ...] | None:
        rows = self.all(statement, **given)
        return rows[0] if rows else None

    def change(self, statement: Statement, **given: Any) -> int:
        """How many rows it changed."""
        driven = statement.on(self.dialect)
        given["workspace"] = self.workspace
        self._cursor.execute(driven.sql, driven.values(given))
        return int(self._cursor.rowcount)

    def insert(self, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """Write the rows in their order; what the statement returns, of those that were written."""
        if not rows:
            return []
        driven = statement.on(self.dialect)
        columns = [
            [row[name] for row in rows] if convert is None else [convert(row[name]) for row in rows]
            for name, convert in driven.write.items()
        ]
        if self.dialect is not SQLITE:
            self._cursor.execute(driven.sql, dict(zip(driven.names, columns, strict=True)))
            return self._cursor.fetchall() if statement.returning else []
        if not statement.returning:
            self._cursor.executemany(driven.sql, list(zip(*columns, strict=True)))
            return []
        return [
            written
            for row in zip(*columns, strict=True)
            for written in self._cursor.execute(driven.sql, row).fetchall()
        ]

    def order_ids(self, count: int) -> Sequence[int]:
        """Ids for ``count`` new orders. SQLite has one writer at a time; PostgreSQL's sequence gives none twice."""
        if self.dialect is SQLITE:
            ((first,),) = self.all(_NEXT_ID)
            return range(first, first + count)
        self._cursor.execute(_SEQUENCE, (count,))
        return [number for (number,) in self._cursor.fetchall()]

    def one_at_a_time(self, lock: str, name: str) -> None:
        """Wait until no other replica does what ``name`` says; it ends with the transaction. SQLite has one writer."""
        if self.dialect is not SQLITE:
            self._cursor.execute(lock, (self.workspace, name))

    def lease_clock(self) -> datetime:
        """The time that leases run by, which no jump of this machine's clock bends (performance.md §6, 10):
        the database's where replicas share one, else this process's monotonic clock, counted from its start."""
        if self.dialect is SQLITE:
            began, ticks = _STARTED
            return began + timedelta(seconds=monotonic() - ticks)
        self._cursor.execute("SELECT clock_timestamp()")
        ((now,),) = self._cursor.fetchall()
        instant: datetime = now
        return instant
