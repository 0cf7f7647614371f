"""Column types that both databases agree on: aware instants to the microsecond, and plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
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

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs its zone before it is stored: {value!r}")
        instant = value.astimezone(UTC)
        return instant.isoformat(timespec="microseconds") if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value).astimezone(UTC)
        instant: datetime = value
        return instant.astimezone(UTC)


class Json(TypeDecorator[Mapping[str, Any]]):
    """An object of plain JSON, kept as text: the same on both databases, NUL characters in consumers' words included.

    Raises TypeError for anything that would not come back as it went in (an instant, a dataclass).
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str:
        return dump(value or {})

    def process_result_value(self, value: Any, dialect: Dialect) -> Mapping[str, Any]:
        loaded: Mapping[str, Any] = orjson.loads(value)
        return loaded


_PLAIN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def dump(value: object) -> str:
    return orjson.dumps(value, default=_plain, option=_PLAIN).decode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not plain JSON: {value!r}")
