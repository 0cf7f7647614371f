"""The targets of an order: claim, first effective answer, answer after a rejection, final; what is met, late, next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coopbot.domain.order_class import TargetKind
from coopbot.domain.pauses import Pause, add, as_windows
from coopbot.domain.profile import Profile
from coopbot.domain.sla import due
from coopbot.domain.work_order import Kind, ReplyState, WorkOrder

Standing = Literal["open", "overdue", "met", "late"]
_CLAIMS = (Kind.CLAIMED, Kind.TAKEN_OVER, Kind.HANDED_OVER)


@dataclass(frozen=True)
class Milestones:
    """What an order's log says about its targets; None for what has not happened."""

    raised_at: datetime
    claimed_at: datetime | None = None
    answered_at: datetime | None = None
    """When the platform first took an answer, whether or not it rejected that one later."""
    rejected_at: datetime | None = None
    """The last rejection."""
    answered_again_at: datetime | None = None
    """When the platform took the answer after that rejection."""
    ended_at: datetime | None = None
    platform_due: datetime | None = None
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class TargetState:
    """One target: until when, met when, and how it stands. Met in the due second is in time (decisions.md 2)."""

    kind: TargetKind
    due_at: datetime
    met_at: datetime | None
    standing: Standing

    @property
    def is_open(self) -> bool:
        return self.met_at is None


def milestones(order: WorkOrder) -> Milestones:
    """What the order's log says about its targets. An acceptance ends it as far as its final target goes.

    That the platform took the order away meets nothing.
    """
    rejection = order.last_rejection
    rejected_at = (rejection.settled_at or rejection.at) if rejection else None
    taken = sorted(reply.delivered_at for reply in order.replies if reply.delivered_at)
    again = [reply.delivered_at for reply in order.replies if rejected_at and reply.stands and reply.delivered_at]
    accepted = [reply.settled_at for reply in order.replies if reply.state is ReplyState.ACCEPTED]
    ended = order.ending
    claims = (entry.at for entry in order.log if entry.kind in _CLAIMS)
    return Milestones(
        raised_at=order.facts.raised_at,
        claimed_at=min(claims, default=None),
        answered_at=_earliest(*taken),
        rejected_at=rejected_at,
        answered_again_at=_earliest(*again),
        ended_at=_earliest(ended.at if ended and ended.kind is not Kind.TIMED_OUT else None, *accepted),
        platform_due=order.facts.due_at,
        pauses=order.pauses,
    )


def targets(profile: Profile, class_code: str, facts: Milestones, now: datetime) -> tuple[TargetState, ...]:
    """Every target that the class has and that the order's history has started, in the order of the lifecycle.

    An answer meets the claim too (answering claims: decisions.md 9), an ending meets all. After a rejection the first
    answer's target is open again where the original time stands; where a fresh one is granted it stays met, and the
    answer after the rejection is a target of its own (decisions.md 4).
    """
    klass = profile.order_class(class_code)
    if klass is None:
        raise ValueError(f"no class {class_code!r} in profile {profile.name}")
    holes = as_windows(facts.pauses, now) if profile.pauses_clock else []
    first = due(profile, class_code, facts.raised_at, platform_due=facts.platform_due, pauses=facts.pauses, as_of=now)
    again = due(
        profile, class_code, facts.raised_at, platform_due=facts.platform_due, rejected_at=facts.rejected_at,
        pauses=facts.pauses, as_of=now,
    )  # fmt: skip
    fresh = facts.rejected_at is not None and again.start != first.start
    out = []
    if "claim" in klass.targets:
        claim = klass.targets["claim"]
        until = add(profile.calendar(claim.clock), facts.raised_at, claim.budget, holes)
        met = _earliest(facts.claimed_at, facts.answered_at, facts.ended_at)
        out.append(_state("claim", min(until, first.at), met, now))
    answered = facts.answered_at
    if facts.rejected_at and not fresh:
        answered = facts.answered_again_at
    if facts.rejected_at and fresh:
        answered = answered or facts.rejected_at  # it had been answered, or nothing could have been rejected
    out.append(_state("answer", first.at, _earliest(answered, facts.ended_at), now))
    if fresh:
        out.append(_state("after_rejection", again.at, _earliest(facts.answered_again_at, facts.ended_at), now))
    if "final" in klass.targets:
        final = klass.targets["final"]
        until = add(profile.calendar(final.clock), facts.raised_at, final.budget, holes)
        out.append(_state("final", until, facts.ended_at, now))
    return tuple(out)


def next_due(states: Sequence[TargetState]) -> TargetState | None:
    """The open target that is due first; None when nothing is owed any more."""
    return min((state for state in states if state.is_open), key=lambda state: state.due_at, default=None)


def _state(kind: TargetKind, due_at: datetime, met_at: datetime | None, now: datetime) -> TargetState:
    if met_at is not None:
        return TargetState(kind, due_at, met_at, "met" if met_at <= due_at else "late")
    return TargetState(kind, due_at, None, "overdue" if now > due_at else "open")


def _earliest(*instants: datetime | None) -> datetime | None:
    known: Iterable[datetime] = (at for at in instants if at is not None)
    return min(known, default=None)
