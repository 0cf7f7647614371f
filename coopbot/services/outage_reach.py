"""What an outage report reaches: the orders of its shops, and the platform's operations manager."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.matching import match
from coopbot.domain.outage import FiledOutage
from coopbot.domain.team import Desk, ShopKey, Team
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.ports import Tx
from coopbot.services.change import change, owe_note
from coopbot.services.money import year_of


def orders_of(tx: Tx, now: datetime, desk: Desk, team: Team, shops: Sequence[str], since: datetime) -> list[WorkOrder]:
    """The open orders of ``shops``, and those that fell due in the outage and were taken over by the platform."""
    found = [order for order in tx.orders.unfinished(team.channel) if _shop(order) in shops or team.is_fallback]
    return found + _late_ones(tx, now, desk, shops, since, {order.key for order in found})


def note_on(tx: Tx, now: datetime, desk: Desk, orders: Sequence[WorkOrder], filed: FiledOutage, user: str) -> None:
    """The report stands in the log of each order that it covers, and is said in its thread."""
    for order in orders:
        entry = Entry(Kind.OUTAGE_REPORTED, now, f"outage:{filed.id}", user, {"outage": filed.id})
        owe_note(tx, desk, change(tx, now, desk, order, [entry]), "outage", by=user, outage=filed.id)


def tell_manager(tx: Tx, desk: Desk, filed: FiledOutage) -> tuple[str, ...]:
    """Owe it to the contact of each connection, once as reported and once more for each end; to whom."""
    sent = []
    for name in sorted({shop.partition(":")[0] for shop in filed.shops}):
        connection = desk.connections.get(name)
        if connection is None:
            continue
        contact = connection.operations_manager
        for via, target in (("slack", contact.slack), ("webhook", contact.webhook)):
            if target:
                args = {"via": via, "connection": name, "facts": filed.to_json()}
                once = f"outage:{filed.id}:{name}:{via}" + (f":end{len(filed.ends)}" if filed.ends else "")
                tx.outbox.add(
                    [Intent(What.OUTAGE, target if via == "slack" else name, Priority.BREACH, None, once, args)]
                )
                sent.append(target if via == "slack" else f"webhook:{name}")
    return tuple(sent)


def _late_ones(
    tx: Tx, now: datetime, desk: Desk, shops: Sequence[str], since: datetime, known: set[OrderKey]
) -> list[WorkOrder]:
    """Orders that fell due in the outage and that the platform has taken over: the penalty still threatens."""
    keys = [ShopKey(*shop.split(":", 1)) for shop in shops]
    pending = match(year_of(tx, keys, now), now, desk.profile.penalties.issue_within).pending
    numbers = {entry.order for entry in pending if entry.order is not None and entry.at >= since} - known
    return list(tx.orders.get_many(sorted(numbers), for_update=True).values())


def _shop(order: WorkOrder) -> str:
    return f"{order.key.connection}:{order.facts.shop_id}"
