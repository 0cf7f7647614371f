"""Many rows in one go: ``executemany`` on SQLite, arrays unnested on PostgreSQL (performance.md §2)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from sqlalchemy import Dialect, Table

from coopbot.store.statement import Driven, array_of, writer


class _Bulk(ABC):
    """A statement that takes its values by columns. Those are written by the column's own type, as everywhere."""

    def __init__(self, table: Table, columns: Sequence[str], returning: Sequence[str] = ()) -> None:
        self.table, self.columns, self.returning = table, tuple(columns), tuple(returning)
        self._driven: dict[str, Driven] = {}

    def on(self, dialect: Dialect) -> Driven:
        driven = self._driven.get(dialect.name)
        if driven is None:
            driven = self._driven[dialect.name] = self._compile(dialect)
        return driven

    def _compile(self, dialect: Dialect) -> Driven:
        write = {name: writer(self.table.c[name].type, dialect) for name in self.columns}
        return Driven(self._sql(dialect), self.columns, {}, write, None, dialect.name == "sqlite")

    @abstractmethod
    def _sql(self, dialect: Dialect) -> str: ...

    def _arrays(self, dialect: Dialect) -> str:
        arrays = (f"%({name})s::{array_of(self.table.c[name].type, dialect)}" for name in self.columns)
        return f"unnest({', '.join(arrays)})"


class Insert(_Bulk):
    """Rows to add, in their order; ``once`` is what to do about one that is there."""

    def __init__(self, table: Table, columns: Sequence[str], *, once: str = "", returning: Sequence[str] = ()) -> None:
        super().__init__(table, columns, returning)
        self._once = once

    def _sql(self, dialect: Dialect) -> str:
        quote = dialect.identifier_preparer.quote
        marks = ", ".join("?" * len(self.columns))
        source = f"VALUES ({marks})" if dialect.name == "sqlite" else f"SELECT * FROM {self._arrays(dialect)}"
        tail = f" RETURNING {', '.join(map(quote, self.returning))}" if self.returning else ""
        into = f"{quote(self.table.name)} ({', '.join(map(quote, self.columns))})"
        return f"INSERT INTO {into} {source} {self._once}{tail}"


class Update(_Bulk):
    """Rows to renew; the last of ``columns`` finds the row."""

    def _sql(self, dialect: Dialect) -> str:
        quote = dialect.identifier_preparer.quote
        *renewed, found_by = map(quote, self.columns)
        table = quote(self.table.name)
        if dialect.name == "sqlite":
            return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in renewed)} WHERE {found_by} = ?"
        names = ", ".join([*renewed, found_by])
        setting = ", ".join(f"{name} = new.{name}" for name in renewed)
        source = f"{self._arrays(dialect)} AS new({names})"
        return f"UPDATE {table} SET {setting} FROM {source} WHERE {table}.{found_by} = new.{found_by}"
