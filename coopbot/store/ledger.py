"""The ledger's rows: appended, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.team import ShopKey
from coopbot.domain.work_order import OrderKey
from coopbot.store.bulk import Insert
from coopbot.store.keys import by_connection
from coopbot.store.session import Session
from coopbot.store.statement import Statement, among
from coopbot.store.tables import LEDGER

_COLUMNS = (
    *("key", "connection", "shop_id", "kind", "state", "at", "month", "number"),
    *("points", "amount", "assumed", "basis", "reverses", "currency", "track", "days", "until", "ref", "text"),
)
_ANY = select(*(LEDGER.c[name] for name in _COLUMNS)).where(LEDGER.c.workspace == bindparam("workspace"))
_THAT = Statement(_ANY.where(LEDGER.c.key == bindparam("its_key")))
_ROW = _ANY.where(LEDGER.c.connection == bindparam("connection")).order_by(LEDGER.c.at, LEDGER.c.id)
_OF_SHOPS = Statement(_ROW.where(LEDGER.c.month == bindparam("month"), among(LEDGER.c.shop_id, "shops")))
_SINCE = Statement(_ROW.where(LEDGER.c.at >= bindparam("since"), among(LEDGER.c.shop_id, "shops")))
_OF_REF = Statement(_ROW.where(LEDGER.c.ref == bindparam("its_ref"), LEDGER.c.ref != ""))
_OF_ORDER = Statement(_ROW.where(LEDGER.c.number == bindparam("number")))
_ADD = Insert(LEDGER, ("workspace", *_COLUMNS), once="ON CONFLICT (workspace, key) DO NOTHING")


class Ledger:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[tuple[ShopKey, datetime], list[LedgerEntry]] = {}
        """Of a snapshot: what was read of it stays so."""

    def hold(self, connections: Iterable[str]) -> None:
        if not self._session.reading:
            self._session.hold(f"ledger:{connection}" for connection in connections)

    def add(self, entries: Sequence[LedgerEntry]) -> None:
        self._read.clear()
        self._session.insert(_ADD, [self._line(entry) for entry in entries])

    def of_shops(self, shops: Sequence[ShopKey], month: str) -> Sequence[LedgerEntry]:
        found = [
            _entry(row)
            for connection, shop_ids in by_connection(shops)
            for row in self._session.all(_OF_SHOPS, connection=connection, shops=shop_ids, month=month)
        ]
        return sorted(found, key=lambda entry: entry.at)

    def since(self, shops: Sequence[ShopKey], since: datetime) -> Sequence[LedgerEntry]:
        if len(shops) == 1 and (known := self._read.get((shops[0], since))) is not None:
            return known
        found = [
            _entry(row)
            for connection, shop_ids in by_connection(shops)
            for row in self._session.all(_SINCE, connection=connection, shops=shop_ids, since=since)
        ]
        found.sort(key=lambda entry: entry.at)
        if self._session.reading:
            self._read |= {(shop, since): [] for shop in shops}
            for entry in found:
                self._read[entry.shop, since].append(entry)
        return found

    def of_ref(self, connection: str, ref: str) -> Sequence[LedgerEntry]:
        return [_entry(row) for row in self._session.all(_OF_REF, connection=connection, its_ref=ref)]

    def get(self, key: str) -> LedgerEntry | None:
        row = self._session.one(_THAT, its_key=key)
        return _entry(row) if row else None

    def of_order(self, key: OrderKey) -> Sequence[LedgerEntry]:
        return [_entry(row) for row in self._session.all(_OF_ORDER, connection=key.connection, number=key.number)]

    def _line(self, entry: LedgerEntry) -> dict[str, Any]:
        return {
            "workspace": self._session.workspace,
            "key": entry.key,
            "connection": entry.shop.connection,
            "shop_id": entry.shop.shop_id,
            "kind": entry.kind.value,
            "state": entry.state.value,
            "at": entry.at,
            "month": entry.month,
            "number": entry.order.number if entry.order else None,
            "points": entry.points,
            "amount": entry.amount,
            "assumed": entry.assumed,
            "basis": entry.basis,
            "reverses": entry.reverses,
            "currency": entry.currency,
            "track": entry.track,
            "days": entry.days,
            "until": entry.until,
            "ref": entry.ref,
            "text": entry.text,
        }


def _entry(row: Sequence[Any]) -> LedgerEntry:
    key, connection, shop_id, kind, state, at, month, number, points, amount, assumed, basis, reverses, *more = row
    currency, track, days, until, ref, text = more
    return LedgerEntry(
        key=key,
        shop=ShopKey(connection, shop_id),
        kind=PenaltyKind(kind),
        state=PenaltyState(state),
        at=at,
        month=month,
        order=OrderKey(connection, number) if number is not None else None,
        points=points,
        amount=amount,
        assumed=assumed,
        basis=basis,
        reverses=reverses,
        currency=currency,
        track=track,
        days=days,
        until=until,
        ref=ref,
        text=text,
    )
