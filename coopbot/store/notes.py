"""Small named values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from coopbot.store.bulk import Insert
from coopbot.store.session import Session
from coopbot.store.statement import Statement, among
from coopbot.store.tables import NOTE

_HERE = NOTE.c.workspace == bindparam("workspace")
_THAT = NOTE.c.key == bindparam("its_key")
_GET = Statement(select(NOTE.c.value).where(_HERE, _THAT))
_SOME = Statement(select(NOTE.c.key, NOTE.c.value).where(_HERE, among(NOTE.c.key, "its_keys")))
_REMOVE = Statement(delete(NOTE).where(_HERE, _THAT))
# Not LIKE: SQLite's takes a for A, and a prefix may hold its wildcards.
_ALL = Statement(
    select(NOTE.c.key, NOTE.c.value)
    .where(_HERE, func.substr(NOTE.c.key, 1, bindparam("length")) == bindparam("prefix"))
    .order_by(NOTE.c.key)
)
_PUT = Insert(
    NOTE,
    ("workspace", "key", "value", "at"),
    once="ON CONFLICT (workspace, key) DO UPDATE SET value = excluded.value, at = excluded.at",
)


class Notes:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[str, Mapping[str, Any] | None] = {}
        """Of a snapshot: what was read of it stays so."""

    def get(self, key: str, *, for_update: bool = False) -> Mapping[str, Any] | None:
        if for_update and not self._session.reading:
            self._session.hold([f"note:{key}"])
        if key in self._read:
            return self._read[key]
        row = self._session.one(_GET, its_key=key)
        return row[0] if row else None

    def some(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        found = dict(self._session.all(_SOME, its_keys=list(keys)))
        if self._session.reading:
            self._read |= {key: found.get(key) for key in keys}
        return found

    def put(self, key: str, value: Mapping[str, Any], now: datetime) -> None:
        self._read.pop(key, None)
        self._session.insert(_PUT, [{"workspace": self._session.workspace, "key": key, "value": value, "at": now}])

    def remove(self, key: str) -> None:
        self._read.pop(key, None)
        self._session.change(_REMOVE, its_key=key)

    def all(self, prefix: str) -> Mapping[str, Mapping[str, Any]]:
        return dict(self._session.all(_ALL, prefix=prefix, length=len(prefix)))
