"""The lifecycle of a work order: one table.

``LIFECYCLE`` is the only place that says which act leads where (rule 1). Buttons come from :func:`allowed`; the
diagram in docs/concepts.md is drawn from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from coopbot.domain.work_order import (
    Kind,
    ReplyState,
    WorkOrder,
)
from coopbot.errors import Refusal


class State(StrEnum):
    """Keys of the lifecycle table, as the read side shows them (platform-api.md)."""

    OPEN = "open"
    CLAIMED = "claimed"
    REPLIED = "replied"
    ACCEPTED = "accepted"
    OVERDUE = "overdue"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    VOIDED = "voided"


class Act(StrEnum):
    """What can happen to an order: the team's verbs, the platform's events, and the clock."""

    CLAIM = "claim"
    TAKE_OVER = "take_over"
    HAND_OVER = "hand_over"
    RELEASE = "release"
    REPLY = "reply"
    CANCEL_REPLY = "cancel_reply"
    REPORT_OUTAGE = "report_outage"
    PAUSE = "pause"
    RESUME = "resume"
    SNOOZE = "snooze"
    ASK_APPROVAL = "ask_approval"
    APPROVE = "approve"
    DECLINE = "decline"
    SEND_ALONE = "send_alone"
    WITHDRAW = "withdraw"

    DELIVERED = "delivered"
    FAILED = "failed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    URGED = "urged"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    TIMED_OUT = "timed_out"
    CLOSED = "closed"
    VOIDED = "voided"
    DUE_PASSED = "due_passed"


BY_TEAM = frozenset(list(Act)[: list(Act).index(Act.DELIVERED)])

_ENDS = {
    Act.ANSWERED_ELSEWHERE: (State.CLOSED,),
    Act.TIMED_OUT: (State.TRANSFERRED,),
    Act.CLOSED: (State.CLOSED,),
    Act.VOIDED: (State.VOIDED,),
}
_WAITS = {  # an answer that waits for a second person is no reply yet (coopbot.domain.approval)
    Act.APPROVE: (State.REPLIED,),
    Act.SEND_ALONE: (State.REPLIED,),
}
_BACK = (State.OPEN, State.CLAIMED, State.OVERDUE)

LIFECYCLE: Mapping[State, Mapping[Act, tuple[State, ...]]] = MappingProxyType(
    {
        State.OPEN: {
            Act.CLAIM: (State.CLAIMED,),
            Act.REPLY: (State.REPLIED,),
            Act.REPORT_OUTAGE: (State.OPEN,),
            Act.PAUSE: (State.OPEN,),
            Act.RESUME: (State.OPEN,),
            Act.SNOOZE: (State.OPEN,),
            Act.ASK_APPROVAL: (State.CLAIMED,),
            Act.URGED: (State.OPEN,),
            Act.ACCEPTED: (State.ACCEPTED,),
            Act.DUE_PASSED: (State.OVERDUE,),
            **_ENDS,
        },
        State.CLAIMED: {
            Act.TAKE_OVER: (State.CLAIMED,),
            Act.HAND_OVER: (State.CLAIMED,),
            Act.RELEASE: (State.OPEN,),
            Act.REPLY: (State.REPLIED,),
            Act.REPORT_OUTAGE: (State.CLAIMED,),
            Act.PAUSE: (State.CLAIMED,),
            Act.RESUME: (State.CLAIMED,),
            Act.SNOOZE: (State.CLAIMED,),
            Act.ASK_APPROVAL: (State.CLAIMED,),
            Act.DECLINE: (State.CLAIMED,),
            Act.WITHDRAW: (State.CLAIMED,),
            **_WAITS,
            Act.URGED: (State.CLAIMED,),
            Act.ACCEPTED: (State.ACCEPTED,),
            Act.DUE_PASSED: (State.OVERDUE,),
            **_ENDS,
        },
        State.REPLIED: {
            Act.CANCEL_REPLY: _BACK,
            Act.REPORT_OUTAGE: (State.REPLIED,),
            Act.RESUME: (State.REPLIED,),
            Act.DELIVERED: (State.REPLIED,),
            Act.FAILED: _BACK,
            Act.ACCEPTED: (State.ACCEPTED,),
            Act.REJECTED: _BACK,
            Act.URGED: (State.REPLIED,),
            **_ENDS,
        },
        State.ACCEPTED: {
            Act.REJECTED: _BACK,  # a platform may take its acceptance back
            Act.URGED: (State.ACCEPTED,),
            **_ENDS,
        },
        State.OVERDUE: {  # keeps every reply button (decisions.md 3)
            Act.CLAIM: (State.OVERDUE,),
            Act.TAKE_OVER: (State.OVERDUE,),
            Act.HAND_OVER: (State.OVERDUE,),
            Act.RELEASE: (State.OVERDUE,),
            Act.REPLY: (State.REPLIED,),
            Act.REPORT_OUTAGE: (State.OVERDUE,),
            Act.RESUME: (State.OVERDUE,),
            Act.ASK_APPROVAL: (State.OVERDUE,),
            Act.DECLINE: (State.OVERDUE,),
            Act.WITHDRAW: (State.OVERDUE,),
            **_WAITS,
            Act.URGED: (State.OVERDUE,),
            Act.ACCEPTED: (State.ACCEPTED,),
            **_ENDS,
        },
        State.TRANSFERRED: {  # reply buttons go, the outage report stays (decisions.md 3)
            Act.REPORT_OUTAGE: (State.TRANSFERRED,),
            Act.ANSWERED_ELSEWHERE: (State.CLOSED,),
            Act.CLOSED: (State.CLOSED,),
            Act.VOIDED: (State.VOIDED,),
        },
        State.CLOSED: {},
        State.VOIDED: {},
    }
)

ENDING = MappingProxyType(
    {
        Kind.VOIDED: Act.VOIDED,
        Kind.CLOSED: Act.CLOSED,
        Kind.TIMED_OUT: Act.TIMED_OUT,
        Kind.ANSWERED_ELSEWHERE: Act.ANSWERED_ELSEWHERE,
    }
)
"""What the platform ends an order by, and as which act."""


def allowed(state: State) -> frozenset[Act]:
    """What may happen in ``state``; empty for a terminal state."""
    return frozenset(LIFECYCLE[state])


def check(order: WorkOrder, act: Act, due_at: datetime, now: datetime) -> State:
    """The present state, if ``act`` is legal in it. Raises Refusal, which says what is so instead."""
    state = state_of(order, due_at, now)
    if act in LIFECYCLE[state]:
        return state
    raise why_not(order, state, act)


def why_not(order: WorkOrder, state: State, act: Act) -> Refusal:
    """The sentence for somebody who pressed a button too late."""
    ending, reply = order.ending, order.standing_reply
    if ending is not None:
        return Refusal(f"order_{ending.kind.value}", by=ending.by, at=ending.at, reason=ending.reason, order=order.key)
    if reply is not None:
        return Refusal("already_answered", by=reply.by, at=reply.at, order=order.key)
    if order.claim is not None and act is Act.CLAIM:
        return Refusal("already_claimed", by=order.claim.by, at=order.claim.at, order=order.key)
    if order.claim is None and act in (Act.RELEASE, Act.TAKE_OVER, Act.HAND_OVER):
        return Refusal("nobody_has_it", order=order.key)
    return Refusal("not_now", state=state.value, act=act.value, order=order.key)


def state_of(order: WorkOrder, due_at: datetime, now: datetime) -> State:
    """The order's state at ``now``. Overdue follows from the due time; nothing has to tick (rule 5)."""
    if order.ending is not None:
        return LIFECYCLE[State.OPEN][ENDING[order.ending.kind]][0]
    reply = order.standing_reply
    if reply is not None:
        return State.ACCEPTED if reply.state is ReplyState.ACCEPTED else State.REPLIED
    if now > due_at:
        return State.OVERDUE
    return State.OPEN if order.claim is None else State.CLAIMED


def met_at(order: WorkOrder) -> datetime | None:
    """When the platform took the standing reply, or somebody answered in its console; else None (decisions.md 1)."""
    taken = [reply.delivered_at for reply in order.replies if reply.stands and reply.delivered_at]
    if order.ending is not None and order.ending.kind is Kind.ANSWERED_ELSEWHERE:
        taken.append(order.ending.at)
    return min(taken, default=None)
