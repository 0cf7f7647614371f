"""Windows of time: half-open spans of instants, and the set arithmetic that hours are made of (house.md, rule 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """``[start, end)`` in UTC; ``label`` says what a dated one is (a holiday's name), empty for ordinary hours."""

    start: datetime
    end: datetime
    label: str = ""

    @property
    def length(self) -> timedelta:
        """Real time between the edges, also over a change of the zone's offset."""
        return self.end - self.start


def merged(windows: Iterable[Window]) -> list[Window]:
    """The same instants as disjoint windows in order; touching ones become one, empty ones vanish."""
    out: list[Window] = []
    for window in sorted(windows):
        if window.start >= window.end:
            continue
        if out and window.start <= out[-1].end:
            if window.end > out[-1].end:
                out[-1] = Window(out[-1].start, window.end, out[-1].label)
        else:
            out.append(window)
    return out


def subtracted(windows: Iterable[Window], holes: Iterable[Window]) -> list[Window]:
    """What is left of ``windows`` (disjoint, in order) outside of ``holes``."""
    out: list[Window] = []
    cuts = merged(holes)
    first = 0
    for window in windows:
        start = window.start
        while first < len(cuts) and cuts[first].end <= start:
            first += 1
        for cut in cuts[first:]:
            if cut.start >= window.end:
                break
            if cut.start > start:
                out.append(Window(start, cut.start, window.label))
            start = max(start, cut.end)
        if start < window.end:
            out.append(Window(start, window.end, window.label))
    return out


def intersected(left: Iterable[Window], right: Iterable[Window]) -> Iterator[Window]:
    """The instants in both; each side disjoint and in order. One pass, so its cost is the number of windows."""
    lefts, rights = iter(left), iter(right)
    a, b = next(lefts, None), next(rights, None)
    while a and b:
        start, end = max(a.start, b.start), min(a.end, b.end)
        if start < end:
            yield Window(start, end)
        if a.end <= b.end:
            a = next(lefts, None)
        else:
            b = next(rights, None)


def instant(zone: ZoneInfo, day: date, seconds: int) -> datetime:
    """The first instant at which a clock in ``zone`` reads ``seconds`` after midnight of ``day``, or later.

    So an edge that happens twice (clocks go back) is the first one, and an edge that is skipped (clocks go forward) is
    the first instant after the skip. ``seconds`` counts on the clock's face and may pass 86,400 into the next day.
    """
    naive = datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)
    local = naive.replace(tzinfo=zone)
    early, late = _offset(local), _offset(local.replace(fold=1))
    if early >= late:
        return (naive - early).replace(tzinfo=UTC)
    # Skipped. Read with the offset from after the skip it lies before it, and the other way round: look in between.
    before, after = (naive - late).replace(tzinfo=UTC), (naive - early).replace(tzinfo=UTC)
    while after - before > SECOND:
        middle = before + (after - before) // (2 * SECOND) * SECOND
        if _offset(middle.astimezone(zone)) == early:
            before = middle
        else:
            after = middle
    return after


def _offset(local: datetime) -> timedelta:
    offset = local.utcoffset()
    assert offset is not None  # a ZoneInfo always has one
    return offset
