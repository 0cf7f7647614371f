"""The auditor: looks for what should not be, silence is no sign of health (performance.md §6, promise 13)."""

from __future__ import annotations

from datetime import datetime, timedelta

from coopbot.domain.team import Desk
from coopbot.ports import Tx
from coopbot.services.alarm import alarm
from coopbot.services.profiles import warn_of_horizon

LATE_LOOK = timedelta(minutes=5)
LATE_DELIVERY = timedelta(minutes=5)
WAITS_LONG = timedelta(hours=1)


def audit(tx: Tx, now: datetime, real: datetime, desk: Desk) -> list[str]:
    """Alarm the operator about each finding; returns their codes. ``now`` is domain time, ``real`` transport time."""
    found = []
    look = tx.orders.next_look()
    if look is not None and now - look > LATE_LOOK:
        found.append("sweep_late")
        alarm(tx, desk, "sweep_late", key="sweep", since=look.isoformat())
    oldest = tx.outbox.oldest()
    if oldest is not None and real - oldest > LATE_DELIVERY:
        found.append("outbox_late")
        alarm(tx, desk, "outbox_late", key="outbox", since=oldest.isoformat())
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
