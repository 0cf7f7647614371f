"""Quiet hours that people set for themselves, and the one message that says what they kept back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from coopbot.domain.calendar import find_zone
from coopbot.domain.calling import Call
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.people import Person
from coopbot.domain.quiet import Quiet
from coopbot.domain.team import Desk
from coopbot.domain.work_order import OrderKey
from coopbot.errors import Refusal, StoreBusy
from coopbot.ports import Tx
from coopbot.services.outages import team_of_user
from coopbot.services.permission import language_of

NOTE = "quiet"
HELD = "held:"
"""Prefix of what waits, ``held:<user>:<order>``; one note each, so that two replicas lose nothing of each other's."""
KEPT = timedelta(days=8)
"""Longer than anybody can be quiet."""


@dataclass(frozen=True)
class Form:
    """What the form shows."""

    quiet: Quiet | None
    zone: ZoneInfo
    language: str


def with_quiet(tx: Tx, desk: Desk) -> Desk:
    """The desk with everybody's quiet hours."""
    people = (tx.notes.get(NOTE) or {}).get("people") or {}
    return replace(desk, quiet={user: _quiet(row) for user, row in people.items()}) if people else desk


def form(tx: Tx, desk: Desk, user: str, channel: str) -> Form:
    """The user's setting, or a proposal in the zone of their Slack profile. Raises Refusal for somebody of no team."""
    team = team_of_user(tx, desk, user, channel)
    found = with_quiet(tx, desk).quiet.get(user)
    profile = find_zone(tx.people.known([user]).get(user, Person(user)).zone or team.hours.zone.key)
    return Form(found, found.zone if found else profile or team.hours.zone, language_of(tx, desk, user, team))


def set_hours(tx: Tx, now: datetime, desk: Desk, user: str, quiet: Quiet | None, block: str = "") -> None:
    """Keep the user's quiet hours; None: they have none any more. Raises Refusal for hours that never end."""
    if quiet is not None and quiet.always:
        raise Refusal("quiet_always", block=block)
    note = tx.notes.get(NOTE) or {}
    version, people = int(note.get("version") or 0) + 1, dict(note.get("people") or {})
    people.pop(user, None)
    if quiet is not None:
        people[user] = _row(quiet)
    if not tx.once.first(f"{NOTE}:{version}", now):
        raise StoreBusy("somebody else set their quiet hours at the same moment")
    tx.notes.put(NOTE, {"version": version, "people": people}, now)


def hold(tx: Tx, now: datetime, desk: Desk, called: Call, item: Mapping[str, Any]) -> None:
    """Keep an order's line for the end of people's quiet hours; the latest counts, and who is called needs none."""
    for user in called.users:
        if user in desk.quiet:
            tx.notes.remove(f"{HELD}{user}:{item['order']}")
    for user in called.quiet:
        tx.notes.put(f"{HELD}{user}:{item['order']}", {"at": now.isoformat(), **item, "called": []}, now)


def let_go(tx: Tx, now: datetime, desk: Desk) -> int:
    """Owe each person whose quiet hours are over one message of all that waits; how many are owed."""
    waiting: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for key, item in tx.notes.all(HELD).items():
        waiting[key.split(":")[1]].append(item)
    desk = with_quiet(tx, desk) if waiting else desk
    owed = 0
    for user, items in waiting.items():
        if user in desk.quiet and desk.quiet[user].ends(now) is not None:
            continue
        ready = [item for item in items if _team_works(tx, desk, item, now)]
        for item in ready:
            tx.notes.remove(f"{HELD}{user}:{item['order']}")
        news = [item for item in ready if datetime.fromisoformat(item["at"]) > now - KEPT]
        if news and tx.once.first(f"digest:{user}:{max(item['at'] for item in news)}", now):
            args = {"items": sorted(news, key=lambda item: item["at"]), "after_quiet": True}
            tx.outbox.add([Intent(What.REMINDER, user, Priority.REMINDER, args=args)])
            owed += 1
    return owed


def _team_works(tx: Tx, desk: Desk, item: Mapping[str, Any], now: datetime) -> bool:
    """Whether the order's team is there; one that is gone is let go, and drops out when the message is written."""
    order = tx.orders.get(OrderKey.parse(item["order"]))
    return order is None or desk.team_for(order).hours.is_open(now)


def _row(quiet: Quiet) -> dict[str, Any]:
    start, end = (f"{each:%H:%M}" for each in (quiet.start, quiet.end))
    return {"from": start, "to": end, "days": sorted(quiet.days), "zone": quiet.zone.key}


def _quiet(row: Mapping[str, Any]) -> Quiet:
    start, end = (time.fromisoformat(row[name]) for name in ("from", "to"))
    return Quiet(start, end, frozenset(row["days"]), ZoneInfo(row["zone"]))
