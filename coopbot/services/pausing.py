"""Pauses of an order's clock as recorded intervals: who, why, from when until when (house.md rule 6).

Nothing is shifted: the due time follows from the intervals, and only where the profile says that the platform really
pauses. Elsewhere a pause is an internal hold, while the platform's clock runs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from coopbot.domain.lifecycle import Act, check
from coopbot.domain.seen import Seen, deadline
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.change import change, load, owe_note, seen
from coopbot.services.looking import key_of
from coopbot.services.permission import must_lead


def pause(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, why: str) -> Seen:
    """A lead puts the order on hold from now on. Raises Refusal without a reason, or while a pause lasts."""
    order = _of_lead(tx, now, desk, user, key, Act.PAUSE)
    if not why.strip():
        raise Refusal("no_reason")
    if order.pause is not None:
        raise Refusal("already_paused", by=order.pause.by, at=order.pause.start, reason=order.pause.why)
    return _record(tx, now, desk, order, Kind.PAUSED, user, why=why.strip())


def resume(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> Seen:
    """A lead ends the pause that lasts. Raises Refusal when none does."""
    order = _of_lead(tx, now, desk, user, key, Act.RESUME)
    if order.pause is None:
        raise Refusal("not_paused")
    return _record(tx, now, desk, order, Kind.RESUMED, user)


def by_number(tx: Tx, act: Callable[..., Seen], now: datetime, desk: Desk, user: str, number: str, *more: str) -> Seen:
    """``act``, :func:`pause` or :func:`resume`, on the order with that number. Raises Refusal."""
    return act(tx, now, desk, user, key_of(tx, desk, number), *more)


def _of_lead(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, act: Act) -> WorkOrder:
    order = load(tx, key)
    must_lead(tx, desk, desk.team_for(order), user)
    check(order, act, deadline(order, desk.rules_for(order), now).at, now)
    return order


def _record(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, kind: Kind, user: str, **data: str) -> Seen:
    was = deadline(order, desk.rules_for(order), now).at
    nth = sum(entry.kind is kind for entry in order.log)
    order = change(tx, now, desk, order, [Entry(kind, now, f"{kind.value}:{nth}", user, data)])
    due = deadline(order, desk.rules_for(order), now).at
    mention = [order.claim.by] if order.claim is not None and order.claim.by != user else []
    owe_note(tx, desk, order, kind.value, mention=mention, by=user, was=was.isoformat(), due=due.isoformat(), **data)
    return seen(tx, order, desk, now)
