"""Shifts from a calendar: put over a team's rotas; the same event again takes the place of its former shifts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from coopbot.domain.roster import Booking
from coopbot.domain.team import Desk, Team
from coopbot.errors import Misconfigured, Mistake, Refusal
from coopbot.ports import Tx
from coopbot.services.permission import members_of
from coopbot.services.rota import kept_of, write

MOST = 1_000
"""Of one team: every message about an order reads them."""


@dataclass(frozen=True)
class Plan:
    """What an import changes; what is over stays as it was."""

    team: Team
    new: tuple[Booking, ...] = ()
    changed: tuple[tuple[Booking, Booking], ...] = ()
    """Before and after."""
    gone: tuple[Booking, ...] = ()
    same: int = 0

    @property
    def empty(self) -> bool:
        return not (self.new or self.changed or self.gone)


def team_and_names(tx: Tx, desk: Desk, name: str) -> tuple[ZoneInfo, Mapping[str, str]]:
    """The zone of the team's hours, and its people by display name in lower case: those whose name is theirs alone.

    Raises Refusal for an unknown team.
    """
    team = _team(desk, name)
    known = tx.people.known(sorted(team.named | (members_of(tx, team) or frozenset())))
    names = Counter(person.name.lower() for person in known.values())
    mine = {person.name.lower(): user for user, person in known.items() if names[person.name.lower()] == 1}
    return team.hours.zone, {name: user for name, user in mine.items() if name}


def plan(
    tx: Tx, now: datetime, desk: Desk, name: str, fresh: Sequence[Booking], events: Collection[str], *, whole: bool
) -> Plan:
    """What taking ``fresh`` in would change. ``events`` are all that the file speaks of, cancelled ones too; with
    ``whole`` the file is all there is, and shifts of other events go. Raises Refusal for an unknown team,
    Misconfigured for too many."""
    team = _team(desk, name)
    known = {each.key: each for each in kept_of(tx, team).bookings if each.end > now}
    coming = {each.key: each for each in fresh if each.end > now}
    spoken_of = {key for key, each in known.items() if whole or each.event in events}
    found = Plan(
        team,
        new=tuple(each for key, each in coming.items() if key not in known),
        changed=tuple((known[key], each) for key, each in coming.items() if key in known and known[key] != each),
        gone=tuple(known[key] for key in known if key in spoken_of and key not in coming),
        same=sum(known.get(key) == each for key, each in coming.items()),
    )
    if len(known) + len(found.new) - len(found.gone) > MOST:
        raise Misconfigured(name, [Mistake("shifts", f"are more than {MOST}; take fewer days")])
    return found


def book(
    tx: Tx, now: datetime, desk: Desk, name: str, fresh: Sequence[Booking], events: Collection[str], *, whole: bool
) -> Plan:
    """Likewise, and do it. Raises StoreBusy when the rota was changed at the same moment."""
    found = plan(tx, now, desk, name, fresh, events, whole=whole)
    if not found.empty:
        kept = kept_of(tx, found.team)
        before = {each.key for each in (*found.gone, *(old for old, _ in found.changed))}
        left = (each for each in kept.bookings if each.key not in before)
        after = sorted(
            (*left, *found.new, *(each for _, each in found.changed)), key=lambda each: (each.start, each.key)
        )
        write(tx, now, found.team, replace(kept, bookings=tuple(after)))
    return found


def _team(desk: Desk, name: str) -> Team:
    team = desk.team_named(name)
    if team is None:
        raise Refusal("no_team", team=name)
    return team
