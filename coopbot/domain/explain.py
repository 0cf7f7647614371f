"""Why an order is due when it is: the same windows that made the due time, as steps (no words; views have those)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from coopbot.domain.calendar import NOTHING
from coopbot.domain.pauses import Pause
from coopbot.domain.profile import Profile
from coopbot.domain.reading import Labels, no_labels
from coopbot.domain.sla import Due
from coopbot.domain.sureness import Sureness
from coopbot.domain.windows import Window, subtracted

StepKind = Literal["raised", "rejected", "counted", "off_hours", "closed", "paused", "held", "due", "platform_due"]


@dataclass(frozen=True)
class Step:
    """One stretch of time and what it did to the budget. Points in time have ``start == end``."""

    kind: StepKind
    start: datetime
    end: datetime
    counted: timedelta = NOTHING
    left: timedelta = NOTHING
    """What of the budget is left after it."""
    reason: Labels = field(default_factory=no_labels)
    """The name of the holiday or dated pause."""
    by: str = ""
    why: str = ""


@dataclass(frozen=True)
class Explanation:
    """A due time with its derivation. The counted steps add up to the budget (fewer where a pause still lasts)."""

    due: Due
    profile: str
    version: str
    profile_labels: Labels
    class_labels: Labels
    budget: Sureness
    """How sure the budget is; with ``clock`` it is what a reader may doubt first."""
    clock: Sureness
    steps: tuple[Step, ...]
    known_until: date | None = None
    """The last date of the holiday sets, where the due time lies beyond it; else None."""


def explain(profile: Profile, due: Due, pauses: Sequence[Pause] = ()) -> Explanation:
    """The steps from the start to the due time; ``pauses`` are the order's records, with who and why.

    Where the profile's platform doesn't pause, they appear as ``held``: an internal hold, while the clock ran.
    """
    mine = due.by_profile or due
    klass = profile.classes[mine.class_code]
    fresh = mine.source == "fresh"
    path = "after_rejection" if fresh else f"classes.{klass.code}.budget"
    steps = [Step("rejected" if fresh else "raised", mine.start, mine.start, left=mine.budget)]
    steps += _walk(profile, mine, pauses)
    if not profile.pauses_clock:
        steps += [
            Step("held", pause.start, pause.end or max(pause.start, mine.at), by=pause.by, why=pause.why)
            for pause in pauses
        ]
    steps.append(Step("due", mine.at, mine.at))
    if due.platform:
        steps.append(Step("platform_due", due.platform, due.platform))
    until = profile.known_until if mine.clock == "working" else None
    return Explanation(
        due=due,
        profile=profile.name,
        version=profile.version,
        profile_labels=profile.labels,
        class_labels=klass.labels,
        budget=profile.sure(path),
        clock=profile.sure(f"classes.{klass.code}.clock"),
        steps=tuple(steps),
        known_until=until if until and mine.at.astimezone(profile.zone).date() > until else None,
    )


def _walk(profile: Profile, due: Due, pauses: Sequence[Pause]) -> Iterator[Step]:
    """Everything between start and due time, in order: what counted, and each gap by its reason."""
    left = due.budget
    counted = subtracted(due.calendar.windows(due.start, due.at), due.pauses)
    edge = due.start
    for window in counted:
        yield from _gap(profile, due, pauses, edge, window.start, left)
        left -= window.length
        yield Step("counted", window.start, window.end, window.length, left)
        edge = window.end
    yield from _gap(profile, due, pauses, edge, due.at, left)


def _gap(
    profile: Profile, due: Due, pauses: Sequence[Pause], start: datetime, end: datetime, left: timedelta
) -> Iterator[Step]:
    """Why nothing counted from ``start`` to ``end``: a recorded pause, a dated closure, or simply outside of hours."""
    closures = list(due.calendar.closures(start, end))
    held = [(Window(pause.start, pause.end or end), pause) for pause in pauses if due.pauses and pause.start < end]
    edges = {start, end}
    for window in [*closures, *(window for window, _ in held)]:
        edges |= {edge for edge in (window.start, window.end) if start < edge < end}
    previous: Step | None = None
    for a, b in pairwise(sorted(edges)):
        step = _reason(profile, closures, held, a, b, left)
        if previous and (previous.kind, previous.reason, previous.by, previous.why) == (
            step.kind,
            step.reason,
            step.by,
            step.why,
        ):
            step = Step(step.kind, previous.start, b, NOTHING, left, step.reason, step.by, step.why)
        elif previous:
            yield previous
        previous = step
    if previous:
        yield previous


def _reason(
    profile: Profile,
    closures: Sequence[Window],
    held: Sequence[tuple[Window, Pause]],
    start: datetime,
    end: datetime,
    left: timedelta,
) -> Step:
    for window, pause in held:
        if window.start <= start < window.end:
            return Step("paused", start, end, NOTHING, left, by=pause.by, why=pause.why)
    for closure in closures:
        if closure.start <= start < closure.end:
            return Step("closed", start, end, NOTHING, left, profile.dated.get(closure.label, no_labels()))
    return Step("off_hours", start, end, NOTHING, left)
