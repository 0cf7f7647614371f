"""Snooze: an order's reminders wait until an instant that somebody chose; its due time does not.

Until then steps are passed over and recorded as snoozed; then one reminder speaks. The breach always speaks, and so
does an urge: that is news. How long at most is assumed; no source says.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from coopbot.domain.sla import Due
from coopbot.domain.work_order import Kind, WorkOrder

MARGIN = timedelta(hours=1)
"""Before the due time reminders are heard again."""
MOST_URGENT = timedelta(minutes=30)
"""For a class that calls people with its card (CRC): once, and so long at most."""
SNOOZED = "snoozed"
"""Why a step is passed over."""


def latest(its_due: Due) -> datetime:
    """Until when the reminders of an order may wait."""
    return its_due.at - MARGIN


def ends(order: WorkOrder, its_due: Due) -> datetime | None:
    """When its reminders are heard again; None when nobody snoozed it. A due time that moved closer ends it sooner."""
    snooze = order.snooze
    if snooze is None or snooze.cycle != order.cycle:
        return None
    return min(snooze.until, latest(its_due))


def used(order: WorkOrder) -> bool:
    """Whether somebody snoozed it before, since the last rejection."""
    return any(entry.kind is Kind.SNOOZED and entry.data["cycle"] == order.cycle for entry in order.log)
