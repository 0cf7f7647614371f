"""What people do about a promise: keep it with evidence, hand it over, say that it can't be kept.

It opens by itself, when the platform takes the answer that gave it (coopbot.domain.promise).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from coopbot.domain.promise import Evidence, Promise, promises
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.change import change, load, owe_note
from coopbot.services.looking import for_member
from coopbot.services.permission import must_be_member, must_lead


def to_settle(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> tuple[Seen, Promise, str]:
    """The order, its promise and the user's language, for a form. Raises Refusal where there is nothing to keep."""
    it, language = for_member(tx, now, desk, user, key)
    return it, _open(it.order, it.promises, ""), language


def keep(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, reply_id: str, evidence: Evidence, view: str = ""
) -> WorkOrder:
    """It was done, and this shows it; anybody of the team may say so. Raises Refusal, without evidence too."""
    if (order := _saved_from(tx, key, view)) is not None:
        return order
    order, promise = _theirs(tx, now, desk, user, key, reply_id)
    if not evidence.given:
        raise Refusal("no_evidence", block="promise_text")
    data = {"reply_id": promise.reply_id, "owner": promise.owner, **evidence.plain(), "view": view}
    order = change(tx, now, desk, order, [Entry(Kind.PROMISE_KEPT, now, f"kept:{promise.reply_id}", user, data)])
    owe_note(tx, desk, order, "promise_kept", by=user, **spoken(promise), **evidence.plain())
    return order


def give_up(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, reply_id: str, why: str, view: str = ""
) -> WorkOrder:
    """It can't be kept: broken, with the reason; the tick tells the leads. Its owner or a lead. Raises Refusal."""
    if (order := _saved_from(tx, key, view)) is not None:
        return order
    order, promise = _theirs(tx, now, desk, user, key, reply_id)
    if user != promise.owner:
        must_lead(tx, desk, desk.team_for(order), user)
    if not why.strip():
        raise Refusal("no_promise_reason", block="promise_why")
    data = {"reply_id": promise.reply_id, "owner": promise.owner, "why": why.strip(), "view": view}
    entry = Entry(Kind.PROMISE_BROKEN, now, f"broken:{promise.reply_id}", user, data)
    return change(tx, now, desk, order, [entry])


def hand_over(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, to: str) -> WorkOrder:
    """A colleague keeps it from now on, and is told. Its owner or a lead. Raises Refusal."""
    order, promise = _theirs(tx, now, desk, user, key, "")
    team = desk.team_for(order)
    if user != promise.owner:
        must_lead(tx, desk, team, user)
    must_be_member(tx, desk, team, to)
    if to == promise.owner:
        return order
    times = sum(1 for entry in order.log if entry.kind is Kind.PROMISE_HANDED_OVER)
    data = {"reply_id": promise.reply_id, "to": to, "from": promise.owner}
    order = change(tx, now, desk, order, [Entry(Kind.PROMISE_HANDED_OVER, now, f"promise_to:{times}", user, data)])
    called = [to] if to != user else []
    owe_note(tx, desk, order, "promise_handed_over", mention=called, by=user, to=to, **spoken(promise))
    return order


def spoken(promise: Promise) -> dict[str, Any]:
    """What a note says of a promise, as plain JSON."""
    return {
        "reply_id": promise.reply_id,
        "what": dict(promise.what),
        "promise": promise.text,
        "owner": promise.owner,
        "due": promise.due_at.isoformat(),
    }


def _saved_from(tx: Tx, key: OrderKey, view: str) -> WorkOrder | None:
    """The order, if the form with that id was saved already: delivered twice it changes nothing (decisions.md 30)."""
    order = load(tx, key)
    settled = (entry for entry in order.log if entry.kind in (Kind.PROMISE_KEPT, Kind.PROMISE_BROKEN))
    return order if view and any(entry.data.get("view") == view for entry in settled) else None


def _theirs(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, reply_id: str) -> tuple[WorkOrder, Promise]:
    """The order, locked, and the promise that is to be kept, if ``user`` may act on it."""
    order = load(tx, key)
    must_be_member(tx, desk, desk.team_for(order), user)
    return order, _open(order, promises(order, desk.rules_for(order), now), reply_id)


def _open(order: WorkOrder, known: Sequence[Promise], reply_id: str) -> Promise:
    """The promise that is to be kept. Raises Refusal when it has ended, saying how."""
    meant = [each for each in known if reply_id in ("", each.reply_id)]
    if not meant:
        raise Refusal("no_promise", order=order.key)
    promise = next((each for each in meant if each.is_open), meant[-1])
    if not promise.is_open:
        raise Refusal(f"promise_{promise.state.value}", at=promise.ended_at, by=promise.ended_by, order=order.key)
    return promise
