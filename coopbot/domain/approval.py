"""Two-person approval: an answer that waits for a second person, who that may be, who is asked when.

An answer that waits is no reply yet: nothing is on its way, so the clock and the ladder go on, and the read side, whose
``queued`` tells a bridge that an answer is coming, does not list it. It becomes one when it is approved, or when its
author sends it alone with a reason (``queued``).

Hurdles do not add up (decisions.md 11, 13): an answer that needs a second person has this one hurdle alone, however
much time is left. It is not shown to its author once more, its button asks nothing, and once approved it leaves
without a grace; with a deadline near, the request's own time has run out at once and its author may send it alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from coopbot.domain.approval_rules import ApprovalRules, Case
from coopbot.domain.files import HandedIn
from coopbot.domain.profile import Profile
from coopbot.domain.seen import Seen
from coopbot.domain.sensitive import most_money
from coopbot.domain.team import Team
from coopbot.domain.work_order import Entry, Kind, WorkOrder


class Standing(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    OVERRIDDEN = "overridden"
    """Sent by its author alone, with a reason."""
    WITHDRAWN = "withdrawn"
    """By its author, or because the order was answered, ended or given to somebody else."""


_SETTLES = {
    Kind.APPROVAL_GIVEN: Standing.APPROVED,
    Kind.APPROVAL_DECLINED: Standing.DECLINED,
    Kind.APPROVAL_OVERRIDDEN: Standing.OVERRIDDEN,
    Kind.APPROVAL_WITHDRAWN: Standing.WITHDRAWN,
}


@dataclass(frozen=True)
class Request:
    """An answer for which a second person was asked; ``id`` is the reply's, should it leave."""

    id: str
    by: str
    at: datetime
    answer: Mapping[str, Any]
    """What is queued once it may leave: the data of its entry in the log."""
    called: tuple[str, ...] = ()
    """Everybody who was asked so far, in that sequence."""
    at_once: bool = False
    """Whether somebody could be asked as soon as it was written."""
    standing: Standing = Standing.PENDING
    settled_by: str = ""
    settled_at: datetime | None = None
    reason: str = ""

    @property
    def text(self) -> str:
        return str(self.answer["text"])

    @property
    def files(self) -> tuple[HandedIn, ...]:
        return tuple(HandedIn.from_json(each) for each in self.answer.get("files") or ())


def rules_of(team: Team, rules: Profile) -> ApprovalRules:
    """The profile's, with what the team says in its place."""
    return team.approval.over(rules.approval)


def needed(seen: Seen, text: str, fields: Mapping[str, str]) -> Case | None:
    """Why this answer needs a second person; None: it does not.

    Its amount is the most that it speaks of; one that names none ("a full refund") counts with the order's own.
    """
    rules = rules_of(seen.team, seen.rules)
    if not rules.when:
        return None
    facts = seen.order.facts
    amount = most_money(text, fields) or facts.amount or 0
    return rules.case(seen.klass.code, seen.rules.scene(facts.scene).code, amount)


def requests(order: WorkOrder) -> tuple[Request, ...]:
    """Every request of the order, the oldest first; of two verdicts on one the first counts."""
    if Kind.APPROVAL_ASKED not in order.kinds:  # most orders, and this is asked of all
        return ()
    found: dict[str, Request] = {}
    for entry in order.log:
        identity = str(entry.data.get("approval") or "")
        if entry.kind is Kind.APPROVAL_ASKED:
            answer = entry.data["answer"]
            called = _called(entry)
            found[identity] = Request(identity, entry.by, entry.at, answer, called, bool(called))
        elif (request := found.get(identity)) is not None and request.standing is Standing.PENDING:
            found[identity] = _after(request, entry)
    return tuple(found.values())


def _after(request: Request, entry: Entry) -> Request:
    if entry.kind is Kind.REMINDED:
        return replace(request, called=tuple(dict.fromkeys((*request.called, *_called(entry)))))
    if entry.kind not in _SETTLES:
        return request
    reason = str(entry.data.get("reason") or "")
    standing = _SETTLES[entry.kind]
    return replace(request, standing=standing, settled_by=entry.by, settled_at=entry.at, reason=reason)


def _called(entry: Entry) -> tuple[str, ...]:
    return tuple(str(user) for user in entry.data.get("called") or ())


def find(order: WorkOrder, identity: str) -> Request | None:
    return next((request for request in requests(order) if request.id == identity), None)


def pending(order: WorkOrder) -> Request | None:
    """The answer that waits now; none while one stands, or after the end."""
    return unsettled(order) if order.ending is None and order.standing_reply is None else None


def unsettled(order: WorkOrder) -> Request | None:
    """The request that has no verdict in the log, whatever became of the order."""
    return next((each for each in reversed(requests(order)) if each.standing is Standing.PENDING), None)


def approvers(team: Team, rules: ApprovalRules, at: datetime) -> tuple[str, ...]:
    """Everybody who may approve, in the sequence of the rules' roles; who is on call goes first, then the backup."""
    duty = team.duty(at)
    of_role = {"lead": team.leads, "manager": team.managers, "on_call": duty.who, "backup": duty.backup}
    pool = [user for role in rules.by for user in of_role.get(role, (role.removeprefix("user:"),))]
    first = [user for user in (*duty.who, *duty.backup) if user in pool]
    return tuple(dict.fromkeys((*first, *pool)))


def reachable(
    team: Team, rules: ApprovalRules, at: datetime, *, author: str, gone: Collection[str] = ()
) -> tuple[str, ...]:
    """Of those, who can be expected to answer now: not the author, not on leave, not gone from the workspace; and on
    shift, which is the team's hours or being on call or backup outside them. Slack's presence is not asked."""
    duty = team.duty(at)
    away = {each.who for each in team.standins if each.kind == "leave" and each.covers(at)}
    there = team.hours.is_open(at)
    return tuple(
        user
        for user in approvers(team, rules, at)
        if user != author
        and user not in away
        and user not in gone
        and (there or user in duty.who or user in duty.backup)
    )


def next_in_line(line: Sequence[str], called: Iterable[str]) -> tuple[str, ...]:
    """The first who has not been asked; everybody again when all have."""
    fresh = [user for user in line if user not in set(called)]
    return tuple(fresh[:1]) or tuple(line)
