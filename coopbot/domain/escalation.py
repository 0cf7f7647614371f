"""The ladder of an order: which step is due when, whom it calls, and when the sweep must look next (rules 5, 7).

Nothing here ticks: every instant follows from the order's log, its profile and its team.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopbot.domain.conditions import unmet
from coopbot.domain.ladder import Clocks
from coopbot.domain.lifecycle import met_at
from coopbot.domain.profile import Profile, Rung
from coopbot.domain.seen import class_of, deadline
from coopbot.domain.sla import Due
from coopbot.domain.snooze import SNOOZED, ends
from coopbot.domain.staffing import staffed
from coopbot.domain.team import Desk, Team
from coopbot.domain.work_order import Entry, Kind, WorkOrder

INSTANT = timedelta(microseconds=1)
"""``answered_at ≤ due`` is in time; the breach is the first instant after it (decisions.md 2)."""

MINUTE = timedelta(minutes=1)
LAST_HOUR = timedelta(hours=1)
"""With less working time left than this, a rejection restarts the ladder at its last rung (decisions.md 4)."""

GIVEN_BACK = (Kind.RELEASED, Kind.MOVED)
"""After these nobody has the order."""

LOUDER = "louder"
"""Why a step is passed over: another speaks for it."""


@dataclass(frozen=True)
class Step:
    """One step of the ladder in the order's present cycle."""

    key: str
    """``cycle:rung``, ``cycle:rung:n`` where it is said again, ``cycle.m:rung`` of a wait after the ``m``-th release;
    what the log's uniqueness is about."""
    rung: Rung | None
    """None for the steps that no profile lists: the window's opening, an urge."""
    at: datetime
    """When it falls due."""
    speaks_at: datetime
    """When its message may go out (decisions.md 10)."""
    why: str = ""
    """Of one that is passed over: ``louder``, ``snoozed``, or the condition that did not hold."""

    @property
    def name(self) -> str:
        return self.key.partition(":")[2]

    def passed(self, why: str) -> Step:
        """The same, passed over."""
        return Step(self.key, self.rung, self.at, self.speaks_at, why)


@dataclass(frozen=True)
class Decision:
    """What a look at an order found, with the reasons that are recorded."""

    fire: Step | None = None
    superseded: tuple[Step, ...] = ()
    breach: str | None = None
    """The cause, when the due time has passed without an effective reply and that is not recorded yet."""


@dataclass(frozen=True)
class Outlook:
    """How an order's time stands: its due time, and the steps that are still to come, quietest first."""

    due: Due
    steps: tuple[Step, ...]

    def past(self, entries: Iterable[Entry]) -> Outlook | None:
        """The same once ``entries`` are in the log; None where they are of a kind that may change more than which
        steps lie behind."""
        if any(entry.kind not in _ONLY_SAID for entry in entries):
            return None
        fired = {entry.data.get("rung") for entry in entries}
        return Outlook(self.due, tuple(step for step in self.steps if step.key not in fired))


_ONLY_SAID = frozenset({Kind.REMINDED, Kind.SUPERSEDED, Kind.BREACHED})


def outlook(order: WorkOrder, desk: Desk, now: datetime, its_due: Due | None = None) -> Outlook:
    """Derive it; ``its_due``: the caller knows it."""
    rules = desk.rules_for(order)
    its_due = its_due or deadline(order, rules, now)
    if order.ending is not None or order.standing_reply is not None:
        return Outlook(its_due, ())
    return Outlook(its_due, steps(order, rules, desk.team_for(order), its_due))


def decide(order: WorkOrder, desk: Desk, now: datetime, ahead: Outlook | None = None) -> Decision:
    """What is due at ``now``: after a gap only the loudest step speaks, the missed ones are recorded as superseded.

    ``ahead``: the caller knows it.
    """
    if order.ending is not None:
        return Decision()
    rules, team = desk.rules_for(order), desk.team_for(order)
    ahead = ahead or outlook(order, desk, now)
    its_due = ahead.due
    breach = _breach(order, its_due, now)
    if order.standing_reply is not None:
        return Decision(breach=breach)
    waiting = ahead.steps
    passed: list[Step] = []
    due: list[int] = []
    for index, step in enumerate(waiting):
        if heard_at(step, order, rules, team, its_due, now) > now:
            continue
        condition = SNOOZED if _asleep(step, order, its_due) else ""
        if step.rung is not None and not condition:
            condition = unmet(step.rung, order, rules, team, its_due, now)
        if condition:
            passed.append(step.passed(condition))
        else:
            due.append(index)
    if not due:
        return Decision(superseded=tuple(passed), breach=breach)
    loudest = _loudest(waiting, due)
    keys = {step.key for step in passed}
    quieter = waiting[:loudest] + tuple(waiting[index] for index in due if index > loudest)
    if waiting[loudest].name.startswith("urge"):  # the ladder goes one rung up at once (decisions.md 15)
        quieter += waiting[loudest + 1 : loudest + 2]
    missed = [step.passed(LOUDER) for step in quieter if step.key not in keys]
    return Decision(waiting[loudest], (*missed, *passed), breach)


def _loudest(waiting: Sequence[Step], due: Sequence[int]) -> int:
    """The last that is due; but a line that calls nobody silences no call of our own (the opening, an urge)."""
    last = waiting[due[-1]].rung
    own = [index for index in due if waiting[index].rung is None]
    return own[-1] if own and last is not None and last.is_said and not last.mentions else due[-1]


def next_look(order: WorkOrder, desk: Desk, now: datetime, ahead: Outlook | None = None) -> datetime | None:
    """When :func:`decide` will next find something; None when it never will. ``ahead``: the caller knows it."""
    if order.ending is not None:
        return None
    rules, team = desk.rules_for(order), desk.team_for(order)
    ahead = ahead or outlook(order, desk, now)
    looks = [heard_at(step, order, rules, team, ahead.due, now) for step in ahead.steps]
    met = met_at(order)
    if not _breached(order) and (met is None or met > ahead.due.at):  # who answers a moment late is late all the same
        looks.append(ahead.due.at + INSTANT)
    return min(looks, default=None)


def steps(order: WorkOrder, rules: Profile, team: Team, its_due: Due) -> tuple[Step, ...]:
    """The steps that are still to come, quietest first; only urges while the platform's clock stands for a pause."""
    listed = _urges(order, rules, team, its_due)
    if not its_due.held:
        first = [*_opening(order, rules, team, its_due), *_rejected(order, rules, team, its_due)]
        first += _waking(order, rules, team, its_due)
        listed = [*first, *listed, *_rungs(order, rules, team, its_due)]
    return tuple(step for step in listed if step.key not in order.fired)


def calls_with_card(order: WorkOrder, rules: Profile, team: Team, its_due: Due) -> bool:
    """Whether the card itself mentions the on-call: only while the clock runs, or when waiting leaves too little."""
    if not class_of(order, rules).mentions_on_card:
        return False
    return its_due.calendar.is_open(order.received_at) or _too_short(order, rules, team, its_due)


def _opening(order: WorkOrder, rules: Profile, team: Team, its_due: Due) -> list[Step]:
    """The mention that the card had to leave out, made when the window opens."""
    if order.cycle or not class_of(order, rules).mentions_on_card:
        return []
    if calls_with_card(order, rules, team, its_due):
        return []
    opens = its_due.calendar.next_open(order.received_at)
    return [Step("0:opening", None, opens, opens)] if opens < its_due.at else []


def rejection_waits(order: WorkOrder, desk: Desk, now: datetime) -> bool:
    """Whether the word that its answer was rejected must wait before it calls anybody (decisions.md 10)."""
    rules, team = desk.rules_for(order), desk.team_for(order)
    return bool(_rejected(order, rules, team, deadline(order, rules, now)))


def _rejected(order: WorkOrder, rules: Profile, team: Team, its_due: Due) -> list[Step]:
    """The call that the note of a rejection had to leave out, made in the morning."""
    rejection = order.last_rejection
    if rejection is None:
        return []
    at = rejection.settled_at or rejection.at
    speaks = _may_speak(rules, team, its_due, at, class_of(order, rules).mentions_on_card)
    return [Step(f"{order.cycle}:rejected", None, at, speaks)] if at < speaks < its_due.at else []


def heard_at(step: Step, order: WorkOrder, rules: Profile, team: Team, its_due: Due, now: datetime) -> datetime:
    """When it may go out as of ``now``: what was held up until the night waits for the morning, like any other."""
    if step.speaks_at > now:
        return step.speaks_at
    urgent = class_of(order, rules).mentions_on_card
    rests = step.rung is None or _rests(step.rung, urgent)
    return _may_speak(rules, team, its_due, now, urgent) if rests else now


def _waking(order: WorkOrder, rules: Profile, team: Team, its_due: Due) -> list[Step]:
    """The one reminder when a snooze is over, in place of those that it kept back."""
    until = ends(order, its_due)
    if order.snooze is None or until is None:
        return []
    key = f"{order.cycle}:snooze:{order.snooze.at.isoformat()}"
    urgent = class_of(order, rules).mentions_on_card
    return [Step(key, None, until, _may_speak(rules, team, its_due, until, urgent))]


def _asleep(step: Step, order: WorkOrder, its_due: Due) -> bool:
    """Whether a snooze keeps the step back: never the breach, nor what comes after it, nor an urge."""
    until = ends(order, its_due)
    if until is None or step.at >= its_due.at or step.name.startswith(("urge", "snooze")):
        return False
    return step.speaks_at < until


def _urges(order: WorkOrder, rules: Profile, team: Team, its_due: Due) -> list[Step]:
    if Kind.URGED not in order.kinds:
        return []
    urged = [entry for entry in order.log if entry.kind is Kind.URGED]
    urgent = class_of(order, rules).mentions_on_card
    return [
        Step(f"{order.cycle}:urge:{entry.key}", None, entry.at, _may_speak(rules, team, its_due, entry.at, urgent))
        for entry in sorted(urged, key=lambda entry: (entry.at, entry.key))
    ]


def _rungs(order: WorkOrder, rules: Profile, team: Team, its_due: Due) -> list[Step]:
    klass = class_of(order, rules)
    ladder = [rung for rung in team.ladder(rules, klass.code) if _waits(order, rung)]
    free, clocks = max(its_due.start, free_since(order)), _clocks(rules, its_due)
    falls = [_falls(rung, its_due, free, clocks) for rung in ladder]
    if (rejection := order.last_rejection) is not None:
        again = rejection.settled_at or rejection.at
        left = rules.working.elapsed(again, its_due.at) if again < its_due.at else timedelta()
        before = [index for index, rung in enumerate(ladder) if not rung.is_breach]
        keep = [index for index, at in enumerate(falls) if at > again]
        if before and left < LAST_HOUR and again <= its_due.at:
            falls[before[-1]] = again
            keep = sorted({before[-1], *(index for index in keep if index > before[-1])})
        if again > its_due.at:
            keep = [index for index, rung in enumerate(ladder) if rung.is_breach]
        # what lies behind was told by the rejection itself
        rungs = [(ladder[index], falls[index]) for index in keep]
    else:
        rungs = list(zip(ladder, falls, strict=True))
    rungs = [(rung, at) for rung, at in rungs if rung.at.kind != "unclaimed" or at < its_due.at]
    said: list[Step] = []
    for rung, at in rungs:
        rests = _rests(rung, klass.mentions_on_card)
        for key, when in _times(order, its_due, rung, at, clocks):
            if key in order.fired:
                continue
            speaks = _may_speak(rules, team, its_due, when, klass.mentions_on_card) if rests else when
            said.append(Step(key, rung, when, _on_the_minute(rung, speaks)))
    return said


def _clocks(rules: Profile, its_due: Due) -> Clocks:
    return Clocks(its_due.calendar, rules.working, its_due.pauses)


def _waits(order: WorkOrder, rung: Rung) -> bool:
    """A wait for somebody to take the order is none while somebody has it: the acknowledgement is the claim."""
    return rung.at.kind != "unclaimed" or order.claim is None


def _falls(rung: Rung, its_due: Due, free: datetime, clocks: Clocks) -> datetime:
    """When a rung falls due; of a wait for somebody who takes the order, since it is ``free``."""
    if rung.is_breach:
        return its_due.at + INSTANT
    start = free if rung.at.kind == "unclaimed" else its_due.start
    return rung.due_at(start, its_due.at, its_due.budget, clocks)


def free_since(order: WorkOrder) -> datetime:
    """Since when nobody has the order, as far as the team can know of it; of a claimed one, since when nobody had."""
    given_back = [entry.at for entry in _given_back(order)]
    rejected = [rejection.settled_at or rejection.at for rejection in order.rejections]
    return max(order.received_at, *given_back, *rejected) if given_back or rejected else order.received_at


def _given_back(order: WorkOrder) -> list[Entry]:
    if order.kinds.isdisjoint(GIVEN_BACK):
        return []
    return [entry for entry in order.log if entry.kind in GIVEN_BACK]


def _stretch(order: WorkOrder, rung: Rung) -> str:
    """What tells a rung's turn from its last: the cycle, and for a wait how often the order was given back."""
    times = len(_given_back(order)) if rung.at.kind == "unclaimed" else 0
    return f"{order.cycle}.{times}" if times else f"{order.cycle}"


def _times(order: WorkOrder, its_due: Due, rung: Rung, at: datetime, clocks: Clocks) -> Iterable[tuple[str, datetime]]:
    """A rung, and its repeats up to the cap; one that comes before the due time is not repeated past it."""
    key = f"{_stretch(order, rung)}:{rung.key}"
    if rung.repeat is None:
        return ((key, at),)
    heard = [each for each in rung.repeats(at, clocks) if not each > its_due.at >= at]
    return ((key, at), *((f"{key}:{n}", each) for n, each in enumerate(heard, 1)))


def _on_the_minute(rung: Rung, speaks: datetime) -> datetime:
    """A breach with the others that were due in its minute; one that was due on the minute is late at once."""
    return max(speaks, _whole_minute(speaks - INSTANT)) if rung.is_breach else _whole_minute(speaks)


def _rests(rung: Rung, urgent: bool) -> bool:
    """Whether it waits for the hours in which it may speak: what calls people, and whatever an ordinary order says."""
    return rung.calls or (rung.is_said and not urgent)


def _may_speak(rules: Profile, team: Team, its_due: Due, at: datetime, urgent: bool) -> datetime:
    """When a step that rests may go out: CRC with the clock, others with the team (decisions.md 10).

    An ordinary order's reminders wait for the team whether they mention anybody or not: what fell due at night is one
    message in the morning.
    """
    if urgent:
        waits = its_due.calendar.next_open(at)
        return at if waits > at and _leaves_too_little(its_due, team, waits, rules) else waits
    return team.hours.next_open(at)


def _too_short(order: WorkOrder, rules: Profile, team: Team, its_due: Due) -> bool:
    return _leaves_too_little(its_due, team, its_due.calendar.next_open(order.received_at), rules)


def _leaves_too_little(its_due: Due, team: Team, waits: datetime, rules: Profile) -> bool:
    """Whether waiting until then leaves less than the policy's minimum of staffed time: then it is told tonight."""
    return waits >= its_due.at or staffed(its_due, team.hours, waits).short(rules.minimum_staffed)


def _whole_minute(at: datetime) -> datetime:
    """Up to the next whole minute, so that what falls due in one minute is one message (decisions.md 10)."""
    down = at.replace(second=0, microsecond=0)
    return at if down == at else down + MINUTE


def _breached(order: WorkOrder) -> bool:
    return len(order.breaches) > 0


def _breach(order: WorkOrder, its_due: Due, now: datetime) -> str | None:
    """The cause of a breach that is not recorded yet. An order is late once, however often it is rejected after."""
    if now <= its_due.at or _breached(order):
        return None
    met = met_at(order)
    if met is not None and met <= its_due.at:
        return None
    reply = order.standing_reply
    if reply is not None and reply.at <= its_due.at:
        return "ours"
    if order.cycle:
        return "rejected"
    return "arrived_late" if order.received_at > its_due.at else "unanswered"
