"""Who is on call when, by the weekly table of coopbot.toml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo


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

    def covers(self, local: datetime) -> bool:
        """Whether the shift runs at ``local``, a time in the team's zone."""
        moment = local.time().replace(tzinfo=None)
        if self.ends_at_midnight or self.start < self.end:
            return (
                local.weekday() in self.days and self.start <= moment and (self.ends_at_midnight or moment < self.end)
            )
        yesterday = (local.weekday() - 1) % 7
        return (local.weekday() in self.days and moment >= self.start) or (yesterday in self.days and moment < self.end)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call at an instant; empty when nobody is."""

    who: tuple[str, ...] = ()
    backup: tuple[str, ...] = ()
    until: datetime | None = None


def on_duty(shifts: Iterable[Shift], at: datetime, zone: ZoneInfo) -> Duty:
    """Everybody on call at ``at``, in the order of the table, each named once."""
    running = [shift for shift in shifts if shift.covers(at.astimezone(zone))]
    who = tuple(dict.fromkeys(user for shift in running for user in shift.who))
    backup = tuple(dict.fromkeys(user for shift in running for user in shift.backup if user not in who))
    return Duty(who, backup)
