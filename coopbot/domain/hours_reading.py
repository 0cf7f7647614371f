"""The calendar part of a profile: weekly hours, holiday sets, dated pauses, extra openings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from coopbot.domain.calendar import Calendar
from coopbot.domain.hours import ALWAYS, DAY, Week, parse_week
from coopbot.domain.reading import Labels, Reader, label
from coopbot.domain.windows import Window, instant

LONGEST = timedelta(days=366)
"""A single pause is at most this long: what never opens again is a mistake, not a pause."""
_CLOCKS = ("working", "wall")


@dataclass
class Dated:
    """What is not weekly, gathered while reading."""

    working: list[Window] = field(default_factory=list)
    wall: list[Window] = field(default_factory=list)
    extra: list[Window] = field(default_factory=list)
    names: dict[str, Labels] = field(default_factory=dict)
    known_until: date | None = None


def read_calendars(
    table: Reader, zone: ZoneInfo, holiday_sets: Mapping[str, Any], language: str
) -> tuple[Calendar, Calendar, Mapping[str, Labels]]:
    """The working hours and the wall clock of a profile's ``[working]``, and the names of the dated windows.

    A window carries its name in the profile's language; the third value has it in every language.
    """
    hours = table.text("hours")
    week, wrong = parse_week(hours) if hours.strip() else (ALWAYS, [])
    for message in wrong:
        table.wrong("hours", message)
    dated = Dated()
    for row in table.rows("pauses"):
        _read_pause(row, zone, dated, language)
    for row in table.rows("extra"):
        _read_extra(row, zone, dated, language)
    for name in table.texts("holidays"):
        if name not in holiday_sets:
            table.wrong("holidays", f"no holiday set {name!r}; known are {', '.join(holiday_sets) or 'none'}")
            continue
        _read_holidays(Reader(holiday_sets[name], table.mistakes, f"holidays.{name}"), zone, week, dated, language)
    table.done()
    working = Calendar(
        zone, ALWAYS if wrong else week, tuple(dated.working), tuple(dated.extra), known_until=dated.known_until
    )
    return working, Calendar.always(zone, tuple(dated.wall)), MappingProxyType(dated.names)


def _read_pause(row: Reader, zone: ZoneInfo, dated: Dated, language: str) -> None:
    window = _span(row, zone, dated, language)
    clocks = row.texts("clocks") or ("working",)
    for clock in clocks:
        if clock not in _CLOCKS:
            row.wrong("clocks", f"{clock!r} is not one of {', '.join(_CLOCKS)}")
    row.done()
    if window is None:
        return
    if window.length > LONGEST:
        row.wrong("to", f"is more than {LONGEST.days} days after from")
        return
    if "working" in clocks:
        dated.working.append(window)
    if "wall" in clocks:
        dated.wall.append(window)


def _read_extra(row: Reader, zone: ZoneInfo, dated: Dated, language: str) -> None:
    if not row.has("date"):
        window = _span(row, zone, dated, language)
        row.done()
        if window:
            dated.extra.append(window)
        return
    name = _name(row, dated, language)
    day = read_date(row, "date")
    week, wrong = parse_week("daily " + row.text("hours"))
    for message in wrong:
        row.wrong("hours", message)
    row.done()
    if day and not wrong:
        dated.extra += [Window(instant(zone, day, a), instant(zone, day, b), name) for a, b in week[0]]


def _read_holidays(table: Reader, zone: ZoneInfo, week: Week, dated: Dated, language: str) -> None:
    """A set: days on which the working clock rests, days that are worked in their place, and how far it knows."""
    for row in table.rows("days", needed=True):
        window = _span(row, zone, dated, language)
        row.done()
        if window:
            dated.working.append(window)
    for row in table.rows("worked"):
        day = read_date(row, "date")
        like = row.choice("like", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "Mon")
        name = _name(row, dated, language)
        row.done()
        hours = week[("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(like)]
        if day:
            dated.extra += [Window(instant(zone, day, a), instant(zone, day, b), name) for a, b in hours]
    until = read_date(table, "until")
    table.text("source", "")
    table.labels("labels", needed=False)
    table.done()
    if until:
        dated.known_until = min(until, dated.known_until or until)


def _span(row: Reader, zone: ZoneInfo, dated: Dated, language: str) -> Window | None:
    """``from`` and ``to``: whole local dates (``to`` included), or date-times (``to`` excluded) on the zone's clock."""
    name = _name(row, dated, language)
    start, end = _edge(row, "from", zone, last=False), _edge(row, "to", zone, last=True)
    if start is None or end is None:
        return None
    if end <= start:
        row.wrong("to", "ends before it starts")
        return None
    return Window(start, end, name)


def _name(row: Reader, dated: Dated, language: str) -> str:
    labels = row.labels("label", needed=False)
    name = label(labels, language)
    if name:
        dated.names[name] = labels
    return name


def _edge(row: Reader, key: str, zone: ZoneInfo, *, last: bool) -> datetime | None:
    value = row.raw(key, (str, date, datetime), "a date such as 2026-02-15, or a date-time", None, needed=True)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
        except ValueError:
            row.wrong(key, f"{value!r} is not a date such as 2026-02-15, nor a date-time")
            return None
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            row.wrong(key, "is on the profile's own clock; leave the offset away")
            return None
        return instant(zone, value.date(), value.hour * 3600 + value.minute * 60 + value.second)
    if isinstance(value, date):
        return instant(zone, value, DAY if last else 0)
    return None


def read_date(row: Reader, key: str) -> date | None:
    """A date, as TOML has it or as text (which is what the stored form of a profile holds)."""
    value = row.raw(key, (str, date), "a date such as 2026-02-28", None, needed=True)
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            row.wrong(key, f"{value!r} is not a date such as 2026-02-28")
            return None
    if isinstance(value, datetime):
        row.wrong(key, "is a date, without a time")
        return None
    return value if isinstance(value, date) else None
