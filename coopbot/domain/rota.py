"""Who is on call when, by the weekly table of coopbot.toml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from coopbot.domain.windows import Window, instant

MIDNIGHT = 24 * 3600


@dataclass(frozen=True, slots=True)
class Shift:
    """A weekly span ``[start, end)`` in the team's zone and its people; an end at or before the start is next day's."""

    days: frozenset[int]
    """0 is Monday."""
    start: time
    end: time
    who: tuple[str, ...]
    backup: tuple[str, ...] = ()
    ends_at_midnight: bool = False
    """``24:00`` can't be a time of day; this stands for it."""

    def on(self, day: date, zone: ZoneInfo) -> Window | None:
        """The shift that begins on that day of the zone; None where none does, or where clocks skip it whole."""
        if day.weekday() not in self.days:
            return None
        start, end = _seconds(self.start), MIDNIGHT if self.ends_at_midnight else _seconds(self.end)
        return _window(zone, day, start, end if end > start else end + MIDNIGHT)

    def covers(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the shift runs at ``at``; its edges are instants, so that clocks that go back repeat nothing."""
        today = at.astimezone(zone).date()
        begun = (self.on(day, zone) for day in (today, today - timedelta(days=1)))
        return any(shift is not None and shift.start <= at < shift.end for shift in begun)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call at an instant; empty when nobody is."""

    who: tuple[str, ...] = ()
    backup: tuple[str, ...] = ()
    until: datetime | None = None


def on_duty(shifts: Iterable[Shift], at: datetime, zone: ZoneInfo) -> Duty:
    """Everybody on call at ``at``, in the order of the table, each named once."""
    running = [shift for shift in shifts if shift.covers(at, zone)]
    who = tuple(dict.fromkeys(user for shift in running for user in shift.who))
    backup = tuple(dict.fromkeys(user for shift in running for user in shift.backup if user not in who))
    return Duty(who, backup)


@lru_cache(maxsize=4096)
def _window(zone: ZoneInfo, day: date, start: int, end: int) -> Window | None:
    """Kept, since every message about an order asks who is on call."""
    found = Window(instant(zone, day, start), instant(zone, day, end))
    return found if found.start < found.end else None


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
