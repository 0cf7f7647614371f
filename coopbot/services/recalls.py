"""New orders whose matter was raised before, with a promise: written into their log when they come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from coopbot.domain.alike import kin
from coopbot.domain.recall import find
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.ports import Tx


def entries(tx: Tx, now: datetime, desk: Desk, born: Sequence[WorkOrder]) -> Mapping[OrderKey, Entry]:
    """By new order, the promise that bears on it; one query for all of them."""
    consumers = sorted({kin(order.facts)[0] for order in born} - {""})
    earlier = tx.orders.promised_to(consumers, now - desk.profile.promises.recall_for) if consumers else ()
    known = [(order, desk.rules_for(order)) for order in earlier]
    found: dict[OrderKey, Entry] = {}
    for order in born if known else ():
        recall = find(order.facts, order.key, known, now)
        if recall is not None:
            found[order.key] = Entry(Kind.RECALLED, now, "recalled", "coopbot", recall.plain())
    return found
