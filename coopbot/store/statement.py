"""Statements: written with SQLAlchemy Core, compiled once for each database, run on the driver's own cursor.

A click is half a dozen statements, so what each costs is what an acknowledgement costs; compiled ahead, a statement
costs what the driver costs. Naive datetimes are still refused and JSON still written by the column's own type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Dialect, UpdateBase, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import Select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from coopbot.store.columns import dump

Convert = Callable[[Any], Any] | None

SQLITE: Dialect = sqlite.dialect(paramstyle="qmark")
POSTGRESQL: Dialect = psycopg.dialect()  # type: ignore[no-untyped-call]


class Driven(NamedTuple):
    """A statement as a driver takes it, and what its values and rows must go through."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    write: Mapping[str, Convert]
    read: Sequence[Convert] | None
    positional: bool

    def values(self, given: Mapping[str, Any]) -> Any:
        """The driver's parameters. Raises KeyError for one that is missing, ValueError for a naive instant."""
        if self.positional:
            return [self._value(name, given) for name in self.names]
        return {name: self._value(name, given) for name in self.names}

    def _value(self, name: str, given: Mapping[str, Any]) -> Any:
        value = given[name] if name in given else self.fixed[name]
        convert = self.write[name]
        return value if convert is None else convert(value)

    def rows(self, raw: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        read = self.read
        if read is None:
            return raw if isinstance(raw, list) else list(map(tuple, raw))
        return [
            tuple([value if convert is None else convert(value) for value, convert in zip(row, read, strict=True)])
            for row in raw
        ]


class Statement:
    """A Core statement, built at import and compiled at its first use on each database."""

    def __init__(self, built: Select[Any] | UpdateBase) -> None:
        self._built = built
        self._driven: dict[str, Driven] = {}

    def on(self, dialect: Dialect) -> Driven:
        driven = self._driven.get(dialect.name)
        if driven is None:
            driven = self._driven[dialect.name] = self._compile(dialect)
        return driven

    def _compile(self, dialect: Dialect) -> Driven:
        compiled = self._built.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        names = tuple(compiled.positiontup or ()) if compiled.positional else tuple(compiled.binds)
        fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        write = {name: writer(bind.type, dialect) for name, bind in compiled.binds.items()}
        read = tuple(reader(column.type, dialect) for column in self._built.exported_columns)
        return Driven(
            str(compiled),
            names,
            fixed,
            write,
            read if any(read) else None,
            bool(compiled.positional),
        )


def writer(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    """What a value of this column type goes through on its way to the driver."""
    return kind.dialect_impl(dialect).bind_processor(dialect)


def reader(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def kind_of(kind: TypeEngine[Any], dialect: Dialect) -> str:
    """The database's name of this column type."""
    return str(kind.dialect_impl(dialect).compile(dialect=dialect))


class _List(TypeDecorator[Sequence[Any]]):
    """Values for :func:`among`: an array on PostgreSQL, JSON on SQLite."""

    impl = sqlite.TEXT
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:
        return dump if dialect.name == "sqlite" else list


class among(ColumnElement[bool]):
    """``column`` is one of the values given as the parameter ``name``: one text however many there are, so that the
    database plans it once. ``out`` turns it round."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str, *, out: bool = False) -> None:
        self.column, self.out = column, out
        self.given = bindparam(name, type_=_List())


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, given = compiler.process(element.column, **kw), compiler.process(element.given, **kw)
    return f"{column} {'NOT IN' if element.out else 'IN'} (SELECT value FROM json_each({given}))"


@compiles(among, "postgresql")
def _among_postgresql(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, name = compiler.process(element.column, **kw), element.given.key
    compiler.process(element.given, **kw)  # registers the parameter
    kind = kind_of(element.column.type, compiler.dialect)
    return f"{column} {'<> ALL' if element.out else '= ANY'} (%({name})s::{kind}[])"
