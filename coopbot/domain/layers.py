"""A rota of people who take turns: daily, weekly or every so many hours, on its own zone's clocks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from coopbot.domain.calendar import Calendar
from coopbot.domain.windows import instant


@dataclass(frozen=True)
class Layer:
    """Who takes turns, and when each hands over. Where several layers cover an instant, the last one counts."""

    name: str
    who: tuple[str, ...]
    """In the sequence of their turns."""
    every: timedelta
    """How long a turn lasts on the zone's clocks: a day is a day, also when the clocks change."""
    starts: datetime
    """The first handover, a naive time on the zone's clocks."""
    zone: ZoneInfo
    hours: Calendar | None = None
    """The hours of the day (and days of the week) that it covers; None: all."""
    backed_up: bool = True
    """Whether the next in turn is the backup."""

    def covers(self, at: datetime) -> bool:
        return self._turn(at) >= 0 and (self.hours is None or self.hours.is_open(at))

    def on_turn(self, at: datetime, away: Collection[str] = ()) -> tuple[str, ...]:
        """Whose turn it is at ``at``, then who is next: those who are away are left out."""
        turn = self._turn(at)
        queue = [self.who[(turn + n) % len(self.who)] for n in range(len(self.who))]
        here = tuple(user for user in dict.fromkeys(queue) if user not in away)
        return here[: 2 if self.backed_up else 1]

    def edges(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Every instant in ``[start, end]`` at which its answer may change, in no order."""
        turn = max(0, self._turn(start))
        while (edge := self._handover(turn)) <= end:
            if edge >= start:
                yield edge
            turn += 1
        if self.hours is not None:
            for window in self.hours.windows(start, end):
                yield from (window.start, window.end)

    def _turn(self, at: datetime) -> int:
        """How many handovers there were since the first; negative before it.

        Counted in instants: where clocks go back, the handover of the hour that comes twice was at its first coming.
        """
        turn = (at.astimezone(self.zone).replace(tzinfo=None) - self.starts) // self.every
        while self._handover(turn) > at:
            turn -= 1
        while self._handover(turn + 1) <= at:
            turn += 1
        return turn

    def _handover(self, turn: int) -> datetime:
        return _at(self.zone, self.starts + self.every * turn)


@lru_cache(maxsize=4096)
def _at(zone: ZoneInfo, face: datetime) -> datetime:
    """When the zone's clocks show ``face``. Kept, since every message about an order asks who is on call."""
    return instant(zone, face.date(), face.hour * 3600 + face.minute * 60 + face.second)
