"""Many rows in one go: ``executemany`` on SQLite, one JSON text on PostgreSQL.

An array for each column costs the driver five times as much as that text, for one row and for a thousand, and the
server half as much again (performance.md §2).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Dialect, Table

from coopbot.store.statement import kind_of, writer


class Filled(NamedTuple):
    """A statement as a driver takes it, and how rows become what it is given."""

    sql: str
    names: tuple[str, ...]
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    convert: Sequence[tuple[int, Callable[[Any], Any]]]
    """Of the columns whose values the driver does not take as they are: which, and what they go through."""

    def lines(self, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
        """The rows' values in the sequence of the columns. Raises KeyError for one that is missing, ValueError for a
        naive instant."""
        lines = [list(self.pick(row)) for row in rows]
        for line in lines:
            for place, convert in self.convert:
                line[place] = convert(line[place])
        return lines

    def text(self, rows: Sequence[Mapping[str, Any]]) -> str:
        """The rows as one JSON text."""
        return orjson.dumps([dict(zip(self.names, line, strict=True)) for line in self.lines(rows)], _bytes).decode()


def _bytes(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"not a column's value: {value!r}")


@cache
def together(statements: tuple[str, ...]) -> str:
    """PostgreSQL's statements as one, so that a click's three are one way there and back. The first is run first, its
    rows are given last; none sees what another has written."""
    first, *others = statements
    named = ", ".join(f"w{place} AS ({each})" for place, each in enumerate(others))
    return f"WITH {named} {first}" if others else first


class _Bulk(ABC):
    """A statement that takes rows. Their values are written by the column's own type, as everywhere."""

    def __init__(self, table: Table, columns: Sequence[str], returning: Sequence[str] = ()) -> None:
        self.table, self.columns, self.returning = table, tuple(columns), tuple(returning)
        self._filled: dict[str, Filled] = {}

    def on(self, dialect: Dialect) -> Filled:
        filled = self._filled.get(dialect.name)
        if filled is None:
            filled = self._filled[dialect.name] = self._compile(dialect)
        return filled

    def _compile(self, dialect: Dialect) -> Filled:
        writers = [writer(self.table.c[name].type, dialect) for name in self.columns]
        convert = [(place, each) for place, each in enumerate(writers) if each is not None]
        return Filled(self._sql(dialect), self.columns, itemgetter(*self.columns), convert)

    @abstractmethod
    def _sql(self, dialect: Dialect) -> str: ...

    def _records(self, dialect: Dialect) -> str:
        quote = dialect.identifier_preparer.quote
        columns = (f"{quote(name)} {kind_of(self.table.c[name].type, dialect)}" for name in self.columns)
        return f"json_to_recordset(%s) AS new({', '.join(columns)})"


class Insert(_Bulk):
    """Rows to add, in their order; ``once`` is what to do about one that is there.

    With ``once`` a row waits for the unit of work that has just added its like. Rows whose likes several units add,
    each in a sequence of its own, go in by the column ``locked_by`` on PostgreSQL, or those units would deadlock; their
    ids say in which order they were given all the same.
    """

    def __init__(
        self,
        table: Table,
        columns: Sequence[str],
        *,
        once: str = "",
        locked_by: str = "",
        returning: Sequence[str] = (),
    ) -> None:
        super().__init__(table, columns, returning)
        self._once, self._locked_by = once, locked_by

    def _sql(self, dialect: Dialect) -> str:
        quote = dialect.identifier_preparer.quote
        columns = [quote(name) for name in self.columns]
        if dialect.name == "sqlite":
            source = f"VALUES ({', '.join('?' * len(columns))})"
        elif self._locked_by:
            numbered = f"SELECT nextval('{self.table.name}_id_seq') AS id, new.* FROM {self._records(dialect)}"
            source = f"SELECT * FROM ({numbered}) AS numbered ORDER BY {quote(self._locked_by)}"
            columns.insert(0, "id")
        else:
            source = f"SELECT * FROM {self._records(dialect)}"
        tail = f" RETURNING {', '.join(map(quote, self.returning))}" if self.returning else ""
        return f"INSERT INTO {quote(self.table.name)} ({', '.join(columns)}) {source} {self._once}{tail}"


class Update(_Bulk):
    """Rows to renew; the last of ``columns`` finds the row."""

    def _sql(self, dialect: Dialect) -> str:
        quote = dialect.identifier_preparer.quote
        *renewed, found_by = map(quote, self.columns)
        table = quote(self.table.name)
        if dialect.name == "sqlite":
            return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in renewed)} WHERE {found_by} = ?"
        setting = ", ".join(f"{name} = new.{name}" for name in renewed)
        return f"UPDATE {table} SET {setting} FROM {self._records(dialect)} WHERE {table}.{found_by} = new.{found_by}"
