"""When a row of a digest becomes a card of its own (decisions.md 18)."""

from __future__ import annotations

from coopbot.domain.work_order import Kind, WorkOrder

MOST_ORDERS = 24
"""Orders of one digest: a section with a button each stays inside Slack's 50 blocks and 10,000 characters."""

MOST_RUNGS = 5
"""Rows whose rungs fall due in one channel and minute and that get cards by it. More of them are one message with a
button for each (decisions.md 10), and as many cards after it would be the burst again (assumed)."""

_TOUCHED = frozenset(
    {Kind.CLAIMED, Kind.HANDED_OVER, Kind.TAKEN_OVER, Kind.REPLY_QUEUED, Kind.PAUSED, Kind.RESUMED},
)


def outgrew_its_row(order: WorkOrder, *, alone: bool) -> bool:
    """Whether it has no card yet and somebody has dealt with it, or it is ``alone`` by its class: the platform may have
    made a CRC of it since. Rungs are the sweep's to judge: it sees how many."""
    if order.row is None or order.card is not None or order.ending is not None:
        return False
    return alone or any(entry.kind in _TOUCHED for entry in order.log)
