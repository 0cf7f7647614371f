"""Everything that says who is on call: the weekly table, rotas over it, and what people changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from coopbot.domain.calendar import Calendar
from coopbot.domain.layers import Layer
from coopbot.domain.rota import Duty, Shift, on_duty
from coopbot.domain.windows import Window, merged, subtracted

HORIZON = timedelta(days=15)
"""How far ahead is looked for who is next: a week's table and two weekly turns."""


@dataclass(frozen=True)
class Standin:
    """Somebody's leave, or somebody in another's place, from ``start`` until before ``end``."""

    key: str
    kind: Literal["override", "leave"]
    who: str
    """Who stands in, or who is away."""
    start: datetime
    end: datetime
    instead_of: str = ""
    """Whose place it is; empty: whoever is on call then."""
    by: str = ""
    why: str = ""

    def covers(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True)
class Booking:
    """A shift on a date, as a calendar has it, from ``start`` until before ``end``."""

    event: str
    """The calendar's id of it."""
    who: tuple[str, ...]
    start: datetime
    end: datetime
    recurs: str = ""
    """Which occurrence of the event it is, where that recurs."""
    backup: bool = False
    """Whether it says who is the backup, not who is on call."""

    def covers(self, at: datetime) -> bool:
        return self.start <= at < self.end

    @property
    def key(self) -> tuple[str, str]:
        return self.event, self.recurs


@dataclass(frozen=True)
class Span:
    """A stretch during which the same people are on call; nobody, perhaps."""

    start: datetime
    end: datetime
    duty: Duty


@dataclass(frozen=True)
class Roster:
    zone: ZoneInfo
    """The weekly table's."""
    shifts: tuple[Shift, ...] = ()
    layers: tuple[Layer, ...] = ()
    standins: tuple[Standin, ...] = ()
    """In the sequence in which they were made: of two for one place, the later counts."""
    bookings: tuple[Booking, ...] = ()
    """A calendar's: they lie over the rotas, under what people changed."""

    @property
    def empty(self) -> bool:
        return not (self.shifts or self.layers or self.standins or self.bookings)

    def duty(self, at: datetime) -> Duty:
        """Who is on call at ``at``, with nobody who is on leave; the backup moves up for them."""
        running = [each for each in self.standins if each.covers(at)]
        away = frozenset(each.who for each in running if each.kind == "leave")
        duty = self._regular(at, away)
        for each in running:
            if each.kind == "override" and each.who not in away:
                duty = _stood_in(duty, each)
        return duty

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """``[start, end)`` cut where the people on call change."""
        edges = sorted({start, *(edge for edge in self._edges(start, end) if start < edge < end)})
        found: list[Span] = []
        for opens, closes in zip(edges, [*edges[1:], end], strict=True):
            duty = self.duty(opens)
            if found and found[-1].duty == duty:
                found[-1] = replace(found[-1], end=closes)
            else:
                found.append(Span(opens, closes, duty))
        return found

    def now(self, at: datetime) -> Duty:
        """Who is on call at ``at``, and until when that stays so (None: beyond the horizon)."""
        first, *rest = self.spans(at, at + HORIZON)
        return replace(first.duty, until=first.end if rest else None)

    def next(self, at: datetime) -> tuple[datetime, Duty] | None:
        """The next instant at which the people on call change to somebody; None if there is none in sight.

        After a stretch without anybody, a night, it may be the same people again.
        """
        for before, span in pairwise(self.spans(at, at + HORIZON)):
            if span.duty.who and span.duty.who != before.duty.who:
                return span.start, span.duty
        return None

    def of(self, user: str, start: datetime, end: datetime) -> list[Span]:
        """When ``user`` is on call or backup."""
        return [span for span in self.spans(start, end) if user in (*span.duty.who, *span.duty.backup)]

    def gaps(self, hours: Calendar, start: datetime, end: datetime) -> list[Window]:
        """When the team works and nobody is on call; none for a team that has no rota at all."""
        if self.empty:
            return []
        held = merged(Window(span.start, span.end) for span in self.spans(start, end) if span.duty.who)
        return list(subtracted(hours.windows(start, end), held))

    def _regular(self, at: datetime, away: frozenset[str]) -> Duty:
        booked = [each for each in self.bookings if each.covers(at)]
        if not booked:
            return _without(self._in_turn(at, away), away)
        who, backup = (
            tuple(user for each in booked if each.backup is kind for user in each.who) for kind in (False, True)
        )
        below = Duty(who) if who else self._in_turn(at, away)
        return _without(Duty(below.who, backup or below.backup), away)

    def _in_turn(self, at: datetime, away: frozenset[str]) -> Duty:
        for layer in reversed(self.layers):
            if layer.covers(at) and (turn := layer.on_turn(at, away)):
                return Duty(turn[:1], turn[1:])
        return on_duty(self.shifts, at, self.zone)

    def _edges(self, start: datetime, end: datetime) -> Iterator[datetime]:
        for change in self.standins:
            yield from (change.start, change.end)
        for booking in self.bookings:
            yield from (booking.start, booking.end)
        for layer in self.layers:
            yield from layer.edges(start, end)
        yield from _shift_edges(self.shifts, self.zone, start, end)


def _shift_edges(shifts: Sequence[Shift], zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    day = start.astimezone(zone).date() - timedelta(days=1)
    while shifts and day <= end.astimezone(zone).date():
        for shift in shifts:
            if (window := shift.on(day, zone)) is not None:
                yield from (window.start, window.end)
        day += timedelta(days=1)


def _without(duty: Duty, away: frozenset[str]) -> Duty:
    """Those who are there, each once; where nobody of those on call is, the backup moves up."""
    who = tuple(dict.fromkeys(user for user in duty.who if user not in away))
    backup = tuple(dict.fromkeys(user for user in duty.backup if user not in (*away, *who)))
    return Duty(who, backup) if who or not duty.who else Duty(backup)


def _stood_in(duty: Duty, change: Standin) -> Duty:
    """One person's place taken by another; without a name, the on-call becomes the backup of who stands in."""
    if not change.instead_of:
        backup = tuple(dict.fromkeys(user for user in (*duty.who, *duty.backup) if user != change.who))
        return Duty((change.who,), backup)
    if change.instead_of not in (*duty.who, *duty.backup):
        return duty

    def taken(users: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(change.who if user == change.instead_of else user for user in users))

    who = taken(duty.who)
    return Duty(who, tuple(user for user in taken(duty.backup) if user not in who))
