"""``[[teams]]``: who answers for which shops, where, when, and who is on call."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from coopbot.config import checks
from coopbot.config.ladders import read_ladders
from coopbot.config.rotas import read_rotas
from coopbot.domain.approval_rules import read_approval
from coopbot.domain.calendar import Calendar, parse_hours
from coopbot.domain.hours import parse_week
from coopbot.domain.profile import Profile
from coopbot.domain.reading import Reader
from coopbot.domain.rota import Shift
from coopbot.domain.team import ShopKey, Team
from coopbot.errors import Misconfigured

HOURS = "Mon-Sun 09:00-19:00"
"""decisions.md 10."""
LANGUAGES = ("zh-CN", "en")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def read_teams(top: Reader, connections: Collection[str], profile: Profile, language: str) -> tuple[Team, ...]:
    """Hours and shifts are on the profile's clock."""
    teams: list[Team] = []
    names: dict[str, str] = {}
    channels: dict[str, str] = {}
    groups: dict[str, str] = {}
    owners: dict[ShopKey, str] = {}
    for table in top.rows("teams"):
        where = table.path
        team = _read_team(table, connections, profile, language, owners)
        if team.name and names.setdefault(team.name, where) != where:
            table.wrong("name", f"{team.name!r} is the name of {names[team.name]} already")
        if team.channel and channels.setdefault(team.channel, where) != where:
            table.wrong("channel", f"{team.channel} is the channel of {channels[team.channel]} already")
        if team.duty_group and groups.setdefault(team.duty_group, where) != where:
            table.wrong("usergroup", f"{team.duty_group} follows {groups[team.duty_group]} already")
        teams.append(team)
    return tuple(teams)


def _read_team(
    table: Reader, connections: Collection[str], profile: Profile, language: str, owners: dict[ShopKey, str]
) -> Team:
    members, usergroup = _people(table, "members")
    leads, lead_group = _people(table, "leads")
    managers, manager_group = _people(table, "managers")
    on_call, on_call_from = _on_call(table)
    channel = table.text("channel")
    if channel.strip() and (wrong := checks.channel(channel)):
        table.wrong("channel", wrong)
    team = Team(
        name=table.text("name"),
        channel=channel,
        shops=frozenset(_shops(table, connections, owners)),
        language=read_language(table, language),
        hours=_hours(table, profile.zone),
        members=None if members is None else frozenset(members),
        usergroup=usergroup,
        leads=leads or (),
        managers=managers or (),
        lead_group=lead_group,
        manager_group=manager_group,
        on_call=on_call,
        on_call_from=on_call_from,
        duty_group=_duty_group(table, {usergroup, lead_group, manager_group, on_call_from}),
        ladders=read_ladders(table, profile),
        rotas=read_rotas(table, profile.zone),
        approval=read_approval(table.table("approval"), profile.classes, profile.scenes),
        undo_for=table.maybe_duration("undo_for"),
    )
    table.done()
    return team


def read_language(table: Reader, default: str) -> str:
    """``zh-CN`` or ``en``."""
    value = table.text("language", default)
    if value not in LANGUAGES:
        near = next((f"; did you mean {each!r}?" for each in LANGUAGES if each[:2] == value[:2].lower()), "")
        table.wrong("language", f"must be one of {', '.join(LANGUAGES)}, not {value!r}{near}")
        return default
    return value


def ids(table: Reader, key: str, check: Callable[[str], str]) -> tuple[str, ...]:
    """A list of ids, each checked where it stands; one named twice counts once."""
    values = table.raw(key, list, "a list of ids", [], needed=False)
    good = []
    for index, value in enumerate(values):
        wrong = check(value) if isinstance(value, str) else f"must be a text, not {value!r}"
        if wrong:
            table.wrong(f"{key}[{index}]", wrong)
        else:
            good.append(value)
    return tuple(dict.fromkeys(good))


def _people(table: Reader, key: str) -> tuple[tuple[str, ...] | None, str | None]:
    """A list of users, a user group, or neither: who the members are the channel then tells (decisions.md 8)."""
    value: Any = table.raw(key, (list, dict), 'a list of user ids, or { usergroup = "S…" }', None, needed=False)
    if value is None:
        return None, None
    if isinstance(value, list):
        if not value and key == "members":
            table.wrong(key, "names nobody; leave it out for whoever is in the channel")
        return ids(table, key, checks.user), None
    group = table.table(key)
    usergroup = _usergroup(group)
    group.done()
    return None, usergroup or None


def _on_call(table: Reader) -> tuple[tuple[Shift, ...], str]:
    """A weekly table, or ``{ usergroup = "S…" }``: whoever is in it."""
    value = table.raw("on_call", (list, dict), 'a list of shifts, or { usergroup = "S…" }', None, needed=False)
    if not isinstance(value, dict):
        return tuple(_shift(row) for row in table.rows("on_call")) if isinstance(value, list) else (), ""
    group = table.table("on_call")
    found = _usergroup(group)
    group.done()
    return (), found


def _duty_group(table: Reader, read_from: Collection[str | None]) -> str:
    """``usergroup = "S…"``: kept at whoever is on call."""
    if not table.has("usergroup"):
        return ""
    found = _usergroup(table)
    if found in read_from:
        table.wrong("usergroup", f"{found} says who is in the team or on call already; it can't follow them too")
    return found


def _usergroup(table: Reader) -> str:
    found = table.text("usergroup")
    if found.strip() and (wrong := checks.usergroup(found)):
        table.wrong("usergroup", wrong)
    return found


def _shops(table: Reader, connections: Collection[str], owners: dict[ShopKey, str]) -> Iterator[ShopKey]:
    shops = table.raw("shops", list, "a list of shops such as jd:10001", [], needed=True)
    for index, value in enumerate(shops):
        shop = read_shop(value, connections)
        here = f"shops[{index}]"
        if isinstance(shop, str):
            table.wrong(here, shop)
        elif shop in owners:
            table.wrong(here, f"{shop} belongs to {owners[shop]} already; a shop has one team")
        else:
            owners[shop] = table.path
            yield shop


def read_shop(value: Any, connections: Collection[str]) -> ShopKey | str:
    """The shop that ``jd:10001`` names, or what is wrong with it."""
    connection, colon, shop_id = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not (connection and colon and shop_id) or shop_id != shop_id.strip():
        return f"must be connection:shop_id such as jd:10001, not {value!r}"
    if connection not in connections:
        known = ", ".join(connections) or "none"
        near = checks.meant(connection, list(connections))
        return f"{value!r}: no connection {connection!r}; known are {known}{near}"
    return ShopKey(connection, shop_id)


def _hours(table: Reader, zone: ZoneInfo) -> Calendar:
    try:
        return parse_hours(table.text("hours", HOURS), zone)
    except Misconfigured as error:
        for mistake in error.mistakes:
            table.wrong("hours", mistake.message)
        return parse_hours(HOURS, zone)


def _shift(row: Reader) -> Shift:
    """A row of the weekly table; an end at or before the start is next day's."""
    days = row.text("days")
    week, wrong = parse_week(f"{days} 00:00-24:00")
    if days.strip() and (wrong or any(each.isdigit() for each in days)):
        row.wrong("days", f"must be days such as Mon-Fri or Sat, not {days!r}")
    end = row.text("to")
    midnight = end in ("24:00", "00:00")
    who = ids(row, "who", checks.user)
    if not who and not row.has("who"):
        row.wrong("who", "is missing; must be a list of user ids")
    elif not who and row.has("who"):
        row.wrong("who", "names nobody who could be on call")
    shift = Shift(
        days=frozenset(day for day, windows in enumerate(week) if windows),
        start=_time(row, "from", row.text("from")),
        end=time(0) if midnight else _time(row, "to", end),
        who=who,
        backup=ids(row, "backup", checks.user),
        ends_at_midnight=midnight,
    )
    row.done()
    return shift


def _time(row: Reader, key: str, value: str) -> time:
    found = _TIME.fullmatch(value)
    if found:
        return time(int(found[1]), int(found[2]))
    if value.strip():
        row.wrong(key, f"must be a time from 00:00 to {'24:00' if key == 'to' else '23:59'}, not {value!r}")
    return time(0)
