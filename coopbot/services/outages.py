"""Reporting an outage to the platform's operations manager, at once and with a record of when (domain.md §1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from coopbot.domain.files import must_fit
from coopbot.domain.outage import End, FiledOutage, OutageReport
from coopbot.domain.team import Desk, Team
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import files
from coopbot.services.attachments import OF_OUTAGE
from coopbot.services.money import shops_of
from coopbot.services.outage_decision import await_decision
from coopbot.services.outage_end import await_end
from coopbot.services.outage_reach import note_on, orders_of, tell_manager
from coopbot.services.permission import language_of, must_be_member, names_of
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
    shops = said.shops or tuple(str(shop) for shop in shops_of(tx, desk, team))
    orders = orders_of(tx, now, desk, team, shops, said.since)
    name = names_of(tx, [user]).get(user, "")
    filed = FiledOutage(
        id=identity,
        report=said,
        team=team.name,
        by=user,
        by_name=name,
        at=now,
        shops=shops,
        orders=tuple(order.key.number for order in orders),
        ends=(End(said.until, user, name, now),) if said.until is not None and said.until <= now else (),
    )
    filed = replace(filed, sent_to=tell_manager(tx, desk, filed))
    tx.notes.put(f"outage:{identity}", filed.to_json(), now)
    files.owe(tx, now, user, f"{OF_OUTAGE}{identity}", said.files)
    note_on(tx, now, desk, orders, filed, user)
    await_decision(tx, now, desk, filed)
    await_end(tx, now, desk, filed)
    return filed, language_of(tx, desk, user, team)
