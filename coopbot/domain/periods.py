"""Periods of a marketplace's year: from when on offences are counted, and when a track's points begin anew."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from coopbot.domain.penalty_rules import Counted, Reset, ResetDay

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MONTH = re.compile(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})月?")


def month_of(at: datetime, zone: ZoneInfo) -> str:
    """The calendar month of an instant on the zone's clock, as ``2026-11``."""
    return at.astimezone(zone).strftime("%Y-%m")


def settled_in(at: datetime, cut_day: int | None, zone: ZoneInfo) -> str:
    """The month in whose settlement an instant counts: its calendar month, behind that one's cut the next."""
    month = month_of(at, zone)
    return month if cut_day is None or at < cut_at(month, cut_day, zone) else next_month(month)


def looks_like_month(word: str) -> bool:
    """Whether somebody means a month by it: ``2026-11``, ``2026/1``, ``2026年11月``, and also ``2026-13``."""
    return _MONTH.fullmatch(word) is not None


def read_month(word: str) -> str:
    """A month as somebody writes it, as ``2026-11``. Raises ValueError for what is none."""
    found = _MONTH.fullmatch(word)
    if found is None or not 1 <= int(found[2]) <= 12 or not 2000 <= int(found[1]) <= 2199:
        raise ValueError(f"not a month: {word!r}; write it like 2026-11")
    return f"{found[1]}-{int(found[2]):02d}"


def next_month(month: str) -> str:
    """``2026-12`` → ``2027-01``."""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def month_before(month: str) -> str:
    """``2027-01`` → ``2026-12``."""
    year, number = map(int, month.split("-"))
    return f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"


def counted_since(counted: Counted, at: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of the calendar month, quarter or year of ``at``."""
    day = at.astimezone(zone).date()
    match counted:
        case "month":
            return _midnight(day.replace(day=1), zone)
        case "quarter":
            return _midnight(_quarter(day), zone)
        case "year":
            return _midnight(date(day.year, 1, 1), zone)


def lives_since(reset: Reset, at: datetime, zone: ZoneInfo) -> datetime:
    """The instant from which on points still count at ``at`` (domain.md §3: yearly, quarterly, weekly, rolling)."""
    day = at.astimezone(zone).date()
    match reset.kind:
        case "never":
            return LONG_AGO
        case "rolling":
            return at - (reset.after or timedelta(0))
        case "weekly":
            return _midnight(_week(day), zone)
        case "quarterly":
            begins = _quarter(day)
            earlier = _quarter(begins - timedelta(days=1))
        case "yearly":
            begins = date(day.year, 1, 1)
            earlier = date(day.year - 1, 1, 1)
    start = _first(begins, reset.on)
    return _midnight(start if day >= start else _first(earlier, reset.on), zone)


def next_reset(reset: Reset, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When all points are gone next; None where each lives its own time, or for ever."""
    day = at.astimezone(zone).date()
    match reset.kind:
        case "never" | "rolling":
            return None
        case "weekly":
            return _midnight(_week(day) + timedelta(days=7), zone)
        case "quarterly":
            begins = _quarter(day)
            later = _quarter(begins + timedelta(days=93))
        case "yearly":
            begins = date(day.year, 1, 1)
            later = date(day.year + 1, 1, 1)
    start = _first(begins, reset.on)
    return _midnight(start if day < start else _first(later, reset.on), zone)


def week_of(at: datetime, zone: ZoneInfo) -> date:
    """The Monday of the instant's week."""
    return _week(at.astimezone(zone).date())


def day_end(text: str, zone: ZoneInfo) -> datetime:
    """An RFC 3339 instant as it is, a date as that day's end on the zone's clock (platform-api.md)."""
    if len(text) == len("2026-11-23"):
        return _midnight(date.fromisoformat(text) + timedelta(days=1), zone)
    return datetime.fromisoformat(text).astimezone(UTC)


def cut_at(month: str, cut_day: int, zone: ZoneInfo) -> datetime:
    """The end of the day on which ``month`` is cut; of a month that is too short for that day, its last day."""
    year, number = map(int, month.split("-"))
    after = date.fromisoformat(f"{next_month(month)}-01")
    last = after - timedelta(days=1)
    return _midnight(date(year, number, min(cut_day, last.day)) + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def _quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first(begins: date, on: ResetDay) -> date:
    return begins if on == "first_day" else begins + timedelta(days=-begins.weekday() % 7)
