"""The tick: what has fallen due becomes a reminder, a breach, a penalty entry; each once (house.md, Tick)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from coopbot.domain import approval_steps, claim_expiry, late_days
from coopbot.domain.digest import MOST_RUNGS
from coopbot.domain.escalation import Decision, Outlook, decide, outlook
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.seen import class_of
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, WorkOrder
from coopbot.failpoints import failpoint
from coopbot.ports import Index, Tx
from coopbot.services import approval_tick, approving, claims, promise_ticks, rungs
from coopbot.services.alarm import alarm
from coopbot.services.breach import Breaches
from coopbot.services.change import index_of, own_card, record, record_and_redraw
from coopbot.services.quiet import with_quiet
from coopbot.services.rota import with_rota

log = logging.getLogger(__name__)

PUT_OFF = timedelta(minutes=5)
BATCH = 100
"""Orders a transaction: clicks pass in between (performance.md §3)."""

LINGERS = timedelta(seconds=2)
"""How long a bundle of a full batch waits for what falls due in the same channel at the same time (decisions.md 10)."""


@dataclass(frozen=True)
class Swept:
    orders: int
    more: bool
    """Whether there may be more that is due."""


@dataclass(frozen=True)
class Own:
    """What a look found beside the ladder."""

    claim: Sequence[Entry]
    promise: Sequence[Entry]
    request: Sequence[Entry]
    """Of an answer that waits for a second person."""


@dataclass(frozen=True)
class Judged:
    """An order, and what is to be done with it."""

    order: WorkOrder
    ahead: Outlook
    decision: Decision
    own: Own


def sweep(tx: Tx, now: datetime, desk: Desk, limit: int = BATCH, real: datetime | None = None) -> Swept:
    """Look at the orders that are due for a look; at most ``limit``. ``real`` is the machine's time, by which bundles
    wait for those of the batches to come."""
    orders = tx.orders.due_to_look(now, limit)
    if orders:
        failpoint("tick.claimed")
        desk = with_quiet(tx, with_rota(tx, desk))
    breaches = Breaches(tx, now, desk)
    bundles: dict[str, list[tuple[WorkOrder, dict[str, Any]]]] = defaultdict(list)
    for judged in _judged(tx, now, desk, orders):
        fired = rungs.fire(tx, now, desk, judged.order, judged.decision, judged.ahead.due)
        changed = _apply(tx, now, desk, judged, fired, breaches)
        for target, item in fired.items.items():
            bundles[target].append((changed, item))
    waits_until = real + LINGERS if real is not None and len(orders) == limit else None
    for target, items in bundles.items():
        _owe_reminder(tx, desk, target, items, waits_until)
    return Swept(len(orders), len(orders) == limit)


def _judged(tx: Tx, now: datetime, desk: Desk, orders: Sequence[WorkOrder]) -> list[Judged]:
    """What is to be done with each, earliest due first: which of a shop's late orders is its first does not hang on
    the sequence in which they came."""
    found = []
    for order in orders:
        try:
            ahead = outlook(order, desk, now)
            claim = claim_expiry.entries(order, desk, now, ahead.due)
            request = approval_steps.entries(order, desk, now)
            own = Own(claim, promise_ticks.entries(tx, order, desk, now), request)
            found.append(Judged(order, ahead, decide(order, desk, now, ahead), own))
        except Exception:  # one order that can't be judged must not keep the others waiting (rule 18)
            log.exception("order %s can't be judged", order.key)
            _put_off(tx, now, desk, order)
    return sorted(found, key=lambda each: (each.ahead.due.at, each.order.key))


def _put_off(tx: Tx, now: datetime, desk: Desk, order: WorkOrder) -> None:
    channel = order.told.channel if order.told else desk.fallback.channel
    tx.orders.record(order, (), Index("open", channel, now, now + PUT_OFF))
    alarm(tx, desk, "not_judged", key=str(order.key), order=str(order.key))


def _apply(tx: Tx, now: datetime, desk: Desk, judged: Judged, fired: rungs.Fired, breaches: Breaches) -> WorkOrder:
    order, decision, own = judged.order, judged.decision, judged.own
    entries = list(fired.entries)
    if decision.breach is not None:
        entries.append(breaches.book(order, decision.breach))
    if late_days.grows(order, desk.rules_for(order)):
        breaches.another_day(order)
    if fired.moved_to is not None:  # who waited for a second person has the order no more
        order, own = approving.give_back(tx, now, desk, order, "moved"), replace(own, request=())
    claim = claim_expiry.sparing(order, desk, now, entries, own.claim)
    entries += [*claim, *own.promise, *own.request]
    if not entries:  # a look that found nothing moves on, or it would be taken again at once
        return tx.orders.record(order, (), index_of(order, desk, now, judged.ahead))
    if fired.moved_to is not None:
        changed = record(tx, now, desk, order, entries)
        rungs.owe_move(tx, now, desk, order, changed, fired.moved_to)
    else:
        changed = record_and_redraw(tx, now, desk, order, entries, judged.ahead.past(entries))
    claims.owe_words(tx, now, desk, order, changed, claim)
    promise_ticks.owe_words(tx, now, desk, changed, own.promise)
    approval_tick.owe_words(tx, desk, changed, own.request)
    return changed


def _owe_reminder(
    tx: Tx,
    desk: Desk,
    target: str,
    items: Sequence[tuple[WorkOrder, dict[str, Any]]],
    waits_until: datetime | None,
) -> None:
    """One message a channel or person: the only order's beside its card, several as one bundle (decisions.md 10)."""
    urgent = any(class_of(order, desk.rules_for(order)).mentions_on_card for order, _ in items)
    breach = any(item["step"].endswith(":breach") for _, item in items)
    priority = Priority.CRC_REMINDER if urgent else Priority.BREACH if breach else Priority.REMINDER
    rows = [(order, order.row) for order, _ in items if order.row is not None and order.card is None]
    if len(rows) <= MOST_RUNGS:  # a row of a digest becomes a card at its first rung (decisions.md 18)
        tx.outbox.add([own_card(order, row, desk, min(priority, Priority.CARD)) for order, row in rows])
    direct = target[:1] in "UW"
    only = items[0][0].key if len(items) == 1 and not direct else None
    args = {"items": [item for _, item in items]}
    owed = Intent(What.REMINDER, target, priority, only, args=args)
    tx.outbox.add([replace(owed, not_before=waits_until) if owed.is_bundle else owed])
