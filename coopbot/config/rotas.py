"""``[[teams.rotas]]``: people who take turns, in layers over the weekly table."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from coopbot.config import checks
from coopbot.domain.calendar import Calendar, find_zone, parse_hours
from coopbot.domain.durations import parse_duration
from coopbot.domain.layers import Layer
from coopbot.domain.reading import Reader
from coopbot.errors import Misconfigured

TURNS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
SHORTEST = timedelta(hours=1)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def read_rotas(table: Reader, zone: ZoneInfo) -> tuple[Layer, ...]:
    """The layers of a team; the later one counts where two cover an hour. ``zone`` is the profile's."""
    return tuple(_layer(row, zone) for row in table.rows("rotas"))


def _layer(row: Reader, zone: ZoneInfo) -> Layer:
    here = row.text("zone", "")
    found = find_zone(here) if here else zone
    if found is None:
        row.wrong("zone", f"must be an IANA time zone such as Asia/Shanghai, not {here!r}")
    who = row.texts("who")
    for user in who:
        if wrong := checks.user(user):
            row.wrong("who", wrong)
    if not who:
        row.wrong("who", "is missing; must be a list of user ids, in the sequence of their turns")
    layer = Layer(
        name=row.text("name"),
        who=who or ("U0",),
        every=_turn(row),
        starts=datetime.combine(_date(row), _handover(row)),
        zone=found or zone,
        hours=_hours(row, found or zone),
        backed_up=row.flag("backup", True),
    )
    row.done()
    return layer


def _turn(row: Reader) -> timedelta:
    written = row.text("rotation", "weekly")
    if written in TURNS:
        return TURNS[written]
    try:
        length = parse_duration(written)
    except ValueError:
        length = timedelta()
    if length < SHORTEST:
        row.wrong("rotation", f"must be daily, weekly or such as 12h, not {written!r}")
        return TURNS["weekly"]
    return length


def _date(row: Reader) -> date:
    value = row.raw("starts", (date, str), "a date such as 2026-11-02", None, needed=True)
    try:
        return date.fromisoformat(str(value)[:10]) if value is not None else date(2026, 1, 5)
    except ValueError:
        row.wrong("starts", f"must be a date such as 2026-11-02, not {value!r}")
        return date(2026, 1, 5)


def _handover(row: Reader) -> time:
    written = row.text("handover", "09:00")
    found = _TIME.fullmatch(written)
    if not found:
        row.wrong("handover", f"must be a time from 00:00 to 23:59, not {written!r}")
        return time(9)
    return time(int(found[1]), int(found[2]))


def _hours(row: Reader, zone: ZoneInfo) -> Calendar | None:
    if not row.has("hours"):
        return None
    try:
        return parse_hours(row.text("hours"), zone)
    except Misconfigured as error:
        for mistake in error.mistakes:
            row.wrong("hours", mistake.message)
        return None
