"""What becomes of an answer that waits for a second person: the buttons of its message."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain import approval, approval_steps
from coopbot.domain.approval import Request, Standing
from coopbot.domain.lifecycle import Act, check
from coopbot.domain.seen import Seen, deadline
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Kind, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import approving
from coopbot.services.answering import Draft, must_be_answerable, queue
from coopbot.services.change import load, owe_note, seen
from coopbot.services.permission import language_of, must_be_no_guest
from coopbot.services.rota import with_rota


def approve(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, identity: str) -> WorkOrder:
    """A second person lets the answer go: it leaves now, as its author's. The first verdict wins.

    Raises Refusal: the answer's own author, somebody who may not approve, a request that is settled or replaced.
    """
    order, request = _waiting(tx, now, desk, key, identity, Act.APPROVE)
    _must_approve(tx, now, desk, order, request, user)
    must_be_answerable(tx, now, desk, request.by, order, _draft(request))
    order = approving.settled(tx, now, desk, order, request, Kind.APPROVAL_GIVEN, user)
    return queue(tx, now, desk, order, request.by, request.answer)


def to_decline(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, identity: str) -> tuple[Seen, Request, str]:
    """The order and the answer, for somebody who may decline it, and their language. Raises Refusal."""
    order, request = _waiting(tx, now, desk, key, identity, Act.DECLINE)
    _must_approve(tx, now, desk, order, request, user)
    return seen(tx, order, desk, now), request, language_of(tx, desk, user, desk.team_for(order))


def decline(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, identity: str, reason: str, view: str
) -> WorkOrder:
    """It does not leave: its author is told why, and has the text again. Raises Refusal."""
    order, request = _waiting(tx, now, desk, key, identity, Act.DECLINE)
    _must_approve(tx, now, desk, order, request, user)
    _must_say_why(reason)
    kind = Kind.APPROVAL_DECLINED
    order = approving.settled(tx, now, desk, order, request, kind, user, reason=reason, view=view)
    approving.text_back(tx, now, order, request)
    facts = {"by": user, "reason": reason, "text": request.text}
    owe_note(tx, desk, order, "approval_declined", mention=[request.by], **facts)
    return order


def withdraw(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, identity: str) -> WorkOrder:
    """Its author takes it back, to write it anew. Raises Refusal for anybody else."""
    order, request = _waiting(tx, now, desk, key, identity, Act.WITHDRAW)
    _must_be_author(request, user)
    return approving.withdrawn(tx, now, desk, order, request, user, "withdrawn")


def to_send_alone(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, identity: str
) -> tuple[Seen, Request, str]:
    """The order and the answer, if ``user`` wrote it and may send it alone now; their language. Raises Refusal."""
    order, request = _waiting(tx, now, desk, key, identity, Act.SEND_ALONE)
    _must_be_alone(tx, now, desk, order, request, user)
    return seen(tx, order, desk, now), request, language_of(tx, desk, user, desk.team_for(order))


def send_alone(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, identity: str, reason: str, view: str
) -> WorkOrder:
    """Its author sends it without a second person and says why; those who might have approved it are told in their
    hours. Raises Refusal while somebody who may approve can be reached and has time left."""
    order, request = _waiting(tx, now, desk, key, identity, Act.SEND_ALONE)
    _must_be_alone(tx, now, desk, order, request, user)
    _must_say_why(reason)
    must_be_answerable(tx, now, desk, user, order, _draft(request))
    kind = Kind.APPROVAL_OVERRIDDEN
    order = approving.settled(tx, now, desk, order, request, kind, user, reason=reason, view=view)
    return queue(tx, now, desk, order, user, request.answer)


def _draft(request: Request) -> Draft:
    """The answer as its author gave it, with everything that goes along."""
    return Draft(request.text, request.answer["preset_code"], request.answer["fields"], files=request.files)


def _waiting(tx: Tx, now: datetime, desk: Desk, key: OrderKey, identity: str, act: Act) -> tuple[WorkOrder, Request]:
    """The order, locked, and the request that waits. Raises Refusal, which says what became of it."""
    order = load(tx, key)
    request = approval.find(order, identity)
    if request is None:
        raise Refusal("unknown_order", order=key)
    if request.standing is not Standing.PENDING and order.ending is None:
        raise Refusal(f"approval_{request.standing.value}", by=request.settled_by, at=request.settled_at, order=key)
    check(order, act, deadline(order, desk.rules_for(order), now).at, now)
    return order, request


def _must_approve(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, request: Request, user: str) -> None:
    if user == request.by:
        raise Refusal("own_answer")
    team = with_rota(tx, desk).team_for(order)
    may = approval.approvers(team, approval.rules_of(team, desk.rules_for(order)), now)
    if user not in (*may, *request.called):  # whoever was asked on their shift may answer after it
        raise Refusal("only_approvers", leads=[each for each in may if each != request.by])
    must_be_no_guest(tx, team, user)


def _must_be_author(request: Request, user: str) -> None:
    if user != request.by:
        raise Refusal("not_your_answer", by=request.by)


def _must_be_alone(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, request: Request, user: str) -> None:
    _must_be_author(request, user)
    desk = with_rota(tx, desk)
    if not approval_steps.may_send_alone(order, request, desk, now):
        team = desk.team_for(order)
        rules = approval.rules_of(team, desk.rules_for(order))
        there = approval.reachable(team, rules, now, author=user, gone=desk.gone)
        raise Refusal("not_alone", leads=list(there), at=approval_steps.ends_at(order, request, desk, now))


def _must_say_why(reason: str) -> None:
    if not reason.strip():
        raise Refusal("why_missing", block="approval_reason")
