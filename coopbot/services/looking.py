"""What a click needs to see before it acts: the order, the preset, the draft; and looks that leave a trace."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.lifecycle import Act, check
from coopbot.domain.profile import Preset
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.change import load, owe_redraw, record, seen
from coopbot.services.permission import language_of, must_be_member


def for_member(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> tuple[Seen, str]:
    """The order and the user's language. Raises Refusal for somebody outside the team."""
    order = _there(tx, key)
    team = desk.team_for(order)
    must_be_member(tx, desk, team, user)
    return seen(tx, order, desk, now), language_of(tx, desk, user, team)


def to_answer(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> tuple[Seen, str]:
    """Likewise, if it may be answered by this user now. Raises Refusal."""
    it, language = for_member(tx, now, desk, user, key)
    check(it.order, Act.REPLY, it.due.at, now)
    if it.order.claim is not None and it.order.claim.by != user:
        raise Refusal("claimed_by_other", by=it.order.claim.by, at=it.order.claim.at, order=key)
    return it, language


def preset(it: Seen, code: str) -> Preset:
    """The preset of this order with that code. Raises Refusal when it is not offered (any more)."""
    found = next((each for each in it.presets if each.code == code), None)
    if found is None:
        raise Refusal("unknown_preset", preset=code)
    return found


def at_consumer(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> Seen:
    """The consumer's whole data, for a member; the look is recorded (decisions.md 22)."""
    order = load(tx, key)
    must_be_member(tx, desk, desk.team_for(order), user)
    looks = sum(1 for entry in order.log if entry.kind is Kind.LOOKED_UP)
    entry = Entry(Kind.LOOKED_UP, now, f"looked_up:{looks}", user, {"what": "consumer"})
    return seen(tx, record(tx, now, desk, order, [entry]), desk, now)


def show(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> None:
    """Show an answered card whole again, or shrink it (decisions.md 19)."""
    order = _there(tx, key)
    must_be_member(tx, desk, desk.team_for(order), user)
    note = f"shown:{key}"
    tx.notes.put(note, {"shown": not (tx.notes.get(note) or {}).get("shown")}, now)
    owe_redraw(tx, desk, order)


def _there(tx: Tx, key: OrderKey) -> WorkOrder:
    order = tx.orders.get(key)
    if order is None:
        raise Refusal("unknown_order", order=key)
    return order


def by_number(tx: Tx, now: datetime, desk: Desk, user: str, number: str) -> tuple[Seen, str]:
    """The order with that number on any connection. Raises Refusal."""
    return for_member(tx, now, desk, user, key_of(tx, desk, number))


def key_of(tx: Tx, desk: Desk, number: str) -> OrderKey:
    """The first connection's order with that number. Raises Refusal when none has it."""
    for connection in sorted(desk.connections):
        if tx.orders.get(OrderKey(connection, number)) is not None:
            return OrderKey(connection, number)
    raise Refusal("unknown_order", order=number)
