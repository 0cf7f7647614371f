"""When a request for approval is brought up again: the next in line, once more, and that its time has run out.

Nothing ticks: every instant follows from the order's log, the rules and the team, as with the ladder's steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.approval import Request, Standing, next_in_line, pending, reachable, requests, rules_of
from coopbot.domain.seen import deadline
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, WorkOrder

SHARES = (("next", 1 / 3), ("again", 2 / 3), ("end", 1.0))
"""Of a request's time: the next in line is asked, then once more; at its end everybody, and its author may send it."""
FIRST, TOLD = "first", "told"


@dataclass(frozen=True)
class Step:
    name: str
    """``first``, ``next``, ``again``, ``end``; ``told``: the approvers hear of an answer that was sent without them."""
    at: datetime
    request: Request

    @property
    def key(self) -> str:
        return _key(self.request, self.name)


def _key(request: Request, name: str) -> str:
    """Unique within the order: what the log's "once" is about."""
    return f"approval:{request.id}:{name}"


def ends_at(order: WorkOrder, request: Request, desk: Desk, now: datetime) -> datetime:
    """When its time has run out: never later than the rules' margin before the order is due."""
    start, end = _span(order, request, desk, now)
    return max(start, end)


def may_send_alone(order: WorkOrder, request: Request, desk: Desk, now: datetime) -> bool:
    """Whether its author may send it with a reason: nobody who may approve can be reached, or their time is over."""
    return now >= ends_at(order, request, desk, now) or not _line(order, request, desk, now)


def next_look(order: WorkOrder, desk: Desk, now: datetime) -> datetime | None:
    """When :func:`entries` will next find something; None when it never will."""
    return min((step.at for step in _steps(order, desk, now)), default=None)


def entries(order: WorkOrder, desk: Desk, now: datetime) -> Sequence[Entry]:
    """What the log gains at ``now``; after a gap the last step that is due stands for those before it."""
    due = [step for step in _steps(order, desk, now) if step.at <= now]
    if not due:
        return ()
    step = due[-1]
    night = not desk.team_for(order).hours.is_open(now)
    return (said(step.request, step.name, now, _whom(order, step, desk, now), night=night),)


def said(request: Request, name: str, now: datetime, called: Sequence[str], *, night: bool) -> Entry:
    """The entry of a step that is said at ``now``; one that calls people, like a rung of the ladder."""
    key = _key(request, name)
    data = {"rung": key, "why": "approval", "approval": request.id, "step": name, "called": list(called)}
    return Entry(Kind.REMINDED, now, f"rung:{key}", "coopbot", {**data, "night": night})


def _steps(order: WorkOrder, desk: Desk, now: datetime) -> list[Step]:
    """Those still to come: a later one that was said stands for the earlier."""
    request = pending(order)
    if request is None:
        return _untold(order, desk)
    start, end = _span(order, request, desk, now)
    end = max(start, end)
    steps = [Step(name, start + share * (end - start), request) for name, share in SHARES]
    if not request.at_once:
        steps.insert(0, Step(FIRST, start, request))
    said = [index for index, step in enumerate(steps) if step.key in order.fired]
    return steps[said[-1] + 1 :] if said else steps


def _untold(order: WorkOrder, desk: Desk) -> list[Step]:
    """An answer sent alone is told when its approvers may be called: at night in the morning (decisions.md 10)."""
    alone = [each for each in requests(order) if each.standing is Standing.OVERRIDDEN]
    if not alone:
        return []
    hours = desk.team_for(order).hours
    steps = [Step(TOLD, hours.next_open(each.settled_at or each.at), each) for each in alone]
    return [step for step in steps if step.key not in order.fired]


def _whom(order: WorkOrder, step: Step, desk: Desk, now: datetime) -> tuple[str, ...]:
    line = _line(order, step.request, desk, now)
    return line if step.name in ("end", TOLD) else next_in_line(line, step.request.called)


def _line(order: WorkOrder, request: Request, desk: Desk, now: datetime) -> tuple[str, ...]:
    team = desk.team_for(order)
    return reachable(team, rules_of(team, desk.rules_for(order)), now, author=request.by, gone=desk.gone)


def _span(order: WorkOrder, request: Request, desk: Desk, now: datetime) -> tuple[datetime, datetime]:
    """From when, until when. Where nobody could be asked, it begins with the team's hours, if that is in time."""
    team, profile = desk.team_for(order), desk.rules_for(order)
    rules = rules_of(team, profile)
    latest = deadline(order, profile, now).at - rules.margin
    start = request.at
    if not request.at_once and (opens := team.hours.next_open(start)) < latest:
        start = opens
    return start, min(start + rules.within, latest)
