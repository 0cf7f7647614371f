"""The tick: what has fallen due becomes a reminder, a breach, a penalty entry; each once (house.md, Tick)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from coopbot.domain.escalation import Decision, decide
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.seen import class_of
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from coopbot.failpoints import failpoint
from coopbot.ports import Index, Tx
from coopbot.services import claims
from coopbot.services.alarm import alarm
from coopbot.services.breach import Breaches
from coopbot.services.change import index_of, owe_redraw, record

log = logging.getLogger(__name__)

PUT_OFF = timedelta(minutes=5)
BATCH = 100
"""Orders a transaction: clicks pass in between (performance.md §3)."""


@dataclass(frozen=True)
class Swept:
    orders: int
    more: bool
    """Whether there may be more that is due."""


def sweep(tx: Tx, now: datetime, desk: Desk, limit: int = BATCH) -> Swept:
    """Look at the orders that are due for a look; at most ``limit``."""
    orders = tx.orders.due_to_look(now, limit)
    if orders:
        failpoint("tick.claimed")
    breaches = Breaches(tx, now, desk)
    bundles: dict[str, list[tuple[WorkOrder, dict[str, Any]]]] = defaultdict(list)
    for order in orders:
        try:
            decision, claim = decide(order, desk, now), claims.entries(order, desk, now)
        except Exception:  # one order that can't be judged must not keep the others waiting (rule 18)
            log.exception("order %s can't be judged", order.key)
            _put_off(tx, now, desk, order)
            continue
        changed = _apply(tx, now, desk, order, decision, breaches, claim)
        if decision.fire is not None:
            step = decision.fire
            bundles[_channel(desk, changed)].append(
                (changed, {"order": str(order.key), "step": step.key, "missed": [s.name for s in decision.superseded]})
            )
    for channel, items in bundles.items():
        _owe_reminder(tx, desk, channel, items)
    return Swept(len(orders), len(orders) == limit)


def _put_off(tx: Tx, now: datetime, desk: Desk, order: WorkOrder) -> None:
    channel = order.card.channel if order.card else desk.fallback.channel
    tx.orders.record(order, (), Index("open", channel, now, now + PUT_OFF))
    alarm(tx, desk, "not_judged", key=str(order.key), order=str(order.key))


def _apply(
    tx: Tx,
    now: datetime,
    desk: Desk,
    order: WorkOrder,
    decision: Decision,
    breaches: Breaches,
    claim: Sequence[Entry],
) -> WorkOrder:
    entries = [
        Entry(Kind.SUPERSEDED, now, f"rung:{step.key}", "coopbot", {"rung": step.key, "why": "a louder step is due"})
        for step in decision.superseded
    ]
    if decision.fire is not None:
        step = decision.fire
        data = {"rung": step.key, "due": step.at.isoformat(), "why": "due"}
        entries.append(Entry(Kind.REMINDED, now, f"rung:{step.key}", "coopbot", data))
    if decision.breach is not None:
        entries.append(breaches.book(order, decision.breach))
    entries += claim
    if not entries:  # a look that found nothing moves on, or it would be taken again at once
        return tx.orders.record(order, (), index_of(order, desk, now))
    changed = record(tx, now, desk, order, entries)
    owe_redraw(tx, desk, changed)
    claims.owe_words(tx, now, desk, order, changed, claim)
    return changed


def _channel(desk: Desk, order: WorkOrder) -> str:
    return order.card.channel if order.card else desk.team_for(order).channel


def _owe_reminder(tx: Tx, desk: Desk, channel: str, items: Sequence[tuple[WorkOrder, dict[str, Any]]]) -> None:
    """One message a channel: the only order's beside its card, several as one bundle (decisions.md 10)."""
    urgent = any(class_of(order, desk.rules_for(order)).mentions_on_card for order, _ in items)
    breach = any(item["step"].endswith(":breach") for _, item in items)
    priority = Priority.CRC_REMINDER if urgent else Priority.BREACH if breach else Priority.REMINDER
    only = items[0][0].key if len(items) == 1 else None
    args = {"items": [item for _, item in items]}
    tx.outbox.add([Intent(What.REMINDER, channel, priority, only, args=args)])
