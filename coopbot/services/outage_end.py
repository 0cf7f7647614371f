"""The outage's real end: asked for once when the expected one has passed, recorded, and told to all who were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from coopbot.domain.deadline import Deadline, DeadlineKind, deadline
from coopbot.domain.outage import Decision, End, FiledOutage
from coopbot.domain.team import Desk, Role, ShopKey, Team
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.outage_decision import grant, outage_of
from coopbot.services.outage_reach import note_on, orders_of, tell_manager
from coopbot.services.permission import language_of, must_lead, names_of, roles_of
from coopbot.services.telling import owners, tell_owners, tell_people

ASK_AFTER = timedelta(hours=12)
"""When we ask whether it is over, where no end was expected; our own choice."""
MAY_BE_AHEAD = timedelta(minutes=1)
"""A clock's difference, by which an instant in a form may lie in the future."""


def await_end(tx: Tx, now: datetime, desk: Desk, filed: FiledOutage) -> None:
    """Keep the day on which we ask, and hand its author the button; nothing where it was over when it was reported."""
    if filed.ends or not filed.shops:
        return
    until = filed.report.until
    facts = {"outage": filed.id, "by": filed.by, "kind": filed.report.kind.value}
    facts |= {"from": filed.report.since.isoformat(), "expected": until.isoformat() if until else ""}
    shop = ShopKey(*filed.shops[0].split(":", 1))
    due = until or now + ASK_AFTER
    tx.deadlines.put(deadline(_key(filed.id), DeadlineKind.OUTAGE_END, shop, now, due, **facts))
    if filed.by not in owners(tx, desk, shop):
        tell_people(tx, desk, shop, [filed.by], "outage_yours", **facts)


def to_end(tx: Tx, desk: Desk, user: str, identity: str) -> tuple[FiledOutage, str]:
    """The report, for who may say that it is over, and their language. Raises Refusal for anybody else."""
    filed = outage_of(tx, identity)
    team = _team(desk, filed)
    if user != filed.by and Role.OPERATOR not in roles_of(tx, desk, team, user):
        must_lead(tx, desk, team, user)
    return filed, language_of(tx, desk, user, team)


def end(tx: Tx, now: datetime, desk: Desk, user: str, identity: str, at: datetime) -> tuple[FiledOutage, str]:
    """It was over ``at``, says its author or a lead; a later word replaces an earlier one, and both are kept.

    Orders that came while it lasted are covered too. What was granted already is granted for them and up to the end;
    what it spared stays spared. Raises Refusal.
    """
    filed, language = to_end(tx, desk, user, identity)
    if at <= filed.report.since:
        raise Refusal("until_before_since")
    if at > now + MAY_BE_AHEAD:
        raise Refusal("end_in_future")
    if filed.over_at == at:
        return filed, language
    joined = [
        order for order in orders_of(tx, now, desk, _team(desk, filed), filed.shops, filed.report.since)
        if order.key.number not in filed.orders and order.facts.raised_at <= at
    ]  # fmt: skip
    said = End(at, user, names_of(tx, [user]).get(user, ""), now)
    numbers = (*filed.orders, *(order.key.number for order in joined))
    filed = replace(filed, ends=(*filed.ends, said), orders=numbers)
    filed = replace(filed, sent_to=tell_manager(tx, desk, filed) or filed.sent_to)
    tx.notes.put(_note(filed), filed.to_json(), now)
    note_on(tx, now, desk, joined, filed, user)
    waits = tx.deadlines.get(_key(identity))
    if waits is not None and waits.done_at is None:
        tx.deadlines.put(waits.done(now, "over"))
    if filed.decision is Decision.GRANTED:
        grant(tx, now, desk, filed)
    if filed.shops:
        shop = ShopKey(*filed.shops[0].split(":", 1))
        since = filed.report.since.isoformat()
        facts = {"outage": identity, "over_at": at.isoformat(), "since": since, "orders": len(numbers)}
        facts |= {"by": user, "by_name": said.by_name}
        decided = filed.decision in (Decision.GRANTED, Decision.REFUSED)
        tell_owners(tx, desk, shop, "outage_over", also=[filed.by], decided=decided, **facts)
    return filed, language


def lasting(tx: Tx, desk: Desk, user: str) -> Sequence[Deadline]:
    """The outages whose end ``user`` may record, oldest first: what Home asks for."""
    found: list[Deadline] = []
    for team in desk.teams:
        leads = bool(roles_of(tx, desk, team, user) & {Role.LEAD, Role.MANAGER, Role.OPERATOR})
        ends = [each for each in tx.deadlines.open(sorted(team.shops)) if each.kind is DeadlineKind.OUTAGE_END]
        found += [each for each in ends if leads or each.data["by"] == user]
    return found


def _team(desk: Desk, filed: FiledOutage) -> Team:
    return next((team for team in desk.teams if team.name == filed.team), desk.fallback)


def _note(filed: FiledOutage) -> str:
    return f"outage:{filed.id}"


def _key(identity: str) -> str:
    return f"outage_end:{identity}"
