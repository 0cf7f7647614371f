"""Overrides and leave: kept beside coopbot.toml's tables, put over them whenever it is asked who is on call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from coopbot.domain.people import Person
from coopbot.domain.roster import Standin
from coopbot.domain.team import Desk, Team
from coopbot.errors import Refusal, StoreBusy
from coopbot.ports import Tx
from coopbot.services.alarm import alarm
from coopbot.services.permission import must_be_member, must_lead

AHEAD = timedelta(days=3)
"""How long before it begins a gap is told."""
LONGEST = timedelta(days=92)
KEPT = timedelta(days=31)
"""What is over is kept for a month, so that it can be seen who was on call."""


def with_rota(tx: Tx, desk: Desk) -> Desk:
    """The desk as it is now: with what people changed of the rotas, and who has left the workspace."""
    kept = tx.notes.some([_note(team) for team in desk.teams])
    teams = tuple(
        replace(team, standins=_standins(kept[_note(team)])) if _note(team) in kept else team for team in desk.teams
    )
    desk = replace(desk, teams=teams)
    named = sorted({user for team in (*teams, desk.fallback) for user in team.named})
    people: Mapping[str, Person] = tx.people.known(named) if named else {}
    gone = frozenset(user for user, person in people.items() if person.deactivated)
    return replace(desk, gone=desk.gone | gone)


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
    others = [each for each in standins_of(tx, team) if each.key != standin.key]
    _write(tx, now, team, [*others, standin])
    return standin


def standins_of(tx: Tx, team: Team) -> tuple[Standin, ...]:
    """What was changed of a team's rota, in the sequence in which it was."""
    return _standins(tx.notes.get(_note(team)) or {})


def _write(tx: Tx, now: datetime, team: Team, standins: Sequence[Standin]) -> None:
    """Keep the whole list. Raises StoreBusy when somebody else changed it at the same moment: nothing gets lost."""
    note = _note(team)
    version = int((tx.notes.get(note) or {}).get("version") or 0) + 1
    if not tx.once.first(f"{note}:{version}", now):
        raise StoreBusy("another change of the rota came first")
    tx.notes.put(note, {"version": version, "standins": [_row(each) for each in standins]}, now)


def _note(team: Team) -> str:
    return f"rota:{team.name}"


def _standins(note: Mapping[str, Any]) -> tuple[Standin, ...]:
    return tuple(map(_standin, note.get("standins") or ()))


def _row(standin: Standin) -> dict[str, str]:
    return {**asdict(standin), "start": standin.start.isoformat(), "end": standin.end.isoformat()}


def _standin(row: Mapping[str, Any]) -> Standin:
    start, end = datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])
    return Standin(**{**row, "start": start, "end": end})


def warn_of_gaps(tx: Tx, now: datetime, desk: Desk) -> int:
    """Tell a team's leads and the operator of hours without anybody on call, days ahead; each gap once."""
    told = 0
    for team in with_rota(tx, desk).teams:
        for gap in team.roster.gaps(team.hours, now, now + AHEAD):
            note = f"gap:{team.name}:{gap.end.isoformat()}"
            if tx.notes.get(note) is not None:
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
        standins = standins_of(tx, team)
        keep = [each for each in standins if each.end >= now - KEPT]
        if len(keep) < len(standins):
            _write(tx, now, team, keep)
            dropped += len(standins) - len(keep)
    return dropped
