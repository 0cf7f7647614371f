"""What a rung asks for before it speaks (``only_if``), judged at the moment at which it would."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.ladder import Rung
from coopbot.domain.profile import Profile
from coopbot.domain.seen import class_of
from coopbot.domain.sla import Due
from coopbot.domain.staffing import staffed
from coopbot.domain.team import Team
from coopbot.domain.work_order import WorkOrder


def unmet(rung: Rung, order: WorkOrder, rules: Profile, team: Team, its_due: Due, now: datetime) -> str:
    """The first condition of ``rung`` that does not hold at ``now``; empty when all do. All of them are wanted."""
    for condition in rung.only_if:
        if not _holds(condition, order, rules, team, its_due, now):
            return condition
    return ""


def _holds(condition: str, order: WorkOrder, rules: Profile, team: Team, its_due: Due, now: datetime) -> bool:
    name, _, value = condition.partition(":")
    match name:
        case "unclaimed":
            return order.claim is None
        case "claimed":
            return order.claim is not None
        case "unanswered":
            return not order.replies
        case "in_shift":
            return team.hours.is_open(now)
        case "nobody_on_call":
            return not team.duty(now).who
        case "staffed_short":
            return staffed(its_due, team.hours, now).short(rules.minimum_staffed)
        case "class":
            wanted = rules.order_class(value)
            return wanted is not None and wanted.code == class_of(order, rules).code
        case "amount":
            return order.facts.amount is not None and order.facts.amount >= int(value)
    raise ValueError(f"no condition {condition!r}")
