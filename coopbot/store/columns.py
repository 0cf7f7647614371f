"""Column types that both databases agree on: aware instants to the microsecond, and plain JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is called INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, UTC. Naive ones are refused: nobody can say which instant they mean.

    SQLite keeps text of one width and one offset, so that text sorts as time does and says what it is to a reader.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = String(32) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _as_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return _from_text if dialect.name == "sqlite" else _in_utc


def _in_utc(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else _sure(value)


def _sure(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"an instant needs its zone before it is stored: {value!r}")
    return value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = _sure(value)
    return value.isoformat("T", "microseconds")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else _in_utc(datetime.fromisoformat(value))


class Json(TypeDecorator[Mapping[str, Any]]):
    """An object of plain JSON, kept as text: the same on both databases, NUL characters in consumers' words included.

    Raises TypeError for anything that would not come back as it went in (an instant, a dataclass).
    """

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Mapping[str, Any] | None], str]:
        return _dump_object

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str], Mapping[str, Any]]:
        return orjson.loads


_PLAIN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def dump(value: object) -> str:
    return orjson.dumps(value, default=_plain, option=_PLAIN).decode()


def _dump_object(value: Mapping[str, Any] | None) -> str:
    return dump(value or {})


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not plain JSON: {value!r}")
