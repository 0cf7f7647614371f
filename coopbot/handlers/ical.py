"""Shifts out of an iCalendar file: zones, recurrence and its exceptions become instants (RFC 5545).

Floating times and whole days are the team's zone's, or that of the calendar's X-WR-TIMEZONE. A time that clocks skip is
read with the offset before the skip, one that comes twice is the first (RFC 5545, 3.3.5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty

from coopbot.domain.calendar import find_zone
from coopbot.errors import Misconfigured, Mistake
from coopbot.handlers.ical_lines import Place, scan

MOST = 2_000
"""Occurrences of one event: a shift every hour for three months."""
TOO_OFTEN = ("SECONDLY", "MINUTELY")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Occurrence:
    """One shift of a calendar, before it is known whom its names mean."""

    uid: str
    start: datetime
    end: datetime
    recurs: str
    """When it was to be by its rule, whatever became of it; empty for an event that does not recur."""
    emails: tuple[str, ...]
    """Attendees who have not declined."""
    summary: str
    line: int


class Wrong(Exception):
    """What is wrong with one property of an event."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name = name


def read(text: str, source: str, zone: ZoneInfo, since: datetime, until: datetime) -> tuple[list[Occurrence], set[str]]:
    """What touches ``[since, until)``, by start, and the ids of all events that the file has, cancelled ones too.

    Raises Misconfigured with every mistake and its line.
    """
    places, mistakes = scan(text)
    if mistakes:
        raise Misconfigured(source, mistakes)
    try:
        calendar = Calendar.from_ical(text)
    except ValueError as error:
        raise Misconfigured(source, [Mistake("calendar", str(error), 1)]) from None
    events = [_Event(each, place) for each, place in zip(calendar.walk("VEVENT"), places, strict=True)]
    named = find_zone(str(calendar.get("X-WR-TIMEZONE") or zone.key)) or zone
    found: list[Occurrence] = []
    for event in events:
        try:
            event.check()
            if not event.exception:
                moved = {each.recurrence(named) for each in events if each.exception and each.uid == event.uid}
                found += event.occurrences(named, since, until, moved)
            elif not event.cancelled:
                found += event.once(named, event.recurrence(named).isoformat())
        except Wrong as wrong:
            mistakes.append(Mistake(wrong.name, str(wrong), event.place.of(wrong.name)))
        except BrokenCalendarProperty as error:
            mistakes.append(Mistake("VEVENT", str(error), event.place.line))
    if mistakes:
        raise Misconfigured(source, mistakes)
    touching = (each for each in found if each.start < until and since < each.end)
    return sorted(touching, key=lambda each: (each.start, each.uid)), {event.uid for event in events}


class _Event:
    def __init__(self, event: Any, place: Place) -> None:
        self._event, self.place = event, place
        self.uid = str(event.get("UID") or "").strip()
        self.exception = "RECURRENCE-ID" in event
        self.cancelled = str(event.get("STATUS") or "").upper() == "CANCELLED"

    def check(self) -> None:
        """Raises Wrong for what can't be read, or would be read as something that it is not."""
        for name, why in self._event.errors:
            raise Wrong(str(name or "VEVENT").upper(), str(why))
        if not self.uid:
            raise Wrong("UID", "is missing; without it the next import would double the event")
        if self.exception and self._event["RECURRENCE-ID"].params.get("RANGE"):
            raise Wrong("RECURRENCE-ID", "RANGE=THISANDFUTURE is not read; split the series in your calendar")
        for rule in self._rules():
            if rule.get("FREQ", [""])[0] in TOO_OFTEN:
                raise Wrong("RRULE", "recurs more often than every hour; no rota does")

    def once(self, zone: tzinfo, recurs: str = "") -> Iterator[Occurrence]:
        start = _instant(self._local("DTSTART"), zone)
        yield self._at(start, self._end(start, self._local("DTSTART"), zone), recurs)

    def occurrences(self, zone: tzinfo, since: datetime, until: datetime, moved: set[datetime]) -> Iterator[Occurrence]:
        """Those that touch ``[since, until)``; ``moved`` have an event of their own."""
        rules, first = self._rules(), self._local("DTSTART")
        if self.cancelled:
            return
        if not rules and "RDATE" not in self._event:
            yield from self.once(zone)
            return
        home = first.tzinfo or zone if isinstance(first, datetime) else zone
        begins = _face(first, home)
        left_out, days_out = self._left_out(home)
        length = self._end(_instant(first, zone), first, zone) - _instant(first, zone)
        from_, to = (each.astimezone(home).replace(tzinfo=None) for each in (since - length - DAY, until))
        faces = {face for rule in rules for face in _expanded(_rule(rule, begins, home), from_, to)}
        faces |= {_face(each, home) for each in self._dates("RDATE")} | {begins}
        for face in sorted(faces - left_out):
            start = face.replace(tzinfo=home).astimezone(UTC)
            if face.date() not in days_out and start not in moved:
                day = first if isinstance(first, datetime) else face.date()
                yield self._at(start, self._end(start, day, zone), start.isoformat())

    def recurrence(self, zone: tzinfo) -> datetime:
        """Which occurrence of its series an exception replaces."""
        return _instant(self._local("RECURRENCE-ID"), zone)

    def _at(self, start: datetime, end: datetime, recurs: str) -> Occurrence:
        if end <= start:
            raise Wrong("DTEND", "is not after its start")
        summary = " ".join(str(self._event.get("SUMMARY") or "").split())
        return Occurrence(self.uid, start, end, recurs, tuple(self._emails()), summary, self.place.line)

    def _end(self, start: datetime, first: date, zone: tzinfo) -> datetime:
        """Of the occurrence that begins at ``start``: as long on the clocks as the first one, days as days."""
        home = first.tzinfo or zone if isinstance(first, datetime) else zone
        if "DURATION" in self._event:
            return start + self._event["DURATION"].dt if isinstance(first, datetime) else self._days(start, home)
        if "DTEND" not in self._event:
            if isinstance(first, datetime):
                raise Wrong("DTSTART", "has no end; a shift needs DTEND or DURATION")
            return self._days(start, home)
        begins, ends = self._local("DTSTART"), self._local("DTEND")
        if isinstance(begins, datetime) is not isinstance(ends, datetime):
            raise Wrong("DTEND", "must be a day where the start is one, else a time")
        longer = _face(ends, home) - _face(begins, home)
        return (_face(start, home) + longer).replace(tzinfo=home).astimezone(UTC)

    def _days(self, start: datetime, home: tzinfo) -> datetime:
        length = self._event["DURATION"].dt if "DURATION" in self._event else DAY
        return (_face(start, home) + length).replace(tzinfo=home).astimezone(UTC)

    def _rules(self) -> list[Any]:
        rules = self._event.get("RRULE") or []
        return rules if isinstance(rules, list) else [rules]

    def _left_out(self, home: tzinfo) -> tuple[set[datetime], set[date]]:
        dates = list(self._dates("EXDATE"))
        whole = {each for each in dates if not isinstance(each, datetime)}
        return {_face(each, home) for each in dates if isinstance(each, datetime)}, whole

    def _dates(self, name: str) -> Iterator[date]:
        lists = self._event.get(name) or []
        for each in lists if isinstance(lists, list) else [lists]:
            for one in each.dts:
                if isinstance(one.dt, tuple):
                    raise Wrong(name, "periods are not read; write the starts")
                yield self._known(name, one.dt, {**each.params, **one.params})

    def _local(self, name: str) -> date:
        if name not in self._event:
            raise Wrong(name, "is missing")
        value = self._event[name]
        return self._known(name, value.dt, value.params)

    @staticmethod
    def _known(name: str, value: date, params: Mapping[str, Any]) -> date:
        if isinstance(value, datetime) and value.tzinfo is None and params.get("TZID"):
            raise Wrong(name, f"time zone {params['TZID']!r} is unknown, and the file does not define it")
        return value

    def _emails(self) -> Iterator[str]:
        found = self._event.get("ATTENDEE") or []
        for each in found if isinstance(found, list) else [found]:
            if each.params.get("PARTSTAT") != "DECLINED" and each.params.get("CUTYPE", "INDIVIDUAL") == "INDIVIDUAL":
                yield str(each).lower().removeprefix("mailto:").strip()


def _rule(rule: Any, begins: datetime, home: tzinfo) -> rrule:
    """By the clock on the wall: 9:00 stays 9:00 when clocks change, so ``UNTIL``, an instant, is read there too."""
    parts = dict(rule)
    if "UNTIL" in parts:
        parts["UNTIL"] = [_face(each, home) for each in rule["UNTIL"]]
        if not isinstance(rule["UNTIL"][0], datetime):  # the last day counts whole
            parts["UNTIL"] = [each + DAY - timedelta(seconds=1) for each in parts["UNTIL"]]
    try:
        made = rrulestr(type(rule)(parts).to_ical().decode(), dtstart=begins)
    except (ValueError, TypeError) as error:
        raise Wrong("RRULE", str(error)) from None
    assert isinstance(made, rrule)
    return made


def _expanded(rule: rrule, since: datetime, until: datetime) -> Iterator[datetime]:
    for face in islice(rule.xafter(since, inc=True), MOST):
        if face >= until:
            return
        yield face
    last = next(iter(rule.xafter(until, inc=True)), None)
    if last is not None:
        raise Wrong("RRULE", f"gives more than {MOST} shifts")


def _face(at: date, home: tzinfo) -> datetime:
    """What a clock at ``home`` reads then, as a naive time; floating times are home's already."""
    if not isinstance(at, datetime):
        return datetime.combine(at, datetime.min.time())
    return at if at.tzinfo is None else at.astimezone(home).replace(tzinfo=None, fold=0)


def _instant(at: date, zone: tzinfo) -> datetime:
    if isinstance(at, datetime) and at.tzinfo is not None:
        return at.astimezone(UTC)
    return _face(at, zone).replace(tzinfo=zone).astimezone(UTC)
