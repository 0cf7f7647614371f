"""One answer for several orders that are like one another: looked at one by one, sent one by one, by a lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from coopbot.domain.alike import MOST, Alike, alike
from coopbot.domain.approval import find
from coopbot.domain.field import ATTACHMENT
from coopbot.domain.lifecycle import Act, state_of
from coopbot.domain.scene import has_loose_brace
from coopbot.domain.seen import Seen, deadline
from coopbot.domain.team import Desk
from coopbot.domain.together import Group, Outcome, digest, mark, preset_of
from coopbot.domain.wording import filled
from coopbot.domain.work_order import OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import drafts
from coopbot.services.answering import Draft, answer, must_be_effective, reply_id
from coopbot.services.change import load, seen
from coopbot.services.permission import language_of, must_lead

LONGEST_KEY = 150
"""An option of Slack's carries no more; an order of a longer number is answered on its own card."""


def alike_to(tx: Tx, now: datetime, desk: Desk, order: WorkOrder) -> Alike:
    """What is like ``order`` in the same team."""
    team = desk.team_for(order)
    others = [each for each in tx.orders.like(order) if desk.team_for(each) == team]
    stands = [(each, deadline(each, desk.rules_for(each), now).at) for each in others]
    stands.sort(key=lambda pair: (pair[1], pair[0].key))
    return alike(order, [(each, state_of(each, due, now)) for each, due in stands])


def choice(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> tuple[Sequence[Seen], Alike, str]:
    """What a lead may choose from: the order and those like it, soonest due first; and the language. Raises Refusal."""
    order = load_to_read(tx, key)
    team = desk.team_for(order)
    must_lead(tx, desk, team, user)
    found = alike_to(tx, now, desk, order)
    orders = [order, *(each for each in (tx.orders.get(other) for other in found.waiting) if each is not None)]
    whole = [seen(tx, each, desk, now) for each in orders]
    whole = [it for it in whole if len(str(it.order.key)) <= LONGEST_KEY]
    open_ = sorted((it for it in whole if Act.REPLY in it.acts), key=lambda it: (it.due.at, it.order.key))
    if not open_:
        raise Refusal("not_now")
    return open_[:MOST], found, language_of(tx, desk, user, team)


def group(tx: Tx, now: datetime, desk: Desk, user: str, keys: Sequence[OrderKey], text: str) -> Group:
    """The chosen orders with the words, nothing kept yet. Raises Refusal for what could be sent to none of them."""
    orders = [load_to_read(tx, key) for key in keys[:MOST]]
    if not orders:
        raise Refusal("nothing_chosen", block="together_orders")
    if has_loose_brace(text):
        raise Refusal("template_brace", block="reply_text")
    if ATTACHMENT in preset_of(text).requires:
        raise Refusal("together_attachment", block="reply_text")
    for order in orders:
        must_lead(tx, desk, desk.team_for(order), user)
        must_be_effective(desk.rules_for(order), Draft(text))
    whole = sorted((seen(tx, each, desk, now) for each in orders), key=lambda it: (it.due.at, it.order.key))
    which = digest(text, *(mark(it.order) for it in whole))
    return Group(tuple(whole), text, language_of(tx, desk, user, whole[0].team), which)


def keep(tx: Tx, now: datetime, user: str, chosen: Group) -> None:
    """Keep the group until its second step: each order with what it looked like."""
    orders = [[str(it.order.key), mark(it.order)] for it in chosen.orders]
    value = {"orders": orders, "text": chosen.text, "at": now.isoformat()}
    tx.notes.put(_note(user, chosen.which), value, now)


def kept(tx: Tx, user: str, which: str) -> tuple[str, Sequence[tuple[OrderKey, str]]]:
    """The words, and the orders with their marks, in the sequence of sending. Raises Refusal when it is too old."""
    note = tx.notes.get(_note(user, which))
    if note is None:
        raise Refusal("not_asked")
    return str(note["text"]), [(OrderKey.parse(key), str(mark)) for key, mark in note["orders"]]


def must_be_filled(
    tx: Tx, now: datetime, desk: Desk, orders: Sequence[OrderKey], text: str, fields: Mapping[int, Mapping[str, str]]
) -> None:
    """Raises Refusal with every field of every order that is missing or wrong, by the order's place in the group:
    before the first of them is sent. An order that takes no answer any more is :func:`send`'s to skip."""
    faults: list[Refusal] = []
    for index, key in enumerate(orders):
        it = seen(tx, load_to_read(tx, key), desk, now)
        if Act.REPLY not in it.acts:
            continue
        try:
            filled(preset_of(text), it.order, fields.get(index, {}), it.rules, now)
        except Refusal as why:
            at = f"field:{index}:"
            faults += [
                Refusal(each.code, **{**each.facts, "block": f"{at}{each.facts['field']}"}) for each in (why, *why.also)
            ]
    if faults:
        raise faults[0].with_others(faults[1:])


def send(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, was: str, text: str, fields: Mapping[str, str],
    view: str, real: datetime,
) -> Outcome:  # fmt: skip
    """Answer one order of the group, in its own unit of work; one that has changed since it was looked at is skipped.

    Raises nothing for what stands in the way of this one: the others go on.
    """
    try:
        order = load(tx, key)
        identity = reply_id(f"{view}:{key}")
        if order.reply(identity) is not None or find(order, identity) is not None:
            return Outcome(key, waits=order.reply(identity) is None)
        if mark(order) != was:
            raise Refusal("changed_meanwhile")
        must_lead(tx, desk, desk.team_for(order), user)
        words = filled(preset_of(text), order, fields, desk.rules_for(order), now)
        draft = Draft(words.text, fields=words.fields, view=view, asked=True)
        order = answer(tx, now, desk, user, key, draft, identity, real)
    except Refusal as why:
        return Outcome(key, why)
    return Outcome(key, waits=order.reply(identity) is None)


def load_to_read(tx: Tx, key: OrderKey) -> WorkOrder:
    order = tx.orders.get(key)
    if order is None:
        raise Refusal("unknown_order", order=key)
    return order


def _note(user: str, which: str) -> str:
    return f"{drafts.PREFIX}together:{user}:{which}"
