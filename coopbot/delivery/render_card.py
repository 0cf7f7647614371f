"""An order told: its card, its row of a digest, and both drawn anew."""

from __future__ import annotations

from datetime import datetime

from coopbot.delivery import render_approval
from coopbot.delivery.render_place import language_at, number_of, order_of
from coopbot.delivery.rendered import Edit, Moot, Post, Rendered
from coopbot.domain.calling import duty_note
from coopbot.domain.intent import Owed
from coopbot.domain.ledger import LedgerEntry, PenaltyState, standing
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk
from coopbot.domain.work_order import WorkOrder
from coopbot.ports import Languages, Tx
from coopbot.services import digests, together
from coopbot.services.change import seen
from coopbot.services.exposure import cost_of
from coopbot.services.outcomes import calling_of
from coopbot.views import card as card_view
from coopbot.views import digest as digest_view
from coopbot.views import moved as moved_view


def card(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """The order's own message, once. Whom it calls is decided when it leaves."""
    order = order_of(tx, owed)
    if order is None or order.card is not None:
        return Moot("told already" if order else "no such order")
    it = seen(tx, order, desk, now)
    if not digests.belongs(order, desk, owed.intent.target):
        return Moot("given to another team meanwhile")
    calling = calling_of(it, desk)
    t = language_at(desk, languages, owed.intent.target)
    risk, foreseen = cost_of(tx, desk, it), foreseen_by(tx, it)
    like = together.alike_to(tx, now, desk, order)
    message = card_view.card(
        it, t, now=now, mention=calling.users, duty_note=calling.reason, foreseen=foreseen, cost=risk, like=like
    )
    return Post(owed.intent.target, message, calling)


def redraw(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """A message that stands there, as it must read now: card, digest, request, or the card that another team left."""
    order = order_of(tx, owed)
    if digest := owed.intent.args.get("digest"):
        return _drawn_anew(tx, now, desk, languages, str(digest))
    if left := owed.intent.args.get("left"):
        t = language_at(desk, languages, left["channel"])
        return Edit(left["channel"], left["ts"], moved_view.moved(number_of(owed), left["to"], t))
    if (at := owed.intent.args.get("approval")) and order is not None:
        t = language_at(desk, languages, at["channel"])
        return Edit(at["channel"], at["ts"], render_approval.settled(tx, now, desk, t, order, at["id"]))
    if order is None or order.card is None:
        return Moot("no card yet")
    it = seen(tx, order, desk, now)
    t = language_at(desk, languages, order.card.channel)
    expanded = bool((tx.notes.get(f"shown:{order.key}") or {}).get("shown"))
    risk, foreseen = cost_of(tx, desk, it), foreseen_by(tx, it)
    like, note = together.alike_to(tx, now, desk, order), duty_note(it)
    message = card_view.card(it, t, now=now, duty_note=note, foreseen=foreseen, expanded=expanded, cost=risk, like=like)
    return Edit(order.card.channel, order.card.ts, message)


def digest(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """Its orders were fixed when it was made up; what each of them says is how it stands now."""
    channel = owed.intent.target
    orders = digests.orders_of(tx, owed.intent.args)
    if not any(order.told is None and digests.belongs(order, desk, channel) for order in orders):
        return Moot("each was told by itself")
    rows = [_row(tx, now, desk, order, channel) for order in orders]
    return Post(channel, digest_view.digest(rows, language_at(desk, languages, channel), now))


def _drawn_anew(tx: Tx, now: datetime, desk: Desk, languages: Languages, digest: str) -> Rendered:
    standing = digests.standing(tx, digest)
    if standing is None:
        return Moot("no digest yet")
    channel = str(standing["channel"])
    rows = [_row(tx, now, desk, order, channel) for order in digests.orders_of(tx, standing)]
    return Edit(channel, str(standing["ts"]), digest_view.digest(rows, language_at(desk, languages, channel), now))


def _row(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, channel: str) -> digest_view.Row:
    gone = "" if digests.belongs(order, desk, channel) else desk.team_for(order).name
    return digest_view.Row(seen(tx, order, desk, now), gone)


def foreseen_by(tx: Tx, it: Seen) -> tuple[LedgerEntry, ...]:
    """What stands in the ledger for its breach: issued, else predicted; empty before there is one."""
    if not it.order.breaches:
        return ()
    entries = standing(tx.ledger.of_order(it.order.key))
    return tuple(e for e in entries if e.state is PenaltyState.ISSUED) or entries
