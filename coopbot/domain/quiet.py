"""Quiet hours of a person: what is not urgent waits for their end (decisions.md 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from coopbot.domain.rota import Shift

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one time of day until another, on the days on which it begins; an end at or before it is next day's."""

    start: time
    end: time
    days: frozenset[int]
    """0 is Monday."""
    zone: ZoneInfo

    def ends(self, at: datetime) -> datetime | None:
        """When what runs at ``at`` is over, one night after the other where they touch; None when nothing runs.

        A week at most: nobody is quiet for ever.
        """
        shift = Shift(self.days, self.start, self.end, ())
        end = at
        while end < at + WEEK and shift.covers(end, self.zone):
            today = end.astimezone(self.zone).date()
            begun = (shift.on(day, self.zone) for day in (today, today - timedelta(days=1)))
            end = max(window.end for window in begun if window is not None and window.start <= end < window.end)
        return end if end > at else None

    @property
    def always(self) -> bool:
        """Whether it leaves no time at all."""
        return len(self.days) == 7 and self.start == self.end
