"""Snooze from the card: whose order it is, or whoever may claim it, puts its reminders off."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.lifecycle import Act, check
from coopbot.domain.seen import Seen, class_of, deadline
from coopbot.domain.snooze import MOST_URGENT, latest, used
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.change import change, load, seen
from coopbot.services.permission import language_of, must_be_member, must_lead


def form(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> tuple[Seen, datetime, str]:
    """The order, until when its reminders may wait, and the user's language. Raises Refusal when they can't."""
    order = _legal(tx, now, desk, user, key)
    most = _most(order, desk, now)
    return seen(tx, order, desk, now), most, language_of(tx, desk, user, desk.team_for(order))


def snooze(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, until: datetime, view: str, block: str
) -> WorkOrder:
    """Put its reminders off; the same form (``view``) again changes nothing. Raises Refusal, under ``block``."""
    order = _legal(tx, now, desk, user, key)
    if not any(entry.data.get("view") == view for entry in order.log if entry.kind is Kind.SNOOZED):
        most = _most(order, desk, now)
        if until <= now:
            raise Refusal("snooze_over", block=block)
        if until > most:
            raise Refusal("snooze_too_late", at=most, block=block)
        nth = sum(entry.kind is Kind.SNOOZED for entry in order.log)
        data = {"until": until.isoformat(), "cycle": order.cycle, "view": view}
        order = change(tx, now, desk, order, [Entry(Kind.SNOOZED, now, f"snoozed:{nth}", user, data)])
    return order


def _legal(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> WorkOrder:
    order = load(tx, key)
    must_be_member(tx, desk, desk.team_for(order), user)
    check(order, Act.SNOOZE, deadline(order, desk.rules_for(order), now).at, now)
    if order.claim is not None and order.claim.by != user:
        must_lead(tx, desk, desk.team_for(order), user)
    return order


def _most(order: WorkOrder, desk: Desk, now: datetime) -> datetime:
    rules = desk.rules_for(order)
    most = latest(deadline(order, rules, now))
    if most <= now:
        raise Refusal("snooze_no_time")
    if not class_of(order, rules).mentions_on_card:
        return most
    if used(order):
        raise Refusal("snooze_once")
    return min(most, now + MOST_URGENT)
