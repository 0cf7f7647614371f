"""Promises as a list and as a count: mine, the team's, and what each person and each shop kept and broke."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopbot.domain.promise import INSTANT, Promise
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk, Role, Team
from coopbot.domain.work_order import WorkOrder
from coopbot.ports import Settled, Tx
from coopbot.services.change import seen
from coopbot.services.outages import team_of_user
from coopbot.services.permission import language_of, names_of, roles_of

COUNTED = timedelta(days=30)


@dataclass(frozen=True)
class Owed:
    """A promise that is to be kept, and its order."""

    seen: Seen
    promise: Promise


@dataclass(frozen=True)
class Count:
    """Of one person or shop, of the promises that ended within :data:`COUNTED`."""

    who: str
    kept: int
    broken: int


@dataclass(frozen=True)
class Book:
    """What one person may see of a team's promises."""

    team: Team
    mine: Sequence[Owed]
    """In whatever team."""
    others: Sequence[Owed]
    """For leads; else empty."""
    people: Sequence[Count]
    """For leads everybody of whom there is something to count, else the reader alone."""
    shops: Sequence[Count]
    names: dict[str, str]


def book(tx: Tx, now: datetime, desk: Desk, user: str, channel: str) -> tuple[Book, str]:
    """The promises of the user's team, and their language. Raises Refusal for somebody of no team."""
    team = team_of_user(tx, desk, user, channel)
    leads = Role.LEAD in roles_of(tx, desk, team, user)
    mine = _owed(tx, now, desk, tx.orders.promising(owner=user))
    others = [each for each in of_team(tx, now, desk, team) if each.promise.owner != user] if leads else []
    people, shops = counts(ended(tx, now), desk, team)
    people = [each for each in people if leads or each.who == user]
    names = dict(names_of(tx, [each.who for each in people]))
    return Book(team, mine, others, people, shops if leads else (), names), language_of(tx, desk, user, team)


def of_team(tx: Tx, now: datetime, desk: Desk, team: Team) -> list[Owed]:
    """Every promise that the team has to keep, wherever its order's card had to go; soonest due first."""
    channels = sorted({team.channel, desk.fallback.channel})
    orders = [order for channel in channels for order in tx.orders.promising(channel=channel)]
    own = [order for order in orders if desk.team_for(order).name == team.name]
    return sorted(_owed(tx, now, desk, own), key=lambda each: (each.promise.due_at, each.seen.order.key))


def ended(tx: Tx, now: datetime) -> Sequence[Settled]:
    """Every promise that was kept or broken within :data:`COUNTED`."""
    return tx.orders.settled(now - COUNTED, now + INSTANT)


def counts(settled: Sequence[Settled], desk: Desk, team: Team) -> tuple[list[Count], list[Count]]:
    """Of the team's: kept and broken by owner and by the shop's name, the most broken first."""
    people: dict[str, list[bool]] = defaultdict(list)
    shops: dict[str, list[bool]] = defaultdict(list)
    for each in settled:
        if desk.team_of(each.order.connection, each.shop_id).name == team.name:
            people[each.owner].append(each.kept)
            shops[desk.shop_name(each.order, each.shop_id)].append(each.kept)
    return _listed(people), _listed(shops)


def _listed(settled: Mapping[str, Sequence[bool]]) -> list[Count]:
    found = [Count(who, sum(kept), len(kept) - sum(kept)) for who, kept in settled.items()]
    return sorted(found, key=lambda each: (-each.broken, -each.kept, each.who))


def _owed(tx: Tx, now: datetime, desk: Desk, orders: Sequence[WorkOrder]) -> list[Owed]:
    """Those of ``orders`` whose promise is to be kept at ``now``."""
    every = (seen(tx, order, desk, now) for order in orders)
    return [Owed(it, it.promise) for it in every if it.promise is not None]
