"""One answer for several orders that are like one another: a lead chooses them and the words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.alike import MOST, Alike, alike
from coopbot.domain.field import ATTACHMENT
from coopbot.domain.lifecycle import Act, state_of
from coopbot.domain.scene import Preset, has_loose_brace
from coopbot.domain.seen import Seen, deadline
from coopbot.domain.team import Desk
from coopbot.domain.together import Group, digest, mark, preset_of
from coopbot.domain.work_order import OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.answering import Draft, must_be_effective
from coopbot.services.change import seen
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


def group(tx: Tx, now: datetime, desk: Desk, user: str, keys: Sequence[OrderKey], text: str, code: str = "") -> Group:
    """The chosen orders with the words, nothing kept yet; ``code`` is the ready answer that they began with.

    Raises Refusal for what could be sent to none of them.
    """
    orders = [load_to_read(tx, key) for key in keys[:MOST]]
    if not orders:
        raise Refusal("nothing_chosen", block="together_orders")
    for order in orders:
        must_lead(tx, desk, desk.team_for(order), user)
    whole = sorted((seen(tx, each, desk, now) for each in orders), key=lambda it: (it.due.at, it.order.key))
    preset = preset_of(text, code, whole)
    _must_be_sendable(whole, preset)
    which = digest(text, preset.code, *(mark(it.order) for it in whole))
    return Group(tuple(whole), preset, language_of(tx, desk, user, whole[0].team), which)


def _must_be_sendable(orders: Sequence[Seen], preset: Preset) -> None:
    """Raises Refusal, naming the text's input."""
    try:
        if has_loose_brace(preset.text):
            raise Refusal("template_brace")
        if ATTACHMENT in preset.requires:
            raise Refusal("together_attachment")
        for it in orders:
            must_be_effective(it.rules, Draft(preset.text, preset.code or None))
    except Refusal as why:
        raise Refusal(why.code, **{**why.facts, "block": "reply_text"}) from None


def load_to_read(tx: Tx, key: OrderKey) -> WorkOrder:
    order = tx.orders.get(key)
    if order is None:
        raise Refusal("unknown_order", order=key)
    return order
