"""Deadlines of money: kept by key, found by the time at which they have something to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from coopbot.domain.deadline import Deadline, DeadlineKind
from coopbot.domain.team import ShopKey
from coopbot.store.bulk import Insert
from coopbot.store.keys import by_connection
from coopbot.store.session import Session
from coopbot.store.statement import Statement, among
from coopbot.store.tables import DEADLINE

_COLUMNS = (*("key", "kind", "connection", "shop_id", "began_at", "due_at", "next_at", "done_at", "why", "data"),)
_ANY = select(*(DEADLINE.c[name] for name in _COLUMNS)).where(DEADLINE.c.workspace == bindparam("workspace"))
_GET = Statement(_ANY.where(DEADLINE.c.key == bindparam("its_key")))
_DUE = Statement(
    _ANY.where(DEADLINE.c.next_at.is_not(None), DEADLINE.c.next_at <= bindparam("now"))
    .order_by(DEADLINE.c.next_at, DEADLINE.c.id)
    .limit(bindparam("most"))
)
_OPEN = Statement(
    _ANY.where(
        DEADLINE.c.done_at.is_(None),
        DEADLINE.c.connection == bindparam("connection"),
        among(DEADLINE.c.shop_id, "shops"),
    ).order_by(DEADLINE.c.due_at, DEADLINE.c.id)
)
_NEXT = Statement(
    select(func.min(DEADLINE.c.next_at)).where(
        DEADLINE.c.workspace == bindparam("workspace"), DEADLINE.c.next_at.is_not(None)
    )
)
_PUT = Insert(
    DEADLINE,
    ("workspace", *_COLUMNS),
    once="ON CONFLICT (workspace, key) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "key"),
)


class Deadlines:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, deadline: Deadline) -> None:
        line = {name: getattr(deadline, name) for name in _COLUMNS if name not in ("kind", "connection", "shop_id")}
        line |= {
            "workspace": self._session.workspace,
            "kind": deadline.kind.value,
            "connection": deadline.shop.connection,
            "shop_id": deadline.shop.shop_id,
        }
        self._session.insert(_PUT, [line])

    def get(self, key: str) -> Deadline | None:
        row = self._session.one(_GET, its_key=key)
        return _deadline(row) if row else None

    def due(self, now: datetime, limit: int) -> Sequence[Deadline]:
        return [_deadline(row) for row in self._session.all(_DUE, now=now, most=limit)]

    def open(self, shops: Sequence[ShopKey]) -> Sequence[Deadline]:
        found = [
            _deadline(row)
            for connection, shop_ids in by_connection(shops)
            for row in self._session.all(_OPEN, connection=connection, shops=shop_ids)
        ]
        return sorted(found, key=lambda each: (each.due_at, each.key))

    def next_at(self) -> datetime | None:
        row = self._session.one(_NEXT)
        return row[0] if row else None


def _deadline(row: Sequence[Any]) -> Deadline:
    key, kind, connection, shop_id, began_at, due_at, next_at, done_at, why, data = row
    shop = ShopKey(connection, shop_id)
    return Deadline(key, DeadlineKind(kind), shop, began_at, due_at, next_at, done_at, why, data)
