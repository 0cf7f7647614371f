"""What a step of the ladder does when it fires: whom it reaches, where, and what is written down about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coopbot.domain.calling import EVERYBODY, Call, call, hushed, sparing, with_approvers
from coopbot.domain.escalation import LOUDER, Decision, Step
from coopbot.domain.intent import OWN_CARD, Intent, Priority, What
from coopbot.domain.seen import Seen, class_of, deadline, see
from coopbot.domain.sla import Due
from coopbot.domain.team import Desk, Team
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from coopbot.ports import Tx
from coopbot.services import quiet
from coopbot.services.alarm import alarm
from coopbot.services.change import digest_redraw
from coopbot.services.drill import preempt
from coopbot.services.nobody import tell_if_nobody


@dataclass(frozen=True)
class Fired:
    """What follows from a look at one order."""

    entries: tuple[Entry, ...] = ()
    items: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """By channel or person: the order's line in the one message that goes there."""
    moved_to: Team | None = None


def fire(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, decision: Decision, its_due: Due) -> Fired:
    """Resolve the step that fires to people and places; those passed over are written down with their reason."""
    entries = [
        Entry(Kind.SUPERSEDED, now, f"rung:{step.key}", "coopbot", {"rung": step.key, "why": step.why})
        for step in decision.superseded
    ]
    step = decision.fire
    if step is None:
        return Fired(tuple(entries))
    called = whom(tx, now, desk, see(order, desk, now, its_due=its_due), step)
    team = desk.team_for(order)
    tell_if_nobody(tx, now, desk, team, order, step.rung, called)
    data: dict[str, Any] = {"rung": step.key, "due": step.at.isoformat(), "why": "due", "called": list(called.users)}
    data |= {"reason": called.why, "night": not team.hours.is_open(now)}
    data |= {
        name: list(users)
        for name, users in (("spared", called.spared), ("gone", called.missing), ("quiet", called.quiet))
        if users
    }
    entries.append(Entry(Kind.REMINDED, now, f"rung:{step.key}", "coopbot", data))
    missed = [each.name for each in decision.superseded if each.why == LOUDER and each.speaks_at <= now]
    item = {"order": str(order.key), "step": step.key, "missed": missed, "called": list(called.users)}
    item |= {"why": called.why}
    quiet.hold(tx, now, desk, called, item)
    rung = step.rung
    channel = order.told.channel if order.told else team.channel
    match rung.channel if rung is not None else "channel":
        case "direct":
            people = [user for user in called.users if user[:1] in "UW"]
            items = {user: {**item, "called": []} for user in people}
            others = [user for user in called.users if user not in people]
            if others or not (
                people or called.spared or called.quiet
            ):  # a group has no direct messages, and nobody is no reason
                items[channel] = {**item, "called": others}
            return Fired(tuple(entries), items)
        case "webhook" if rung is not None:
            _owe_hook(tx, now, desk, order, step, called)
            return Fired(tuple(entries))
        case "transfer" if rung is not None:
            other = desk.team_named(rung.to)
            if other is not None and other.name != team.name:
                move = {"to": other.name, "from": team.name, "why": step.key}
                entries.append(Entry(Kind.MOVED, now, f"moved:{step.key}", "coopbot", move))
                return Fired(tuple(entries), moved_to=other)
            if other is None:
                alarm(tx, desk, "no_such_team", key=rung.to, team=rung.to, order=str(order.key))
    return Fired(tuple(entries), {channel: item})


def whom(tx: Tx, now: datetime, desk: Desk, it: Seen, step: Step) -> Call:
    """Whom the step calls now, without those named for the same thing a moment ago and those whose quiet hours run;
    the owner hears of who left."""
    order, rung = it.order, step.rung
    turn = 0
    if rung is not None and "round_robin" in rung.mentions:
        note = f"robin:{it.team.name}"
        turn = int((tx.notes.get(note) or {}).get("turn") or 0)
        tx.notes.put(note, {"turn": turn + 1}, now)
    called = call(it, rung, desk.gone, turn)
    for user in called.missing:
        alarm(tx, desk, "person_gone", key=f"{it.team.name}:{user}", who=user, team=it.team.name)
    called = with_approvers(called, order, rung, desk.gone)
    if rung is None or rung.is_breach:  # an urge and the breach are news, not the same thing again
        return hushed(called, it, desk.quiet)
    return hushed(sparing(called, order, now, desk.mention_gap), it, desk.quiet)


def owe_move(tx: Tx, now: datetime, desk: Desk, before: WorkOrder, after: WorkOrder, to: Team) -> None:
    """The other team gets the card; the first one's card says where it went."""
    urgent = class_of(after, desk.rules_for(after)).mentions_on_card
    if urgent:
        preempt(tx, now, [to])
    priority = Priority.CRC_CARD if urgent else Priority.CARD
    key = f"{OWN_CARD}{after.key}:{to.name}"
    tx.outbox.add([Intent(What.CARD, to.channel, priority, after.key, key=key)])
    if before.row is not None:
        tx.outbox.add([digest_redraw(before.row)])
    if before.card is not None:
        args = {"left": {"channel": before.card.channel, "ts": before.card.ts, "to": to.name}}
        key = f"left:{after.key}:{to.name}"
        tx.outbox.add([Intent(What.REDRAW, before.card.channel, Priority.REDRAW, after.key, key=key, args=args)])


def _owe_hook(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, step: Step, called: Call) -> None:
    """A machine is told what a person would be: ids and times, nothing of the consumer."""
    assert step.rung is not None
    team = desk.team_for(order)
    payload = {
        "work_order_no": order.key.number,
        "connection": order.key.connection,
        "shop_id": order.facts.shop_id,
        "class": order.facts.class_code,
        "scene": order.facts.scene,
        "team": team.name,
        "step": step.key,
        "due_at": deadline(order, desk.rules_for(order), now).at.isoformat(),
        "claimed_by": order.claim.by if order.claim else None,
        "called": [user for user in called.users if user != EVERYBODY],
    }
    args = {"order": str(order.key), "payload": payload}
    key = f"hook:{step.rung.to}:{order.key}:{step.key}"
    tx.outbox.add([Intent(What.HOOK, step.rung.to, Priority.BREACH, key=key, args=args)])
