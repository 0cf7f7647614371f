"""``deposit.changed``: what moved is booked; below the floor managers and leads hear of it, and the day is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coopbot.domain.deadline import DeadlineKind, deadline
from coopbot.domain.deposit import Deposit, latest, movements
from coopbot.domain.event import PlatformEvent
from coopbot.domain.facts import fen, instant
from coopbot.domain.ledger import counter, standing
from coopbot.domain.periods import LONG_AGO, day_end
from coopbot.domain.team import Desk, ShopKey
from coopbot.ports import Tx
from coopbot.services.telling import tell_owners


def note_of(shop: ShopKey) -> str:
    return f"deposit_now:{shop}"


def deposit_of(tx: Tx, shop: ShopKey) -> Deposit | None:
    """The newest balance that the platform named; None before it named one."""
    kept = tx.notes.get(note_of(shop))
    return _from_json(shop, kept) if kept is not None else None


def floor_of(desk: Desk, shop: ShopKey) -> int | None:
    """What the profile wants to be there; None where it says nothing, or says it in another currency."""
    rules = desk.profile.penalties
    return rules.deposit_floor if desk.currency_of(shop) == rules.currency else None


def changed(tx: Tx, now: datetime, desk: Desk, event: PlatformEvent) -> None:
    """Keep the snapshot, book what it moved, and say so to those who have to act."""
    said = _read(event, desk)
    before = latest(each for each in _snapshots(tx, said.shop) if each.id != said.id)
    tx.notes.put(_key(said), _to_json(said), now)
    _book(tx, desk, said.shop)
    newest = latest(_snapshots(tx, said.shop))
    if newest is not None and newest.id == said.id:
        tx.notes.put(note_of(said.shop), _to_json(newest), now)
        _watch(tx, now, desk, before, newest)


def _book(tx: Tx, desk: Desk, shop: ShopKey) -> None:
    """A snapshot between two others splits what moved between them: the old entry is taken back, two take its place."""
    wanted = {entry.key: entry for entry in movements(_snapshots(tx, shop), desk.profile.zone)}
    stands = [e for e in standing(tx.ledger.since([shop], LONG_AGO)) if e.key.startswith("deposit:")]
    tx.ledger.add([counter(entry, entry.at, "split") for entry in stands if entry.key not in wanted])
    tx.ledger.add(list(wanted.values()))


def _watch(tx: Tx, now: datetime, desk: Desk, before: Deposit | None, newest: Deposit) -> None:
    rules, floor = desk.profile.penalties, floor_of(desk, newest.shop)
    key = f"top_up:{newest.shop}"
    open_one = tx.deadlines.get(key)
    short = newest.short(floor)
    if not short:
        if open_one is not None and open_one.done_at is None:
            tx.deadlines.put(open_one.done(now, "topped_up"))
            tell_owners(tx, desk, newest.shop, "topped_up", **_facts(newest, 0))
        return
    due = newest.top_up_by or (newest.at + rules.top_up_within if rules.top_up_within else None)
    if open_one is not None and open_one.done_at is None and newest.top_up_by is None:
        due = open_one.due_at  # still the same shortage: its day stands
    assumed = newest.top_up_by is None and desk.profile.sure("penalties.top_up_within").is_assumed
    facts = {**_facts(newest, short), "assumed": due is not None and assumed}
    if due is not None:
        facts["due"] = due.isoformat()
        kept = deadline(key, DeadlineKind.TOP_UP, newest.shop, now, due, **facts)
        tx.deadlines.put(kept)
    was = before.short(floor) if before else 0
    if short != was:
        tell_owners(tx, desk, newest.shop, "deposit_short", **facts)


def _facts(deposit: Deposit, short: int) -> dict[str, Any]:
    return {"balance": deposit.balance, "short": short, "currency": deposit.currency}


def _read(event: PlatformEvent, desk: Desk) -> Deposit:
    data = event.data
    shop = ShopKey(event.connection, data["shop_id"])
    return Deposit(
        shop=shop,
        id=event.id,
        at=instant(data["at"]),
        balance=fen(data["balance"]),
        required=fen(data["required"]),
        top_up_by=day_end(data["top_up_by"], desk.profile.zone) if data.get("top_up_by") else None,
        currency=desk.currency_of(shop),
    )


def _key(said: Deposit) -> str:
    return f"deposit:{said.shop}:{said.id}"


def _snapshots(tx: Tx, shop: ShopKey) -> list[Deposit]:
    return [_from_json(shop, value) for value in tx.notes.all(f"deposit:{shop}:").values()]


def _to_json(said: Deposit) -> dict[str, Any]:
    return {
        "id": said.id,
        "at": said.at.isoformat(),
        "balance": said.balance,
        "required": said.required,
        "top_up_by": said.top_up_by.isoformat() if said.top_up_by else None,
        "currency": said.currency,
    }


def _from_json(shop: ShopKey, data: Mapping[str, Any]) -> Deposit:
    return Deposit(
        shop=shop,
        id=data["id"],
        at=instant(data["at"]),
        balance=data["balance"],
        required=data["required"],
        top_up_by=instant(data["top_up_by"]) if data["top_up_by"] else None,
        currency=data["currency"],
    )
