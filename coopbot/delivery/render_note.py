"""What is said about orders that were told: notes, requests for approval, reminders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from coopbot.delivery import render_approval
from coopbot.delivery.render_card import foreseen_by
from coopbot.delivery.render_place import beside, language_at, order_of, place_of
from coopbot.delivery.rendered import Moot, Post, Rendered
from coopbot.domain.calling import Call, call
from coopbot.domain.intent import Owed
from coopbot.domain.team import Desk
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Languages, Tx
from coopbot.services import promise_ticks, shift_end
from coopbot.services.change import seen
from coopbot.services.permission import language_of
from coopbot.views import note as note_view
from coopbot.views import reminder as reminder_view
from coopbot.views import tight as tight_view
from coopbot.views.quiet import after_quiet


def note(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """One line in the order's thread."""
    order = order_of(tx, owed)
    if order is None:
        return Moot("no such order")
    args = owed.intent.args
    if promise_ticks.moot(order, desk, now, args["code"], args["facts"]):
        return Moot("the promise was settled meanwhile")
    channel = place_of(desk, order, owed)
    if order.card is None and order.row is not None and channel == order.row.channel and not args.get("mention"):
        return Moot("its row of a digest says it")
    t = language_at(desk, languages, channel)
    it = seen(tx, order, desk, now)
    message = note_view.note(args["code"], {**args["facts"], "mention": tuple(args.get("mention", ()))}, it, t)
    return Post(channel, beside(message, order, channel))


def request(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """A second person is asked for, with the buttons to approve or decline."""
    order = order_of(tx, owed)
    if order is None:
        return Moot("no such order")
    channel = place_of(desk, order, owed)
    message = render_approval.request(tx, now, desk, language_at(desk, languages, channel), order, owed)
    return Moot(message) if isinstance(message, str) else Post(channel, beside(message, order, channel))


def reminder(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """Orders that were answered or ended meanwhile drop out; the message is moot when none is left."""
    items = []
    loud = False
    for args in _each_order_once(owed.intent.args["items"]):
        order = tx.orders.get(OrderKey.parse(args["order"]))
        if order is None or order.ending is not None or order.standing_reply is not None:
            continue
        it = seen(tx, order, desk, now)
        kind = str(args["step"]).split(":")[1]
        rung = next((rung for rung in it.team.ladder(it.rules, it.klass.code) if rung.key == kind), None)
        loud = loud or rung is None or rung.channel == "channel"
        called = Call(tuple(args["called"]), str(args["why"])) if "called" in args else call(it, rung, desk.gone)
        missed, foreseen = tuple(args["missed"]), foreseen_by(tx, it)
        items.append(reminder_view.ReminderItem(it, kind, called.users, called.why, missed, foreseen=foreseen))
    if not items:
        return Moot("answered meanwhile")
    target, t = owed.intent.target, language_at(desk, languages, owed.intent.target)
    if target[:1] in "UW":
        t = languages[language_of(tx, desk, target, items[0].seen.team)]
    message = reminder_view.reminder(items, t, now)
    if owed.intent.args.get("after_quiet"):
        return Post(target, after_quiet(message, t))
    order = items[0].seen.order
    if owed.intent.is_bundle or order.card is None:
        return Post(owed.intent.target, message)
    channel = place_of(desk, order, owed)
    return Post(channel, beside(message, order, channel, also_channel=loud))


def _each_order_once(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Where several steps of an order waited for the same message, its last one speaks for all, to all of them."""
    found: dict[str, Mapping[str, Any]] = {}
    for item in items:
        if (before := found.pop(item["order"], None)) is not None:
            missed = [*before["missed"], before["step"].partition(":")[2], *item["missed"]]
            called = dict.fromkeys([*before.get("called", ()), *item.get("called", ())])
            item = {**item, "missed": missed, "called": list(called)}
        found[item["order"]] = item
    return list(found.values())


def tight(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """Before a shift ends: what of it will be short of time in the morning."""
    args = owed.intent.args
    end = datetime.fromisoformat(args["end"])
    rows, who = shift_end.still_tight(tx, now, desk, args["orders"], end)
    if not rows:
        return Moot("answered meanwhile")
    t = language_at(desk, languages, owed.intent.target)
    return Post(owed.intent.target, tight_view.tight(rows, end, who, t))
