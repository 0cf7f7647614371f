"""Working hours as arithmetic on instants: weekly windows in a zone, dated pauses, extra openings (domain.md §4).

Every question is one or two bisections in a table of prefix sums, whatever the distance (performance.md §4). Edges of
windows are turned into instants first; from there on an hour is an hour, also when the zone's clocks change.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coopbot.domain.hours import ALWAYS, Week, parse_week
from coopbot.domain.windows import Window, instant, merged, subtracted
from coopbot.errors import Misconfigured, Mistake

NOTHING = timedelta(0)
_DAWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Table:
    """The windows of some years, with what has been counted at the end of each.

    ``zero[i]`` is where counting would have had to begin to agree with window ``i``: inside it the count at ``t`` is
    ``t - zero[i]``. The first row is a window of no length at the dawn of time, so that no search ends before the list.
    """

    first_year: int
    last_year: int
    opens: list[datetime]
    closes: list[datetime]
    counted: list[timedelta]
    zero: list[datetime]
    safe_from: datetime
    safe_to: datetime


@dataclass(frozen=True)
class Calendar:
    """When a clock runs. Windows are half-open; ``(week minus closed) plus extra`` is what counts.

    Instants go in and come out aware and in UTC; naive ones raise ValueError. Equal settings are equal calendars, and
    share nothing that changes: the table below is a cache that is replaced whole, so threads may ask at once.
    """

    zone: ZoneInfo
    week: Week
    closed: tuple[Window, ...] = ()
    """Dated pauses and holidays, as instants. An extra opening inside of one is open."""
    extra: tuple[Window, ...] = ()
    known_until: date | None = None
    """The last local date that the holiday sets cover; later dates count as ordinary days."""
    _table: _Table | None = field(default=None, init=False, repr=False, compare=False)
    _nonstop: bool = field(default=False, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise ValueError("a calendar needs a week of seven days with at least one window")
        if any(not 0 <= start < end for windows in self.week for start, end in windows):
            raise ValueError("a window ends before it starts")
        object.__setattr__(self, "_nonstop", self.week == ALWAYS and not self.closed)

    @staticmethod
    def always(zone: ZoneInfo, closed: tuple[Window, ...] = ()) -> Calendar:
        """The wall clock as a calendar: everything counts but what is ``closed``."""
        return Calendar(zone, ALWAYS, closed)

    def add(self, start: datetime, budget: timedelta) -> datetime:
        """The earliest instant at which ``budget`` has been counted since ``start``.

        A budget that ends with a window gives that closing, not the next opening; 0 outside of the hours gives the
        next opening. Raises ValueError for a negative budget or a naive start.
        """
        if start.tzinfo is not UTC:
            start = _utc(start)
        if budget <= NOTHING:
            if budget < NOTHING:
                raise ValueError("a budget is never negative")
            return self.next_open(start)
        if self._nonstop:
            return start + budget
        table = self._table
        if table is None or not table.safe_from <= start < table.safe_to:
            table = self._reach(start)
        row = bisect_right(table.opens, start) - 1
        total = (start - table.zero[row] if start < table.closes[row] else table.counted[row]) + budget
        if total > table.counted[-1] and budget > self._most(start):
            raise ValueError("the budget ends after the year 9998")
        while total > table.counted[-1]:
            # The zero of a table depends on where it begins; only its end moves here, so ``total`` stays right.
            table = self._extend(table)
        return table.zero[bisect_left(table.counted, total)] + total

    def elapsed(self, a: datetime, b: datetime) -> timedelta:
        """How much counts between ``a`` and ``b``, in real time; negative when ``b`` is the earlier one."""
        if a.tzinfo is not UTC:
            a = _utc(a)
        if b.tzinfo is not UTC:
            b = _utc(b)
        if self._nonstop:
            return b - a
        table = self._table
        if table is None or not (table.safe_from <= a < table.safe_to and table.safe_from <= b < table.safe_to):
            table = self._reach(a, b)
        opens, closes = table.opens, table.closes
        row = bisect_right(opens, b) - 1
        total = b - table.zero[row] if b < closes[row] else table.counted[row]
        row = bisect_right(opens, a) - 1
        return total - (a - table.zero[row] if a < closes[row] else table.counted[row])

    def is_open(self, at: datetime) -> bool:
        """Whether the clock runs at ``at``: yes at an opening, no at a closing."""
        at = _utc(at)
        table = self._reach(at)
        return at < table.closes[bisect_right(table.opens, at) - 1]

    def next_open(self, at: datetime) -> datetime:
        """``at`` itself when the clock runs then, else the next opening."""
        if at.tzinfo is not UTC:
            at = _utc(at)
        table = self._table
        if table is None or not table.safe_from <= at < table.safe_to:
            table = self._reach(at)
        row = bisect_right(table.opens, at)
        if at < table.closes[row - 1]:
            return at
        while row >= len(table.opens):
            table = self._extend(table)
        return table.opens[row]

    def windows(self, a: datetime, b: datetime) -> Iterator[Window]:
        """The windows between ``a`` and ``b``, in order, clipped to them."""
        a, b = _utc(a), _utc(b)
        if a >= b:
            return
        table = self._reach(a, b)
        for row in range(bisect_right(table.opens, a) - 1, bisect_left(table.opens, b)):
            opens, closes = table.opens[row], table.closes[row]
            if closes > a:
                yield Window(max(a, opens), min(b, closes))

    def closures(self, a: datetime, b: datetime) -> Iterator[Window]:
        """The dated pauses that touch ``[a, b)``, clipped, with their labels: why the clock stood there."""
        a, b = _utc(a), _utc(b)
        for window in sorted(self.closed):
            if window.start < b and a < window.end:
                yield Window(max(a, window.start), min(b, window.end), window.label)

    def _most(self, start: datetime) -> timedelta:
        """More than can be counted from ``start`` to the end of all years: a budget beyond it is refused unsearched."""
        weekly = sum((closes - opens for day in self.week for opens, closes in day), 0)
        extra = sum((window.length for window in self.extra), NOTHING)
        return timedelta(seconds=weekly) * ((9999 - start.year) * 53) + extra

    def _reach(self, *instants: datetime) -> _Table:
        """A table in which all of ``instants`` are safely inside."""
        table = self._table
        if table and table.safe_from <= min(instants) and max(instants) < table.safe_to:
            return table
        first, last = min(instants).year - 1, max(instants).year + 2
        if table:
            first, last = min(first, table.first_year), max(last, table.last_year)
        return self._build(first, last)

    def _extend(self, table: _Table) -> _Table:
        """``table`` to twice its length: what looks ahead without end costs its logarithm in rebuilds."""
        return self._build(table.first_year, table.last_year + (table.last_year - table.first_year))

    def _build(self, first_year: int, last_year: int) -> _Table:
        if first_year < 2 or first_year > 9990:
            raise ValueError("a calendar counts from year 3 to 9990")
        if last_year > 9998:
            if self._table and self._table.last_year >= 9998:
                raise ValueError("the budget ends after the year 9998")
            last_year = 9998
        regular = merged(chain.from_iterable(self._year(year) for year in range(first_year, last_year)))
        extra = (window for window in self.extra if first_year <= window.start.year < last_year)
        windows = merged(chain(subtracted(regular, self.closed), extra))
        opens, closes, counted, zero = [_DAWN], [_DAWN], [NOTHING], [_DAWN]
        total = NOTHING
        for window in windows:
            opens.append(window.start)
            closes.append(window.end)
            zero.append(window.start - total)
            total += window.end - window.start
            counted.append(total)
        # A window of the neighbouring year may reach up to two days over the edge: don't answer there.
        safe_from = datetime(first_year, 1, 4, tzinfo=UTC)
        safe_to = datetime(last_year - 1, 12, 28, tzinfo=UTC)
        table = _Table(first_year, last_year, opens, closes, counted, zero, safe_from, safe_to)
        object.__setattr__(self, "_table", table)
        return table

    def _year(self, year: int) -> Iterator[Window]:
        day, end = date(year, 1, 1), date(year + 1, 1, 1)
        while day < end:
            for opens, closes in self.week[day.weekday()]:
                yield Window(instant(self.zone, day, opens), instant(self.zone, day, closes))
            day += timedelta(days=1)


def parse_hours(
    text: str,
    zone: ZoneInfo | str,
    *,
    key: str = "hours",
    source: str = "hours",
    closed: Sequence[Window] = (),
    extra: Sequence[Window] = (),
) -> Calendar:
    """``Mon-Sun 09:00-19:00`` (hours.py has the notation) in ``zone`` as a calendar.

    Raises Misconfigured with every mistake under ``key``, among them an unknown zone and hours that never open.
    """
    week, wrong = parse_week(text)
    mistakes = [Mistake(key, message) for message in wrong]
    known = find_zone(zone)
    if known is None:
        mistakes.append(Mistake("zone", f"{zone!r} is not an IANA time zone such as Asia/Shanghai"))
    if mistakes or known is None:
        raise Misconfigured(source, mistakes)
    return Calendar(known, week, tuple(closed), tuple(extra))


def find_zone(name: ZoneInfo | str) -> ZoneInfo | None:
    """The IANA zone of that name, None where there is none."""
    if isinstance(name, ZoneInfo):
        return name
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone: naive datetimes are refused")
    return at.astimezone(UTC)
