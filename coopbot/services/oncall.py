"""Who is on call now, next and when it is oneself; how often people were named (noise budget)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopbot.domain.roster import Span
from coopbot.domain.rota import Duty
from coopbot.domain.team import Desk, Team
from coopbot.domain.windows import Window
from coopbot.ports import Tx
from coopbot.services.outages import team_of_user
from coopbot.services.permission import language_of
from coopbot.services.rota import AHEAD, with_rota

SHOWN = timedelta(days=14)
COUNTED = timedelta(days=30)


@dataclass(frozen=True)
class OnCall:
    """A team's rota as one of its people may see it."""

    team: Team
    user: str
    now: Duty
    next: tuple[datetime, Duty] | None
    mine: Sequence[Span]
    gaps: Sequence[Window]
    """Within the team's hours, in the days to come."""
    names: Mapping[str, str]


@dataclass(frozen=True)
class Named:
    """How often somebody was called in a message."""

    user: str
    times: int
    at_night: int


def look(tx: Tx, now: datetime, desk: Desk, user: str, channel: str) -> tuple[OnCall, str]:
    """The team's rota, and the user's language. Raises Refusal for somebody of no team."""
    desk = with_rota(tx, desk)
    team = team_of_user(tx, desk, user, channel)
    roster = team.roster
    seen = OnCall(
        team=team,
        user=user,
        now=roster.now(now),
        next=roster.next(now),
        mine=roster.of(user, now, now + SHOWN),
        gaps=roster.gaps(team.hours, now, now + AHEAD),
        names=names_of(tx, team.named | {user}),
    )
    return seen, language_of(tx, desk, user, team)


def stats(tx: Tx, now: datetime, desk: Desk, user: str, channel: str) -> tuple[Team, list[Named], Mapping[str, str]]:
    """How often each was named by the team's cards and reminders of the last month, most first. Raises Refusal."""
    team = team_of_user(tx, desk, user, channel)
    times: Counter[str] = Counter()
    nights: Counter[str] = Counter()
    for called in tx.orders.calls(now - COUNTED, now + timedelta(microseconds=1)):
        if desk.team_of(called.order.connection, called.shop_id).name == team.name:
            times.update(called.users)
            nights.update(called.users if called.night else ())
    named = [Named(who, count, nights[who]) for who, count in times.items()]
    return team, sorted(named, key=lambda each: (-each.times, each.user)), names_of(tx, frozenset(times))


def names_of(tx: Tx, users: frozenset[str]) -> Mapping[str, str]:
    known = tx.people.known(sorted(users))
    return {user: person.name for user, person in known.items() if person.name}
