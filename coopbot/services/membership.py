"""Who is in a channel and who people are: cached at the start, kept by Slack's events (decisions.md 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from coopbot.domain.heard import Heard
from coopbot.domain.people import Person
from coopbot.domain.team import Desk
from coopbot.ports import Tx
from coopbot.services.alarm import alarm
from coopbot.services.rota import with_rota

LEFT = frozenset({"user_disabled", "user_not_found"})
"""Slack's codes for somebody who is no longer there, or never was; other codes are closed doors."""
NOWHERE = "UTC"
"""The zone of somebody of whom no profile tells one."""


def learn(tx: Tx, people: Sequence[Person]) -> None:
    tx.people.learn(people)


def met(tx: Tx, desk: Desk, person: Person) -> None:
    """What Slack says of somebody whom the configuration names, or who is in a channel. The operator hears at once of
    one who has left: whoever calls them calls the next from now on."""
    before = tx.people.known([person.user]).get(person.user, Person(person.user))
    tx.people.learn([person])
    if person.deactivated and not before.deactivated:
        for team in with_rota(tx, desk).teams:
            if person.user in team.named:
                facts = {"who": person.user, "team": team.name}
                alarm(tx, desk, "person_gone", key=f"{team.name}:{person.user}", **facts)


def lost_person(tx: Tx, desk: Desk, user: str) -> None:
    """Slack knows nobody with this id, or no longer."""
    known = tx.people.known([user]).get(user, Person(user))
    met(tx, desk, replace(known, zone=known.zone or NOWHERE, deactivated=True))


def heard_of(tx: Tx, groups: Sequence[str]) -> Mapping[str, Heard]:
    """What events have said of them until now: taken before Slack is asked who is in them."""
    notes = tx.notes.some([_note(group) for group in groups])
    return {group: _heard(notes.get(_note(group))) for group in groups}


def set_members(tx: Tx, group: str, users: Sequence[str], asked: Heard | None = None) -> bool:
    """Who is in a channel or user group, as Slack answered; not where an event has come since it was ``asked``: that
    one is newer, or the next answer tells."""
    if asked is not None and _heard(tx.notes.get(_note(group), for_update=True)) != asked:
        return False
    tx.people.set_members(group, users)
    return True


def joined(tx: Tx, now: datetime, group: str, user: str, at: str) -> None:
    """An event of that moment (Slack's ``event_ts``) said so."""
    if _is_newest(tx, now, group, user, at):
        tx.people.joined(group, user)


def left(tx: Tx, now: datetime, group: str, user: str, at: str) -> None:
    """Likewise."""
    if _is_newest(tx, now, group, user, at):
        tx.people.left(group, user)


def _is_newest(tx: Tx, now: datetime, group: str, user: str, at: str) -> bool:
    """Whether the event counts, which is kept; of channels and groups that nobody asked after nothing is."""
    if tx.people.members(group) is None:
        return False
    heard = _heard(tx.notes.get(_note(group), for_update=True)).of_one(user, at)
    if heard is None:
        return False
    tx.notes.put(_note(group), asdict(heard), now)
    return True


def _heard(note: Mapping[str, Any] | None) -> Heard:
    return Heard(**note) if note else Heard()


def _note(group: str) -> str:
    return f"heard:{group}"


def lost_channel(tx: Tx, desk: Desk, channel: str, code: str) -> None:
    """A team's channel was archived, or the bot removed from it: the operator is told before an order is."""
    if desk.team_in(channel) is not None:
        alarm(tx, desk, code, key=channel, channel=channel)


def set_group(tx: Tx, desk: Desk, group: str, users: Sequence[str], code: str = "", asked: Heard | None = None) -> None:
    """Who is in a user group that says who is on call; without anybody the operator is told why (``code``)."""
    if not set_members(tx, group, users, asked):
        return
    team = next((team for team in desk.teams if team.on_call_from == group), None)
    if not users and team is not None:
        alarm(tx, desk, "group_empty", key=f"{group}:{code}", also=team.leads, group=group, team=team.name, code=code)


def group_looked_at(
    tx: Tx, desk: Desk, group: str, users: Sequence[str], code: str = "", asked: Heard | None = None
) -> None:
    """Likewise, where that was known: what has not changed is not told again."""
    known = tx.people.members(group)
    if known is not None and known != frozenset(users):
        set_group(tx, desk, group, users, code, asked)


def group_changed(tx: Tx, now: datetime, desk: Desk, group: str, users: Sequence[str], at: str, code: str = "") -> None:
    """An event of that moment named everybody in a user group; one of which nobody asked does not concern us."""
    heard = _heard(tx.notes.get(_note(group), for_update=True)).of_all(at)
    known = tx.people.members(group)
    if heard is None or known is None:
        return
    tx.notes.put(_note(group), asdict(heard), now)
    group_looked_at(tx, desk, group, sorted(heard.settled(users, known)), code)


def lost_group(tx: Tx, desk: Desk, group: str, why: str) -> None:
    """A user group that the configuration names can't be read: whom it lets in is not known."""
    if tx.people.members(group) is None:
        alarm(tx, desk, "group_unknown", key=group, group=group, reason=why)


def people_of(desk: Desk) -> list[str]:
    """Everybody whom the configuration names."""
    users: set[str] = set(desk.operators)
    for team in (*desk.teams, desk.fallback):
        users |= team.named
    return sorted(users)


def person_of(user: Mapping[str, Any]) -> Person:
    """A Slack user object as a person; the language only where Slack says which."""
    profile = user.get("profile") or {}
    locale = str(user.get("locale") or "")
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return Person(
        user=str(user.get("id") or ""),
        name=next((str(name) for name in names if name), ""),
        language="" if not locale else "zh-CN" if locale.lower().startswith("zh") else "en",
        zone=str(user.get("tz") or ""),
        deactivated=bool(user.get("deleted")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger")),
    )
