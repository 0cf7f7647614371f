"""Recorded pauses of one order's clock: intervals with who and why, from which everything is counted anew each time.

Nothing is ever shifted and stored: a pause that turns out longer, shorter or wrong is another history, and the same
functions give its due time (house.md, rule 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopbot.domain.calendar import NOTHING, Calendar
from coopbot.domain.windows import Window, merged


@dataclass(frozen=True)
class Pause:
    """From ``start`` until ``end``; ``end`` None while it lasts."""

    start: datetime
    end: datetime | None
    by: str = ""
    why: str = ""


def as_windows(pauses: Iterable[Pause], as_of: datetime | None) -> list[Window]:
    """The pauses as disjoint windows in order; one that lasts counts until ``as_of``, without it not at all."""
    return merged(Window(pause.start, pause.end or as_of or pause.start) for pause in pauses)


def add(calendar: Calendar, start: datetime, budget: timedelta, pauses: Sequence[Window]) -> datetime:
    """Like ``Calendar.add``, with the clock standing during ``pauses`` (disjoint, in order)."""
    at, left = start, budget
    for pause in pauses:
        if pause.end <= at:
            continue
        if pause.start > at:
            counted = calendar.elapsed(at, pause.start)
            if counted >= left > NOTHING or (left == NOTHING and calendar.next_open(at) < pause.start):
                break
            left -= counted
        at = pause.end
    return calendar.add(at, left)


def elapsed(calendar: Calendar, a: datetime, b: datetime, pauses: Sequence[Window]) -> timedelta:
    """Like ``Calendar.elapsed`` for ``a`` ≤ ``b``, less what of it lies in ``pauses`` (disjoint)."""
    total = calendar.elapsed(a, b)
    for pause in pauses:
        start, end = max(a, pause.start), min(b, pause.end)
        if start < end:
            total -= calendar.elapsed(start, end)
    return total
