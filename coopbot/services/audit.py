"""The auditor: looks for what should not be, silence is no sign of health (performance.md §6, promise 13)."""

from __future__ import annotations

from datetime import datetime, timedelta

from coopbot.domain.team import Desk
from coopbot.ports import Tx
from coopbot.services.alarm import alarm
from coopbot.services.profiles import warn_of_horizon

LATE = timedelta(minutes=5)
"""What was due, owed, or without its holder so long ago is not on its way."""
WAITS_LONG = timedelta(hours=1)

STUCK = frozenset({"sweep_late", "outbox_late", "not_told", "lease_expired"})
"""Findings by which this bot does not do its work; the others are for somebody to mend at leisure."""


def audit(tx: Tx, now: datetime, real: datetime, desk: Desk) -> list[str]:
    """Alarm the operator about each finding; returns their codes. ``now`` is domain time, ``real`` transport time."""
    found = []
    for code, since, about in _stuck(tx, now, real):
        found.append(code)
        if tx.once.first(f"alarm:{code}:{real:%Y-%m-%dT%H}", real):  # once an hour, for as long as it lasts
            alarm(tx, desk, code, key=code, since=since.isoformat(), order=about)
    if warn_of_horizon(tx, now, desk):
        found.append("holidays_end")
    for row in tx.inbox.waiting_since(now - WAITS_LONG):
        note = f"alarmed:{row.event.connection}:{row.event.id}"
        if tx.notes.get(note) is None:
            tx.notes.put(note, {"at": now.isoformat()}, now)
            found.append("event_waits")
            number = row.event.order.number if row.event.order else ""
            alarm(tx, desk, "event_waits", key=row.event.id, event=row.event.id, type=row.event.type, order=number)
    return found


def _stuck(tx: Tx, now: datetime, real: datetime) -> list[tuple[str, datetime, str]]:
    """What is not on its way, since when, and which order it is about, where it is one."""
    stuck = []
    look = tx.orders.next_look()
    if look is not None and now - look > LATE:
        stuck.append(("sweep_late", look, ""))
    oldest = tx.outbox.oldest()
    if oldest is not None and real - oldest > LATE:
        stuck.append(("outbox_late", oldest, ""))
    untold = tx.orders.untold()  # parked, or never owed: the outbox does not tell
    if untold is not None and now - untold[1] > LATE:
        stuck.append(("not_told", untold[1], untold[0].number))
    abandoned = tx.outbox.abandoned()
    if abandoned is not None and abandoned > LATE.total_seconds():
        stuck.append(("lease_expired", real - timedelta(seconds=abandoned), ""))
    return stuck
