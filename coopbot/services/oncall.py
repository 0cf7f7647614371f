"""Who is on call now, next and when it is oneself; how often people were named (noise budget)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopbot.domain.roster import HORIZON, Span
from coopbot.domain.rota import Duty
from coopbot.domain.team import Desk, Team
from coopbot.domain.windows import Window
from coopbot.ports import Named, Tx
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
        gaps=[gap for gap in roster.gaps(team.hours, now, now + HORIZON) if gap.start < now + AHEAD],
        names=names_of(tx, team.named | {user}),
    )
    return seen, language_of(tx, desk, user, team)


def stats(
    tx: Tx, now: datetime, desk: Desk, user: str, channel: str
) -> tuple[Team, Sequence[Named], Mapping[str, str]]:
    """How often each was named by the team's messages of the last month, most first. Raises Refusal."""
    team = team_of_user(tx, desk, user, channel)
    named = tx.mentions.of_team(team.name, now - COUNTED)
    return team, named, names_of(tx, frozenset(each.user for each in named))


def names_of(tx: Tx, users: frozenset[str]) -> Mapping[str, str]:
    known = tx.people.known(sorted(users))
    return {user: person.name for user, person in known.items() if person.name}
