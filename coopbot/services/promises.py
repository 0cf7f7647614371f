"""What people do about a promise: keep it with evidence, hand it over, say that it can't be kept.

It opens by itself, when the platform takes the answer that gave it (coopbot.domain.promise).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from coopbot.domain.promise import Evidence, Promise
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.change import change, load, owe_note, seen
from coopbot.services.looking import for_member
from coopbot.services.permission import must_be_member, must_lead


def to_settle(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> tuple[Seen, Promise, str]:
    """The order, its promise and the user's language, for a form. Raises Refusal where there is nothing to keep."""
    it, language = for_member(tx, now, desk, user, key)
    return it, _open(it, ""), language


def keep(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, reply_id: str, evidence: Evidence, view: str = ""
) -> Seen:
    """It was done, and this shows it; anybody of the team may say so. Raises Refusal, without evidence too."""
    order, promise = _theirs(tx, now, desk, user, key, reply_id)
    if not evidence.given:
        raise Refusal("no_evidence", block="promise_text")
    data = {"reply_id": promise.reply_id, "owner": promise.owner, **evidence.plain(), "view": view}
    order = change(tx, now, desk, order, [Entry(Kind.PROMISE_KEPT, now, f"kept:{promise.reply_id}", user, data)])
    owe_note(tx, desk, order, "promise_kept", by=user, **spoken(promise), **evidence.plain())
    return seen(tx, order, desk, now)


def give_up(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, reply_id: str, why: str, view: str = ""
) -> Seen:
    """It can't be kept: broken, with the reason; the tick tells the leads. Its owner or a lead. Raises Refusal."""
    order, promise = _theirs(tx, now, desk, user, key, reply_id)
    if user != promise.owner:
        must_lead(tx, desk, desk.team_for(order), user)
    if not why.strip():
        raise Refusal("no_promise_reason", block="promise_why")
    data = {"reply_id": promise.reply_id, "owner": promise.owner, "why": why.strip(), "view": view}
    entry = Entry(Kind.PROMISE_BROKEN, now, f"broken:{promise.reply_id}", user, data)
    return seen(tx, change(tx, now, desk, order, [entry]), desk, now)


def hand_over(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, to: str) -> Seen:
    """A colleague keeps it from now on, and is told. Its owner or a lead. Raises Refusal."""
    order, promise = _theirs(tx, now, desk, user, key, "")
    team = desk.team_for(order)
    if user != promise.owner:
        must_lead(tx, desk, team, user)
    must_be_member(tx, desk, team, to)
    if to == promise.owner:
        return seen(tx, order, desk, now)
    times = sum(1 for entry in order.log if entry.kind is Kind.PROMISE_HANDED_OVER)
    data = {"reply_id": promise.reply_id, "to": to, "from": promise.owner}
    order = change(tx, now, desk, order, [Entry(Kind.PROMISE_HANDED_OVER, now, f"promise_to:{times}", user, data)])
    called = [to] if to != user else []
    owe_note(tx, desk, order, "promise_handed_over", mention=called, by=user, to=to, **spoken(promise))
    return seen(tx, order, desk, now)


def spoken(promise: Promise) -> dict[str, Any]:
    """What a note says of a promise, as plain JSON."""
    return {
        "reply_id": promise.reply_id,
        "what": dict(promise.what),
        "promise": promise.text,
        "owner": promise.owner,
        "due": promise.due_at.isoformat(),
    }


def _theirs(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, reply_id: str) -> tuple[WorkOrder, Promise]:
    """The order, locked, and the promise that is to be kept, if ``user`` may act on it."""
    order = load(tx, key)
    must_be_member(tx, desk, desk.team_for(order), user)
    return order, _open(seen(tx, order, desk, now), reply_id)


def _open(it: Seen, reply_id: str) -> Promise:
    """The promise that is to be kept. Raises Refusal when it has ended, saying how."""
    promise = it.promise
    if promise is not None and reply_id in ("", promise.reply_id):
        return promise
    ended = [each for each in it.promises if reply_id in ("", each.reply_id) and each.ended_at is not None]
    if not ended:
        raise Refusal("no_promise", order=it.order.key)
    last = ended[-1]
    raise Refusal(f"promise_{last.state.value}", at=last.ended_at, by=last.ended_by, order=it.order.key)
