"""The platform's own words on money: issued and revoked penalties, settlements and deposits are booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from coopbot.domain.deadline import DeadlineKind, deadline
from coopbot.domain.event import PlatformEvent
from coopbot.domain.facts import fen, instant
from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState, counter
from coopbot.domain.matching import match
from coopbot.domain.penalty import month_of
from coopbot.domain.periods import day_end
from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Tx
from coopbot.services import deposits, settlements
from coopbot.services.alarm import alarm
from coopbot.services.money import year_of
from coopbot.services.telling import owe_glance, tell_owners

MONEY = frozenset({"penalty.issued", "penalty.revoked", "settlement.posted", "deposit.changed"})


def book(tx: Tx, now: datetime, desk: Desk, event: PlatformEvent) -> None:
    """Book one event of :data:`MONEY`. Entries carry the platform's own times: a replay gives the same ledger."""
    match event.type:
        case "penalty.issued":
            _issue(tx, now, desk, event)
        case "penalty.revoked":
            _revoke(tx, now, desk, event)
        case "settlement.posted":
            settlements.posted(tx, now, desk, event)
        case "deposit.changed":
            deposits.changed(tx, now, desk, event)
        case _:
            pass
    if event.data.get("shop_id"):
        owe_glance(tx, desk, desk.team_of(event.connection, event.data["shop_id"]).channel)


def reverse(tx: Tx, at: datetime, entries: Sequence[LedgerEntry], basis: str) -> None:
    """Counter what was only predicted; what the platform issued, only the platform takes back."""
    tx.ledger.add([counter(entry, at, basis) for entry in entries if entry.state is PenaltyState.PREDICTED])


def penalty_key(connection: str, number: str) -> str:
    return f"penalty:{connection}:{number}"


def _issue(tx: Tx, now: datetime, desk: Desk, event: PlatformEvent) -> None:
    issued = _issued(desk, event)
    known = tx.ledger.get(issued.key)
    if known is not None:
        if known != issued:
            reason = "this penalty came before with another body"
            alarm(tx, desk, "conflict", key=issued.key, event=event.id, reason=reason)
        return
    tx.ledger.add([issued])
    revoked = tx.notes.get(_revoked(issued.key))
    if revoked is not None:
        tx.ledger.add([counter(issued, instant(revoked["at"]), "revoked")])
        return
    facts = facts_of(issued)
    if issued.until is not None and not event.data.get("appeal_until"):
        facts["assumed"] = desk.profile.sure("penalties.appeal_within").is_assumed
    if issued.until is not None and issued.until > now:
        kept = deadline(f"appeal:{issued.key}", DeadlineKind.APPEAL, issued.shop, now, issued.until, **facts)
        tx.deadlines.put(kept)
    matched = match(year_of(tx, [issued.shop], now), now, desk.profile.penalties.issue_within)
    pair = next((pair for pair in matched.pairs if pair.issued.key == issued.key), None)
    foretold = {"predicted": facts_of(pair.predicted), "verdict": pair.verdict.value} if pair else {"predicted": None}
    tell_owners(tx, desk, issued.shop, "issued", **facts, **foretold)


def _revoke(tx: Tx, now: datetime, desk: Desk, event: PlatformEvent) -> None:
    key = penalty_key(event.connection, event.data["penalty_no"])
    if tx.notes.get(_revoked(key)) is not None:
        return
    tx.notes.put(_revoked(key), dict(event.data), now)  # it may come before what it revokes
    entry = tx.ledger.get(key)
    if entry is None:
        return
    tx.ledger.add([counter(entry, instant(event.data["at"]), "revoked")])
    clock = tx.deadlines.get(f"appeal:{key}")
    if clock is not None and clock.done_at is None:
        tx.deadlines.put(clock.done(now, "revoked"))
    settled = any(each.kind is PenaltyKind.SETTLEMENT for each in tx.ledger.of_ref(entry.shop.connection, entry.ref))
    appealed = tx.ledger.get(f"appeal:{key}") is not None
    reason = str(event.data.get("reason") or "")
    tell_owners(tx, desk, entry.shop, "revoked", **facts_of(entry), reason=reason, appealed=appealed, settled=settled)


def facts_of(entry: LedgerEntry) -> dict[str, Any]:
    """A penalty as plain JSON for messages: amounts in minor units, instants in RFC 3339."""
    return {
        "penalty": entry.key,
        "ref": entry.ref,
        "kind": entry.kind.value,
        "points": entry.points,
        "track": entry.track,
        "amount": entry.amount,
        "days": entry.days,
        "currency": entry.currency,
        "measure": entry.text,
        "order": str(entry.order) if entry.order else "",
        "month": entry.month,
        "until": entry.until.isoformat() if entry.until else "",
    }


def _issued(desk: Desk, event: PlatformEvent) -> LedgerEntry:
    data = event.data
    rules, shop = desk.profile, ShopKey(event.connection, data["shop_id"])
    at = instant(data["issued_at"])
    number = data.get("work_order_no")
    points = data.get("points")
    until = at + rules.penalties.appeal_within if rules.penalties.appeal_within else None
    if data.get("appeal_until"):
        until = day_end(data["appeal_until"], rules.zone)
    return LedgerEntry(
        key=penalty_key(event.connection, data["penalty_no"]),
        shop=shop,
        kind=PenaltyKind(data["kind"]),
        state=PenaltyState.ISSUED,
        at=at,
        month=data.get("settlement_month") or month_of(at, rules),
        order=OrderKey(event.connection, number) if number else None,
        points=int(points) if points is not None else None,
        amount=fen(data["amount"]) if data.get("amount") else None,
        basis="issued",
        currency=desk.currency_of(shop),
        track=data.get("track") or "",
        days=data.get("days"),
        until=until,
        ref=data["penalty_no"],
        text=data.get("measure") or "",
    )


def _revoked(key: str) -> str:
    return f"revoked:{key}"
