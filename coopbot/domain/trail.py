"""An order's audit trail: who did what when, from where, what it changed. Derived: the log alone is kept (rule 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coopbot.domain.lifecycle import state_of
from coopbot.domain.order_log import tell
from coopbot.domain.profile import Profile
from coopbot.domain.seen import deadline
from coopbot.domain.work_order import FROM_PLATFORM, Entry, Kind, WorkOrder

_BY_PLATFORM = FROM_PLATFORM | {Kind.REPLY_DELIVERED, Kind.REPLY_FAILED}
_ELSEWHERE = {
    Kind.PAUSED: "slack:command",
    Kind.RESUMED: "slack:command",
    Kind.OUTAGE_REPORTED: "slack:modal",
    Kind.REAPPLIED: "terminal",
}
"""Acts that have one door of their own; the others are buttons, or modals where a view is recorded."""
_BY_US = {Kind.TOLD: "delivery", Kind.PROMISE_MOVED: "delivery", Kind.RECALLED: "platform"}
"""What coopbot does when something comes in or leaves, and not by the clock."""
NOT_YET = "-"
"""The state before the platform raised it: an event that came early waits."""


@dataclass(frozen=True)
class Line:
    at: datetime
    by: str
    """A Slack user id, ``platform`` or ``coopbot``."""
    where: str
    """``platform``, ``slack:modal``, ``slack:button``, ``slack:command``, ``terminal``, ``delivery`` or ``tick``."""
    act: str
    before: str
    """State and holder, ``claimed by U0…``."""
    after: str
    facts: Mapping[str, Any]


def trail(order: WorkOrder, rules: Profile) -> list[Line]:
    """Every entry in the sequence of recording, with the order as it stood just before and just after."""
    lines = []
    before = NOT_YET
    for index, entry in enumerate(order.log):
        after = _standing(order, rules, index + 1, entry.at)
        lines.append(Line(entry.at, entry.by, _where(entry), entry.kind.value, before, after, entry.data))
        before = after
    return lines


def _standing(order: WorkOrder, rules: Profile, length: int, at: datetime) -> str:
    try:
        told = tell(order.key, order.profile, order.received_at, order.log[:length])
    except ValueError:
        return NOT_YET
    state = state_of(told, deadline(told, rules, at).at, at).value
    return f"{state} by {told.claim.by}" if told.claim is not None else state


def _where(entry: Entry) -> str:
    if entry.kind in _BY_PLATFORM or entry.by == "platform":
        return "platform"
    if entry.by == "coopbot":
        return _BY_US.get(entry.kind, "tick")
    if entry.kind in _ELSEWHERE:
        return _ELSEWHERE[entry.kind]
    return "slack:modal" if entry.data.get("view") else "slack:button"
