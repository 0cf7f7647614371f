"""Digests: ordinary orders that a channel can't take one by one are told together, a row each (decisions.md 18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from coopbot.domain.intent import OWN_CARD, Intent, Owed, Priority, What
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Card, Entry, Kind, OrderKey, WorkOrder
from coopbot.ports import Tx
from coopbot.services.change import card_of_row, digest_redraw, record


def orders_of(tx: Tx, args: Mapping[str, Any], *, for_update: bool = False) -> list[WorkOrder]:
    """The orders of a digest, in the sequence in which it was made up."""
    keys = [OrderKey.parse(key) for key in args["orders"]]
    found = tx.orders.get_many(keys, for_update=for_update)
    return [found[key] for key in keys if key in found]


def belongs(order: WorkOrder, desk: Desk, channel: str) -> bool:
    """Whether ``channel`` is where the order is to be told: it was not given to another team meanwhile."""
    return not order.team or channel in (desk.team_for(order).channel, desk.fallback.channel)


def told_together(tx: Tx, now: datetime, desk: Desk, owed: Owed, real: datetime, channel: str, ts: str) -> bool:
    """The digest is in the channel: each of its orders is told by it, unless something else has told it meanwhile.

    What happened to one since it was raised may be younger than what was sent, so that owes a redraw.
    """
    if not tx.outbox.sent(owed, real, ts):
        return False
    tx.notes.put(_note(owed.id), {"channel": channel, "ts": ts, "orders": list(owed.intent.args["orders"])}, now)
    again: list[Intent] = []
    for order in orders_of(tx, owed.intent.args, for_update=True):
        changed = len(order.log) > 1
        if order.told is None and belongs(order, desk, owed.intent.target):
            night = not desk.team_for(order).hours.is_open(now)
            data = {"channel": channel, "ts": ts, "intent": owed.id, "digest": owed.id, "called": [], "night": night}
            order = record(tx, now, desk, order, [Entry(Kind.TOLD, now, f"told:{owed.id}", "coopbot", data)])
        again += card_of_row(order, desk)
        if changed:
            again.append(digest_redraw(Card(channel, ts, now, owed.id)))
    tx.outbox.add(again)
    return True


def standing(tx: Tx, digest: str) -> Mapping[str, Any] | None:
    """Where a digest stands and what it tells: ``channel``, ``ts`` and ``orders``; None where it never arrived."""
    return tx.notes.get(_note(digest))


def one_by_one(tx: Tx, owed: Owed, real: datetime, why: str) -> bool:
    """Slack or we can't make a message of it: each order gets a card, so that one of them spoils no other."""
    if not tx.outbox.drop(owed, real, f"{why}; its orders get cards"):
        return False
    cards = [order for order in orders_of(tx, owed.intent.args) if order.told is None]
    intent = replace(owed.intent, what=What.CARD, priority=Priority.CARD, args={})
    tx.outbox.add([replace(intent, order=order.key, key=f"{OWN_CARD}{order.key}") for order in cards])
    return True


def _note(digest: str) -> str:
    return f"digest:{digest}"
