"""The tick's part in promises: owners are reminded, what is past due is broken and goes on to the leads, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from coopbot.domain.calling import fallback
from coopbot.domain.escalation import LOUDER
from coopbot.domain.promise import Promise, PromiseState, promises
from coopbot.domain.promise_steps import BROKEN, decide
from coopbot.domain.team import Desk, Team
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.ports import Tx
from coopbot.services.change import change, owe_note
from coopbot.services.promises import spoken

NEEDS_OPEN = frozenset({"promise_due"})
"""Notes that have nothing to say once the promise has ended."""


def entries(tx: Tx, order: WorkOrder, desk: Desk, now: datetime) -> Sequence[Entry]:
    """What the log gains at ``now``; ``desk`` knows the rota as it is now."""
    rules, team = desk.rules_for(order), desk.team_for(order)
    found = decide(order, rules, team, now)
    lines = []
    for promise in found.broken:
        broken = {"reply_id": promise.reply_id, "owner": promise.owner, "due": promise.due_at.isoformat(), "why": "due"}
        lines.append(Entry(Kind.PROMISE_BROKEN, now, f"broken:{promise.reply_id}", "coopbot", broken))
    for step in found.superseded:
        passed = {"rung": step.key, "why": LOUDER}
        lines.append(Entry(Kind.SUPERSEDED, now, f"rung:{step.key}", "coopbot", passed))
    for promise, step in found.fire:
        called = whom(tx, promise, team, desk, now, leads=step.code == BROKEN)
        said = {"rung": step.key, "code": step.code, "reply_id": promise.reply_id, "due": step.at.isoformat()}
        counted = {"why": "promise", "called": called, "night": not team.hours.is_open(now)}
        lines.append(Entry(Kind.REMINDED, now, f"rung:{step.key}", "coopbot", {**said, **counted}))
    return lines


def whom(tx: Tx, promise: Promise, team: Team, desk: Desk, now: datetime, *, leads: bool) -> list[str]:
    """Its owner; with who is on call where the owner is away or has left, and with the leads where it is broken."""
    owner, duty = promise.owner, team.duty(now)
    person = tx.people.known([owner]).get(owner)
    gone = desk.gone | {owner} if person is not None and person.deactivated else desk.gone
    on_leave = any(each.kind == "leave" and each.who == owner and each.covers(now) for each in team.standins)
    users = [owner, *((duty.who or fallback(duty, team)) if on_leave or owner in gone else ())]
    users += (team.leads or team.managers) if leads else ()
    return [user for user in dict.fromkeys(users) if user not in gone]


def owe_words(tx: Tx, now: datetime, desk: Desk, after: WorkOrder, fresh: Sequence[Entry]) -> None:
    """Say in the thread what :func:`entries` did."""
    known = {each.reply_id: each for each in promises(after, desk.rules_for(after), now)}
    for entry in fresh:
        if entry.kind is Kind.REMINDED:
            promise = known[str(entry.data["reply_id"])]
            code, called = str(entry.data["code"]), list(entry.data["called"])
            owe_note(tx, desk, after, code, mention=called, why=promise.why, by=promise.ended_by, **spoken(promise))


def moot(order: WorkOrder, desk: Desk, now: datetime, code: str, facts: Mapping[str, Any]) -> bool:
    """Whether a note that waited has nothing to say any more."""
    if code not in NEEDS_OPEN:
        return False
    known = promises(order, desk.rules_for(order), now)
    return not any(each.is_open and each.reply_id == facts.get("reply_id") for each in known)


def moved(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, reply_id: str) -> None:
    """An answer was taken: its promise stands in the place of the one given when the matter was raised before."""
    rules = desk.rules_for(order)
    given = any(each.reply_id == reply_id and each.is_open for each in promises(order, rules, now))
    recalled = next((entry for entry in order.log if entry.kind is Kind.RECALLED), None)
    if not given or recalled is None:
        return
    before = tx.orders.get(OrderKey.parse(str(recalled.data["order"])), for_update=True)
    if before is None:
        return
    for promise in promises(before, desk.rules_for(before), now):
        if promise.is_open:
            data = {"reply_id": promise.reply_id, "to_order": str(order.key)}
            entry = Entry(Kind.PROMISE_MOVED, now, f"promise_moved:{promise.reply_id}", "coopbot", data)
            before = change(tx, now, desk, before, [entry])


def owe_drops(tx: Tx, now: datetime, desk: Desk, before: WorkOrder, after: WorkOrder) -> None:
    """The platform voided the order or rejected the answer: the team is told that nobody owes it any more."""
    rules = desk.rules_for(after)
    owed = {each.reply_id for each in promises(before, rules, now) if each.is_open}
    for promise in promises(after, rules, now):
        if promise.reply_id in owed and promise.state is PromiseState.DROPPED:
            owe_note(tx, desk, after, "promise_dropped", why=promise.why, **spoken(promise))
