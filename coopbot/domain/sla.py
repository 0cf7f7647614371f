"""The due time of an order and what of its budget is used: computed from the records each time (house.md, rule 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from coopbot.domain.calendar import NOTHING, Calendar
from coopbot.domain.order_class import ClockKind, OrderClass
from coopbot.domain.pauses import Pause, add, as_windows, elapsed
from coopbot.domain.profile import Profile
from coopbot.domain.windows import Window

SECOND = timedelta(seconds=1)
Status = Literal["running", "paused", "met", "overdue"]


@dataclass(frozen=True)
class Due:
    """Until when an effective answer is owed, and how that came about. Instants are UTC."""

    at: datetime
    """What counts: the platform's deadline where it gave one, else ours (decisions.md 5)."""
    ours: datetime
    platform: datetime | None
    source: Literal["profile", "platform", "fresh"]
    calendar: Calendar
    """On which ``budget`` is counted from ``start``; the wall clock is a calendar too."""
    start: datetime
    """When the platform raised the order, or rejected the answer; not when we heard of it."""
    budget: timedelta
    clock: ClockKind = "wall"
    pauses: tuple[Window, ...] = ()
    """When the platform's clock really stood; empty where the profile says that it never does."""
    held: bool = False
    """Whether such a pause lasts."""
    class_code: str = ""
    by_profile: Due | None = None
    """Our own reckoning, where the platform's deadline stands in its place."""

    @property
    def difference(self) -> timedelta | None:
        """How much later the platform's deadline is than ours (negative: earlier); None where it gave none."""
        return None if self.platform is None else self.platform - self.ours

    def used(self, until: datetime) -> timedelta:
        """What has been counted up to ``until``; it goes on past the due time, and is nothing before the start."""
        return elapsed(self.calendar, self.start, until, self.pauses) if until > self.start else NOTHING

    def left(self, now: datetime) -> timedelta:
        """What is still to be counted, on the clock of the budget; nothing once it is due."""
        return max(NOTHING, self.budget - self.used(now)) if now < self.at else NOTHING


@dataclass(frozen=True)
class Usage:
    """The budget in whole seconds as of one instant (the ``sla`` of platform-api.md's read side)."""

    budget_s: int
    used_s: int
    left_s: int
    status: Status
    met_at: datetime | None = None
    overdue_s: int = 0
    """Seconds by the wall since the due time, up to the answer where there is one; 0 in time."""


def due(
    profile: Profile,
    class_code: str,
    raised_at: datetime,
    *,
    platform_due: datetime | None = None,
    rejected_at: datetime | None = None,
    pauses: Sequence[Pause] = (),
    as_of: datetime | None = None,
) -> Due:
    """When an order of that class must have its effective answer.

    The platform's own deadline wins. After a rejection the original time stands unless the profile grants a fresh one,
    which then also replaces a platform deadline that had passed by the rejection. ``pauses`` count only where the
    profile says that the platform pauses, one that lasts until ``as_of``. Raises ValueError for an unknown class.
    """
    klass = profile.order_class(class_code)
    if klass is None:
        known = ", ".join(profile.classes)
        raise ValueError(f"no class {class_code!r} in profile {profile.name}; it has {known}")
    start, clock, budget = raised_at, klass.clock, klass.budget
    fresh = _fresh(profile, klass) if rejected_at else None
    if fresh and rejected_at:
        start, (clock, budget) = rejected_at, fresh
        if platform_due and platform_due <= rejected_at:
            platform_due = None
    calendar = profile.calendar(clock)
    holes = tuple(as_windows(pauses, as_of)) if profile.pauses_clock else ()
    ours = add(calendar, start, budget, holes)
    mine = Due(
        at=ours,
        ours=ours,
        platform=None,
        source="fresh" if fresh else "profile",
        calendar=calendar,
        start=start,
        budget=budget,
        clock=clock,
        pauses=holes,
        held=profile.pauses_clock and any(pause.end is None for pause in pauses),
        class_code=klass.code,
    )
    return _by_platform(profile, mine, platform_due) if platform_due else mine


def usage(due: Due, now: datetime, *, met_at: datetime | None = None, paused: bool = False) -> Usage:
    """How the budget stands at ``now``. An answer in the due second is in time; overdue only after it (decisions.md 2).

    ``met_at`` is when the platform took an effective answer: counting ends there. ``paused`` is the caller's word that
    the ladder rests (an answer is on its way); a pause of the platform's clock is seen from ``due`` itself.
    """
    end = met_at or now
    late = end > due.at
    status: Status = "running"
    if late:
        status = "overdue"
    elif met_at:
        status = "met"
    elif paused or due.held:
        status = "paused"
    budget, used = due.budget // SECOND, due.used(end) // SECOND
    return Usage(
        budget_s=budget,
        used_s=used,
        left_s=0 if late else max(0, budget - used),
        status=status,
        met_at=met_at,
        overdue_s=(end - due.at) // SECOND if late else 0,
    )


def _fresh(profile: Profile, klass: OrderClass) -> tuple[ClockKind, timedelta] | None:
    """The clock that a rejection starts: the class's own target first, then the profile's rule; None: the old one."""
    target = klass.targets.get("after_rejection")
    if target:
        return target.clock, target.budget
    return None if profile.after_rejection == "original" else (klass.clock, profile.after_rejection[1])


def _by_platform(profile: Profile, mine: Due, deadline: datetime) -> Due:
    """The platform's deadline in place of ``mine``; on the wall clock where no working time lies before it."""
    calendar, clock, budget = mine.calendar, mine.clock, NOTHING
    if deadline > mine.start:
        budget = elapsed(calendar, mine.start, deadline, mine.pauses)
        if budget == NOTHING:
            calendar, clock = profile.wall, "wall"
            budget = elapsed(calendar, mine.start, deadline, mine.pauses)
    return replace(
        mine,
        at=deadline,
        platform=deadline,
        source="platform",
        calendar=calendar,
        clock=clock,
        budget=budget,
        by_profile=mine,
    )
