"""Where a team stands: what ``/coop status`` and Home show (decisions.md 12: money by role)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.matching import effective
from coopbot.domain.penalty import month_of
from coopbot.domain.rota import Duty
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk, Role, ShopKey, Team
from coopbot.errors import Refusal
from coopbot.ports import Settled, Tx
from coopbot.services.change import seen
from coopbot.services.permission import language_of, roles_of
from coopbot.services.profiles import with_versions
from coopbot.services.promise_book import counts, ended
from coopbot.services.rota import with_rota


@dataclass(frozen=True)
class Standing:
    """A team's unfinished orders, soonest due first, its on-call and its month, as one person may see them."""

    team: Team
    orders: tuple[Seen, ...]
    duty: Duty
    next_duty: tuple[datetime, Duty] | None
    month: str
    ledger: tuple[LedgerEntry, ...]
    """Entries of the month that nothing has reversed; empty for who may not see money."""
    sees_money: bool
    names: dict[str, str]
    promises: tuple[int, int] | None = None
    """Kept and broken within 30 days; None for who does not lead."""


def where_we_stand(tx: Tx, now: datetime, desk: Desk, user: str, channel: str) -> tuple[list[Standing], str]:
    """The team of the channel, else every team that the user belongs to. Raises Refusal for somebody of no team."""
    desk = with_rota(tx, desk)
    here = desk.team_in(channel)
    teams = [here] if here is not None else [*desk.teams, desk.fallback]
    shown = []
    settled = ended(tx, now)
    for team in teams:
        roles = roles_of(tx, desk, team, user)
        if Role.MEMBER in roles or Role.OPERATOR in roles:
            money = bool(roles & {Role.LEAD, Role.MANAGER, Role.OPERATOR})
            shown.append(_of_team(tx, now, desk, team, settled, money=money))
    if not shown:
        raise Refusal("no_team") if here is None else Refusal("not_a_member", team=here.name, channel=here.channel)
    return shown, language_of(tx, desk, user, shown[0].team)


def of_all_teams(tx: Tx, now: datetime, desk: Desk) -> list[Standing]:
    """Every team, with its money: for the operator's terminal."""
    desk = with_rota(tx, with_versions(tx, desk))
    settled = ended(tx, now)
    return [_of_team(tx, now, desk, team, settled, money=True) for team in (*desk.teams, desk.fallback)]


def _of_team(tx: Tx, now: datetime, desk: Desk, team: Team, settled: Sequence[Settled], *, money: bool) -> Standing:
    orders = tx.orders.unfinished(team.channel)
    duty, following = team.roster.now(now), team.roster.next(now)
    people = {*duty.who, *duty.backup, *(following[1].who if following else ())}
    people |= {order.claim.by for order in orders if order.claim is not None}
    known = tx.people.known(sorted(people))
    month = month_of(now, desk.profile)
    shops = sorted(team.shops | {ShopKey(order.key.connection, order.facts.shop_id) for order in orders})
    entries = tx.ledger.of_shops(shops, month) if money else ()
    return Standing(
        team=team,
        orders=tuple(seen(tx, order, desk, now) for order in orders),
        duty=duty,
        next_duty=following,
        month=month,
        ledger=effective(entries, now, desk.profile.penalties.issue_within),
        sees_money=money,
        names={user: person.name for user, person in known.items() if person.name},
        promises=_promises(settled, desk, team) if money else None,
    )


def _promises(settled: Sequence[Settled], desk: Desk, team: Team) -> tuple[int, int]:
    people, _ = counts(settled, desk, team)
    return sum(each.kept for each in people), sum(each.broken for each in people)
