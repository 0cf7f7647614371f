"""Overrides and leave: kept beside coopbot.toml's tables, put over them whenever it is asked who is on call."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from coopbot.domain.people import Person
from coopbot.domain.roster import HORIZON, Booking, Standin
from coopbot.domain.rota import Shift
from coopbot.domain.team import Desk, Team
from coopbot.errors import Refusal, StoreBusy
from coopbot.ports import Tx
from coopbot.services.alarm import alarm
from coopbot.services.permission import must_be_member, must_lead, with_leads

AHEAD = timedelta(days=3)
"""How long before it begins a gap is told."""
LONGEST = timedelta(days=92)
KEPT = timedelta(days=31)
"""What is over is kept for a month, so that it can be seen who was on call."""


@dataclass(frozen=True)
class Kept:
    """A team's changes and its calendars' shifts, as of a version."""

    version: int
    standins: tuple[Standin, ...]
    bookings: tuple[Booking, ...]


def with_rota(tx: Tx, desk: Desk) -> Desk:
    """The desk as it is now: with what people changed of the rotas, who leads, and who has left the workspace."""
    notes = tx.notes.some([_note(team) for team in desk.teams])
    teams = tuple(_as_kept(tx, with_leads(tx, team), notes.get(_note(team))) for team in desk.teams)
    desk = replace(desk, teams=teams)
    named = sorted({user for team in (*teams, desk.fallback) for user in team.named})
    people: Mapping[str, Person] = tx.people.known(named) if named else {}
    gone = frozenset(user for user, person in people.items() if person.deactivated)
    return replace(desk, gone=desk.gone | gone)


def _as_kept(tx: Tx, team: Team, note: Mapping[str, Any] | None) -> Team:
    if team.on_call_from:
        team = replace(team, on_call=(around_the_clock(tx.people.members(team.on_call_from) or ()),))
    if note is None:
        return team
    kept = _kept(note)
    return replace(team, standins=kept.standins, bookings=kept.bookings)


def around_the_clock(users: Collection[str]) -> Shift:
    """Who is in a user group is on call as long as that is so; nobody in it, or an unknown group: nobody."""
    return Shift(frozenset(range(7)), time(0), time(0), tuple(sorted(users)), ends_at_midnight=True)


def override(
    tx: Tx,
    now: datetime,
    desk: Desk,
    user: str,
    team: Team,
    standin: Standin,
) -> Standin:
    """Put somebody in another's place. A lead may do that for anybody, everybody else for themselves (taking over).

    Raises Refusal.
    """
    must_be_member(tx, desk, team, user)
    if user not in (standin.who, standin.instead_of):
        must_lead(tx, desk, team, user)
    must_be_member(tx, desk, team, standin.who)
    return keep(tx, now, team, replace(standin, by=user))


def leave(tx: Tx, now: datetime, desk: Desk, user: str, team: Team, standin: Standin) -> Standin:
    """Somebody is away: their turns go to the next. Their own business, or a lead's. Raises Refusal."""
    must_be_member(tx, desk, team, user)
    if user != standin.who:
        must_lead(tx, desk, team, user)
    return keep(tx, now, team, replace(standin, by=user))


def keep(tx: Tx, now: datetime, team: Team, standin: Standin) -> Standin:
    """Write it down; the same key again replaces it. Raises Refusal for times that can't be."""
    if standin.end <= standin.start:
        raise Refusal("until_before_since", block="rota_until")
    if standin.end <= now:
        raise Refusal("shift_is_over", block="rota_until")
    if standin.end - standin.start > LONGEST:
        raise Refusal("shift_too_long", block="rota_until")
    kept = kept_of(tx, team)
    others = tuple(each for each in kept.standins if each.key != standin.key)
    write(tx, now, team, replace(kept, standins=(*others, standin)))
    return standin


def standins_of(tx: Tx, team: Team) -> tuple[Standin, ...]:
    """What was changed of a team's rota, in the sequence in which it was."""
    return kept_of(tx, team).standins


def kept_of(tx: Tx, team: Team) -> Kept:
    """All that the store has of a team's rota."""
    return _kept(tx.notes.get(_note(team)) or {})


def write(tx: Tx, now: datetime, team: Team, kept: Kept) -> None:
    """Keep it whole. Raises StoreBusy when somebody else changed it since it was read: nothing gets lost."""
    note, version = _note(team), kept.version + 1
    if not tx.once.first(f"{note}:{version}", now):
        raise StoreBusy("another change of the rota came first")
    rows = {"standins": list(map(_row, kept.standins)), "bookings": list(map(_row, kept.bookings))}
    tx.notes.put(note, {"version": version, **rows}, now)


def _note(team: Team) -> str:
    return f"rota:{team.name}"


def _kept(note: Mapping[str, Any]) -> Kept:
    standins = tuple(Standin(**_instants(each)) for each in note.get("standins") or ())
    bookings = (Booking(**{**_instants(each), "who": tuple(each["who"])}) for each in note.get("bookings") or ())
    return Kept(int(note.get("version") or 0), standins, tuple(bookings))


def _row(each: Standin | Booking) -> dict[str, Any]:
    return {**asdict(each), "start": each.start.isoformat(), "end": each.end.isoformat()}


def _instants(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **{name: datetime.fromisoformat(row[name]) for name in ("start", "end")}}


def warn_of_gaps(tx: Tx, now: datetime, desk: Desk) -> int:
    """Tell a team's leads and the operator of hours without anybody on call, days ahead; each gap once."""
    told = 0
    for team in with_rota(tx, desk).teams:
        for gap in team.roster.gaps(team.hours, now, now + HORIZON):
            note = f"gap:{team.name}:{gap.end.isoformat() if gap.end < now + HORIZON else 'without end'}"
            if gap.start >= now + AHEAD or tx.notes.get(note) is not None:
                continue
            tx.notes.put(note, {"at": now.isoformat()}, now)
            facts = {"team": team.name, "since": gap.start.isoformat(), "ends": gap.end.isoformat()}
            alarm(tx, desk, "rota_gap", key=note, also=team.leads, **facts)
            told += 1
    return told


def forget(tx: Tx, now: datetime, desk: Desk) -> int:
    """Drop what has been over for a month; how many it were."""
    dropped = 0
    for team in desk.teams:
        kept = kept_of(tx, team)
        standins = tuple(each for each in kept.standins if each.end >= now - KEPT)
        bookings = tuple(each for each in kept.bookings if each.end >= now - KEPT)
        over = len(kept.standins) + len(kept.bookings) - len(standins) - len(bookings)
        if over:
            write(tx, now, team, replace(kept, standins=standins, bookings=bookings))
            dropped += over
    return dropped
