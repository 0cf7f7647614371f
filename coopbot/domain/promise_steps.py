"""What a promise says by itself: its owner is reminded, urges reach them, what is broken goes on to the leads.

Like the ladder's, every instant follows from the log; each step is said once, and after a gap only the loudest speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopbot.domain.calendar import Calendar
from coopbot.domain.profile import Profile
from coopbot.domain.promise import INSTANT, Promise, PromiseState, promises
from coopbot.domain.team import Team
from coopbot.domain.work_order import Kind, WorkOrder

BEFORE_CLOSING = timedelta(minutes=30)
"""A reminder that falls into the night comes so long before the team leaves."""
BROKEN = "promise_broken"
LOOKS_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is to be said of a promise."""

    key: str
    """``promise:reply:name``: what the log's uniqueness is about."""
    code: str
    """Of its note: ``promise_due``, ``promise_urged`` or ``promise_broken``."""
    at: datetime
    speaks_at: datetime
    """When it may be said: nobody is called outside the team's hours (decisions.md 10)."""


@dataclass(frozen=True)
class Decision:
    """What a look at an order's promises found."""

    fire: tuple[tuple[Promise, Step], ...] = ()
    superseded: tuple[Step, ...] = ()
    """Passed over: a louder one of the same promise speaks for them."""
    broken: tuple[Promise, ...] = ()
    """Those whose due time has passed, and whose log does not say so yet."""


def decide(order: WorkOrder, rules: Profile, team: Team, now: datetime) -> Decision:
    """What is due at ``now``."""
    fire: list[tuple[Promise, Step]] = []
    superseded: list[Step] = []
    for promise, waiting in _waiting(order, rules, team, now):
        due = [step for step in waiting if step.speaks_at <= now]
        if due:
            loudest = next((step for step in due if step.code == BROKEN), due[-1])
            fire.append((promise, loudest))
            superseded += [step for step in due if step is not loudest]
    return Decision(tuple(fire), tuple(superseded), tuple(_unrecorded(order, promises(order, rules, now))))


def next_look(order: WorkOrder, rules: Profile, team: Team, now: datetime) -> datetime | None:
    """When :func:`decide` will next find something; None when it never will."""
    if not order.replies:
        return None
    looks = [step.speaks_at for _, waiting in _waiting(order, rules, team, now) for step in waiting]
    known = promises(order, rules, now)
    looks += [promise.due_at + INSTANT for promise in known if promise.is_open]
    looks += [promise.ended_at for promise in _unrecorded(order, known) if promise.ended_at is not None]
    return min(looks, default=None)


def _unrecorded(order: WorkOrder, known: Sequence[Promise]) -> list[Promise]:
    said = {str(entry.data.get("reply_id")) for entry in order.log if entry.kind is Kind.PROMISE_BROKEN}
    return [each for each in known if each.state is PromiseState.BROKEN and each.reply_id not in said]


def _waiting(order: WorkOrder, rules: Profile, team: Team, now: datetime) -> list[tuple[Promise, Sequence[Step]]]:
    """Each promise with its steps that are still to come, quietest first."""
    found: list[tuple[Promise, Sequence[Step]]] = []
    for promise in promises(order, rules, now):
        steps: list[Step] = []
        if promise.is_open:
            both = [*_reminders(promise, rules, team), *_urges(promise, order, team)]
            steps = sorted(both, key=lambda step: step.speaks_at)
        elif promise.state is PromiseState.BROKEN and promise.ended_at is not None:
            steps = _after(promise, promise.ended_at, order, rules, team, now)
        found.append((promise, [step for step in steps if step.key not in order.fired]))
    return found


def _after(
    promise: Promise, ended_at: datetime, order: WorkOrder, rules: Profile, team: Team, now: datetime
) -> list[Step]:
    """Of a broken one: that it is, which speaks for all that was not said before; and the urges since."""
    told = Step(_key(promise, "broken"), BROKEN, ended_at, team.hours.next_open(ended_at))
    if told.key not in order.fired and told.speaks_at > now:
        return [told]
    urges = _urges(promise, order, team)
    since = [step for step in urges if step.at > ended_at]
    if told.key in order.fired:
        return since
    missed = [*_reminders(promise, rules, team), *(step for step in urges if step.at <= ended_at)]
    return [*missed, told, *since]


def _reminders(promise: Promise, rules: Profile, team: Team) -> list[Step]:
    """Before it is due: as the profile says, but in the second half of a short one."""
    steps = []
    span = promise.due_at - promise.opened_at
    for number, before in enumerate(rules.promises.remind_before):
        at = promise.due_at - min(before, span / (number + 2))
        speaks = _in_hours(team.hours, at, promise.opened_at)
        if promise.opened_at < speaks < promise.due_at:
            steps.append(Step(_key(promise, f"{number}"), "promise_due", at, speaks))
    return steps


def _urges(promise: Promise, order: WorkOrder, team: Team) -> list[Step]:
    """The consumer asks again after it was given."""
    urged = [entry for entry in order.log if entry.kind is Kind.URGED and promise.opened_at <= entry.at]
    return [
        Step(_key(promise, f"urge:{entry.key}"), "promise_urged", entry.at, team.hours.next_open(entry.at))
        for entry in sorted(urged, key=lambda entry: (entry.at, entry.key))
    ]


def _in_hours(hours: Calendar, at: datetime, after: datetime) -> datetime:
    """``at``, or where nobody is there then, before the team leaves; if that is not after ``after``, when it is back.

    A reminder that waits for the morning may come too late to act upon.
    """
    if hours.is_open(at):
        return at
    windows = list(hours.windows(max(after, at - LOOKS_BACK), at))
    if windows:
        leaves = max(windows[-1].start, windows[-1].end - BEFORE_CLOSING)
        if leaves > after:
            return leaves
    return hours.next_open(at)


def _key(promise: Promise, name: str) -> str:
    return f"promise:{promise.reply_id}:{name}"
