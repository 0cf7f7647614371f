"""Promises as a list and as a count: mine, the team's, and how many each person and each shop kept and broke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopbot.domain.promise import Promise, PromiseState
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk, Role, Team
from coopbot.ports import Tx
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
    """Of one person or shop, of the promises given in the last :data:`COUNTED`."""

    who: str
    kept: int
    broken: int


@dataclass(frozen=True)
class Book:
    """What one person may see of a team's promises."""

    team: Team
    user: str
    mine: Sequence[Owed]
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
    mine = _owed(tx, now, desk, team, user)
    others = [each for each in _owed(tx, now, desk, team) if each.promise.owner != user] if leads else []
    people, shops = counts(tx, now, desk, team)
    people = [each for each in people if leads or each.who == user]
    names = dict(names_of(tx, [each.who for each in people]))
    return Book(team, user, mine, others, people, shops if leads else (), names), language_of(tx, desk, user, team)


def of_team(tx: Tx, now: datetime, desk: Desk, team: Team) -> list[Owed]:
    """Every promise that the team has to keep, soonest due first."""
    return _owed(tx, now, desk, team)


def counts(tx: Tx, now: datetime, desk: Desk, team: Team) -> tuple[list[Count], list[Count]]:
    """Kept and broken by owner and by shop's name, the most broken first."""
    people: dict[PromiseState, Counter[str]] = {state: Counter() for state in PromiseState}
    shops: dict[PromiseState, Counter[str]] = {state: Counter() for state in PromiseState}
    for order in tx.orders.promised(now - COUNTED):
        if desk.team_for(order).name != team.name:
            continue
        it = seen(tx, order, desk, now)
        for promise in it.promises:
            people[promise.state][promise.owner] += 1
            shops[promise.state][it.shop] += 1
    return _listed(people), _listed(shops)


def _listed(by_state: dict[PromiseState, Counter[str]]) -> list[Count]:
    kept, broken = by_state[PromiseState.KEPT], by_state[PromiseState.BROKEN]
    found = [Count(who, kept[who], broken[who]) for who in {*kept, *broken}]
    return sorted(found, key=lambda each: (-each.broken, -each.kept, each.who))


def _owed(tx: Tx, now: datetime, desk: Desk, team: Team, owner: str = "") -> list[Owed]:
    orders = (order for order in tx.orders.promising(owner) if desk.team_for(order).name == team.name)
    return list(_open(seen(tx, order, desk, now) for order in orders))


def _open(orders: Iterable[Seen]) -> Iterable[Owed]:
    for it in orders:
        if it.promise is not None:
            yield Owed(it, it.promise)
