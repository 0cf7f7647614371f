"""The platform's own words on money: issued and revoked penalties are booked, settlements and deposits kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.event import PlatformEvent
from coopbot.domain.facts import fen, instant
from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.penalty import month_of
from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Tx

MONEY = frozenset({"penalty.issued", "penalty.revoked", "settlement.posted", "deposit.changed"})


def book(tx: Tx, now: datetime, desk: Desk, event: PlatformEvent) -> None:
    """Book one event of :data:`MONEY`. Settlements and deposits wait in the inbox for the room that reconciles them."""
    match event.type:
        case "penalty.issued":
            issued = _issued(desk, event)
            tx.ledger.add([issued])
            if tx.notes.get(_revoked(issued.key)) is not None:
                tx.ledger.add([_counter(issued, now, "revoked")])
        case "penalty.revoked":
            key = f"penalty:{event.connection}:{event.data['penalty_no']}"
            tx.notes.put(_revoked(key), dict(event.data), now)  # it may come before what it revokes
            if (entry := tx.ledger.get(key)) is not None:
                tx.ledger.add([_counter(entry, now, "revoked")])
        case _:
            pass


def reverse(tx: Tx, now: datetime, entries: Sequence[LedgerEntry], basis: str) -> None:
    """Counter what was only predicted; what the platform issued, only the platform takes back."""
    tx.ledger.add([_counter(entry, now, basis) for entry in entries if entry.state is PenaltyState.PREDICTED])


def _issued(desk: Desk, event: PlatformEvent) -> LedgerEntry:
    data = event.data
    at = instant(data["issued_at"])
    number = data.get("work_order_no")
    return LedgerEntry(
        key=f"penalty:{event.connection}:{data['penalty_no']}",
        shop=ShopKey(event.connection, data["shop_id"]),
        kind=PenaltyKind(data["kind"]),
        state=PenaltyState.ISSUED,
        at=at,
        month=data.get("settlement_month") or month_of(at, desk.profile),
        order=OrderKey(event.connection, number) if number else None,
        points=data.get("points"),
        amount=fen(data["amount"]) if data.get("amount") else None,
        basis="issued",
    )


def _revoked(key: str) -> str:
    return f"revoked:{key}"


def _counter(entry: LedgerEntry, now: datetime, basis: str) -> LedgerEntry:
    return LedgerEntry(
        key=f"reverse:{entry.key}",
        shop=entry.shop,
        kind=entry.kind,
        state=PenaltyState.REVOKED,
        at=now,
        month=entry.month,
        order=entry.order,
        points=entry.points,
        amount=entry.amount,
        assumed=entry.assumed,
        basis=basis,
        reverses=entry.key,
    )
