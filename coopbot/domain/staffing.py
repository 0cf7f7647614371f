"""Staffed time: how much of an order's budget falls into the team's own hours, and what will be tight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from coopbot.domain.calendar import NOTHING, Calendar
from coopbot.domain.sla import Due
from coopbot.domain.windows import intersected, subtracted

K = TypeVar("K")
BREAK = timedelta(hours=4)
"""A gap shorter than this is a break: nobody goes home for it."""


@dataclass(frozen=True)
class Staffed:
    """What the team can work with, as of ``now``."""

    left: timedelta
    """Budget still to be counted while somebody of the team is there."""
    back_at: datetime | None
    """When the team is there again; ``now`` itself when it is, None when not before the due time."""
    present: bool

    def short(self, minimum: timedelta) -> bool:
        """Whether waiting for the team leaves less than the policy's minimum: then it is told now (decisions.md 10)."""
        return self.left < minimum


def staffed(due: Due, shifts: Calendar | None, now: datetime) -> Staffed:
    """The budget from ``now`` to the due time intersected with the team's shifts; a team without any is never there."""
    if shifts is None:
        return Staffed(NOTHING, None, present=False)
    present = shifts.is_open(now)
    if now >= due.at:
        return Staffed(NOTHING, now if present else None, present)
    back = shifts.next_open(now)
    counted = subtracted(due.calendar.windows(max(now, due.start), due.at), due.pauses)
    both = intersected(counted, shifts.windows(max(now, due.start), due.at))
    return Staffed(
        left=sum((window.length for window in both), NOTHING),
        back_at=back if back < due.at else None,
        present=present,
    )


def shift_ends(shifts: Calendar, now: datetime) -> datetime | None:
    """When the shift that runs at ``now`` ends; None when none runs, or when the team is there around the clock."""
    if not shifts.is_open(now):
        return None
    end = shifts.add(now, timedelta(microseconds=1))
    for window in shifts.windows(now, now + timedelta(days=8)):
        end = window.end
        break
    return end if end < now + timedelta(days=8) else None


def leaves_at(shifts: Calendar, now: datetime) -> datetime | None:
    """When the team goes home: the end of the shift that runs at ``now``, unless only a break follows it."""
    end = shift_ends(shifts, now)
    return end if end is not None and shifts.next_open(end) - end >= BREAK else None


def tight_after(
    dues: Iterable[tuple[K, Due, timedelta]], shifts: Calendar, end_of_shift: datetime
) -> list[tuple[K, Due, Staffed]]:
    """Which orders will be short of staffed time once this shift has ended, soonest due first.

    Each comes with the least staffed time that its policy asks for. The sweep before the end of a shift lists them,
    so that they are answered before everybody leaves.
    """
    rows = [
        (key, due, found)
        for key, due, minimum in dues
        if due.at > end_of_shift and (found := staffed(due, shifts, end_of_shift)).short(minimum)
    ]
    return sorted(rows, key=lambda row: row[1].at)
