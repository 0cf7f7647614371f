"""Reporting an outage to the platform's operations manager, at once and with a record of when (domain.md §1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from coopbot.domain.files import must_fit
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.matching import match
from coopbot.domain.outage import FiledOutage, OutageReport
from coopbot.domain.team import Desk, ShopKey, Team
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import files
from coopbot.services.attachments import OF_OUTAGE
from coopbot.services.change import change, owe_note
from coopbot.services.money import year_of
from coopbot.services.outage_decision import await_decision
from coopbot.services.permission import language_of, must_be_member
from coopbot.views import ids


def team_of_user(tx: Tx, desk: Desk, user: str, channel: str) -> Team:
    """The team of the channel in which the user speaks, else the first that they belong to. Raises Refusal."""
    here = desk.team_in(channel)
    for team in ([here] if here is not None else []) + list(desk.teams) + [desk.fallback]:
        try:
            must_be_member(tx, desk, team, user)
        except Refusal:
            continue
        return team
    raise Refusal("no_team")


def report(
    tx: Tx, now: datetime, desk: Desk, user: str, channel: str, said: OutageReport, identity: str
) -> tuple[FiledOutage, str]:
    """File the report: kept, noted on every open order of its shops, sent to the contact of each connection.

    It does not wait for its evidence: when it was reported is what the platform asks for. Raises Refusal.
    """
    must_fit(said.files, desk.files, ids.OUTAGE_FILES)
    team = team_of_user(tx, desk, user, channel)
    shops = said.shops or tuple(sorted(str(shop) for shop in team.shops))
    orders = [order for order in tx.orders.unfinished(team.channel) if _shop(order) in shops or team.is_fallback]
    orders += _late_ones(tx, now, shops, said.since, {order.key for order in orders})
    name = tx.people.known([user])
    filed = FiledOutage(
        id=identity,
        report=said,
        team=team.name,
        by=user,
        by_name=name[user].name if user in name else "",
        at=now,
        shops=shops,
        orders=tuple(order.key.number for order in orders),
    )
    filed = replace(filed, sent_to=_send(tx, desk, filed, sorted({shop.partition(":")[0] for shop in shops})))
    tx.notes.put(f"outage:{identity}", filed.to_json(), now)
    files.owe(tx, now, user, f"{OF_OUTAGE}{identity}", said.files)
    for order in orders:
        entry = Entry(Kind.OUTAGE_REPORTED, now, f"outage:{identity}", user, {"outage": identity})
        owe_note(tx, desk, change(tx, now, desk, order, [entry]), "outage", by=user, outage=identity)
    await_decision(tx, now, desk, filed)
    return filed, language_of(tx, desk, user, team)


def _late_ones(tx: Tx, now: datetime, shops: Sequence[str], since: datetime, known: set[OrderKey]) -> list[WorkOrder]:
    """Orders that fell due in the outage and that the platform has taken over: the penalty still threatens."""
    keys = [ShopKey(*shop.split(":", 1)) for shop in shops]
    pending = match(year_of(tx, keys, now), now).pending
    numbers = {entry.order for entry in pending if entry.order is not None and entry.at >= since} - known
    return list(tx.orders.get_many(sorted(numbers), for_update=True).values())


def _shop(order: WorkOrder) -> str:
    return f"{order.key.connection}:{order.facts.shop_id}"


def _send(tx: Tx, desk: Desk, filed: FiledOutage, connections: Sequence[str]) -> tuple[str, ...]:
    sent = []
    for name in connections:
        connection = desk.connections.get(name)
        if connection is None:
            continue
        contact = connection.operations_manager
        for via, target in (("slack", contact.slack), ("webhook", contact.webhook)):
            if target:
                args = {"via": via, "connection": name, "facts": filed.to_json()}
                once = f"outage:{filed.id}:{name}:{via}"
                tx.outbox.add(
                    [Intent(What.OUTAGE, target if via == "slack" else name, Priority.BREACH, None, once, args)]
                )
                sent.append(target if via == "slack" else f"webhook:{name}")
    return tuple(sent)
