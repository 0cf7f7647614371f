"""A fine that is charged per day: when the next day of lateness begins, while nobody has answered."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.lifecycle import met_at
from coopbot.domain.penalty import DAY
from coopbot.domain.profile import Profile
from coopbot.domain.seen import class_of
from coopbot.domain.work_order import WorkOrder


def begun(due_at: datetime, at: datetime) -> int:
    """How many days of lateness have begun; the first one begins with the due time."""
    return max(0, (at - due_at) // DAY) + 1


def grows(order: WorkOrder, rules: Profile) -> bool:
    """Whether the order is late, unanswered, and costs more with each day."""
    if not order.breaches or order.ending is not None or met_at(order) is not None:
        return False
    return rules.penalties.grows(class_of(order, rules).code)


def next_look(order: WorkOrder, rules: Profile, due_at: datetime, now: datetime) -> datetime | None:
    """When the next day begins; None when it costs nothing more, or no penalty is to be expected any more."""
    at = due_at + begun(due_at, now) * DAY
    return at if grows(order, rules) and at <= due_at + rules.penalties.issue_within else None
