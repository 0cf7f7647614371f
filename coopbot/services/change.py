"""The one way in which an order changes: entries are appended, its index is renewed, a redraw of its card is owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from coopbot.domain import approval_steps, late_days, promise_steps
from coopbot.domain.claim_expiry import expiry
from coopbot.domain.digest import outgrew_its_row
from coopbot.domain.escalation import Outlook, next_look, outlook
from coopbot.domain.intent import OWN_CARD, Intent, Priority, What
from coopbot.domain.lifecycle import state_of
from coopbot.domain.order_log import tell_on
from coopbot.domain.promise import promises
from coopbot.domain.seen import Seen, class_of, deadline, see
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Card, Entry, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Index, Tx
from coopbot.services.template_store import all_of


def load(tx: Tx, key: OrderKey) -> WorkOrder:
    """The order, locked for this unit of work. Raises Refusal when there is none."""
    order = tx.orders.get(key, for_update=True)
    if order is None:
        raise Refusal("unknown_order", order=key)
    return order


def change(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, entries: Iterable[Entry]) -> WorkOrder:
    """Append what is new of ``entries`` and owe a redraw. Nothing new: nothing changes, nothing is owed."""
    fresh = unrecorded(order, entries)
    if not fresh:
        return order
    return record_and_redraw(tx, now, desk, order, fresh)


def record_and_redraw(
    tx: Tx, now: datetime, desk: Desk, order: WorkOrder, entries: Sequence[Entry], ahead: Outlook | None = None
) -> WorkOrder:
    """Append ``entries``, renew the index and owe a redraw. ``ahead``: the order's outlook with them, where known."""
    told = tell_on(order, entries)
    index = index_of(told, desk, now, ahead)
    changed = tx.orders.record(told, entries, index)
    owe_redraw(tx, desk, changed, index.due_at)
    return changed


def record(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, entries: Sequence[Entry]) -> WorkOrder:
    """Append ``entries`` and renew the index, without a redraw."""
    told = tell_on(order, entries)
    return tx.orders.record(told, entries, index_of(told, desk, now))


def unrecorded(order: WorkOrder, entries: Iterable[Entry]) -> list[Entry]:
    """Those whose key the log does not have yet."""
    keys = {entry.key for entry in order.log}
    return [entry for entry in entries if entry.key not in keys]


def index_of(order: WorkOrder, desk: Desk, now: datetime, ahead: Outlook | None = None) -> Index:
    """What queries find the order by. ``ahead``: the caller knows it."""
    rules = desk.rules_for(order)
    ahead = ahead or outlook(order, desk, now)
    due = ahead.due
    promised = promises(order, rules, now)
    to_keep = next((each for each in promised if each.is_open), None)
    return Index(
        state=state_of(order, due.at, due.at).value,
        channel=order.told.channel if order.told else desk.team_for(order).channel,
        due_at=due.at,
        next_look_at=_next_look(order, desk, now, ahead),
        claimed_by=order.claim.by if order.claim else "",
        told_at=order.told.at if order.told else None,
        due_differs=bool(due.difference),
        card_ts=order.card.ts if order.card else "",
        promise_due_at=to_keep.due_at if to_keep else None,
        promise_owner=to_keep.owner if to_keep else "",
        promised_at=promised[-1].opened_at if promised else None,
    )


def _next_look(order: WorkOrder, desk: Desk, now: datetime, ahead: Outlook) -> datetime | None:
    """The ladder's, the claim's, a request's for approval, a promise's, a late day's: whichever comes first."""
    claim, rules = expiry(order, desk, now, ahead.due), desk.rules_for(order)
    promise = promise_steps.next_look(order, rules, desk.team_for(order), now)
    looks = [next_look(order, desk, now, ahead), claim.next_look if claim is not None else None, promise]
    looks += [approval_steps.next_look(order, desk, now), late_days.next_look(order, rules, ahead.due.at, now)]
    return min((look for look in looks if look is not None), default=None)


def owe_redraw(tx: Tx, desk: Desk, order: WorkOrder, due_at: datetime | None = None) -> None:
    """The card shall show the order's latest state; ten changes owe one redraw (house.md, Button).

    So shall its row of a digest; an order that has one alone gets its card at its first claim or answer. ``due_at`` is
    the order's due time, where it is known already.
    """
    channel = order.told.channel if order.told else desk.team_for(order).channel
    due = int(due_at.timestamp()) if due_at is not None else _due(order, desk)
    owed = [Intent(What.REDRAW, channel, Priority.REDRAW, order.key, f"redraw:{order.key}", due=due)]
    if order.row is not None:
        owed = [*card_of_row(order, desk), *owed, digest_redraw(order.row, due)]
    tx.outbox.add(owed)


def _due(order: WorkOrder, desk: Desk) -> int:
    """When it is due, for the sequence of edits: a pause that lasts is taken as of the last entry."""
    return int(deadline(order, desk.rules_for(order), order.log[-1].at).at.timestamp())


def card_of_row(order: WorkOrder, desk: Desk) -> list[Intent]:
    """The card of an order for which a row of a digest is not enough any more; nothing else."""
    klass = class_of(order, desk.rules_for(order))
    if order.row is None or not outgrew_its_row(order, alone=klass.mentions_on_card):
        return []
    return [own_card(order, order.row, desk, Priority.CRC_CARD if klass.mentions_on_card else Priority.CARD)]


def own_card(order: WorkOrder, row: Card, desk: Desk, priority: Priority = Priority.CARD) -> Intent:
    """The card of an order that has been a row of a digest until now."""
    return Intent(What.CARD, row.channel, priority, order.key, f"{OWN_CARD}{order.key}", due=_due(order, desk))


def digest_redraw(row: Card, due: int = 0) -> Intent:
    """The digest shall show its orders as they stand; ten changes owe one edit."""
    key, args = f"redraw:digest:{row.digest}", {"digest": row.digest}
    return Intent(What.REDRAW, row.channel, Priority.REDRAW, key=key, args=args, due=due)


def owe_note(tx: Tx, desk: Desk, order: WorkOrder, code: str, mention: Sequence[str] = (), **facts: object) -> None:
    """Owe a line in the order's thread; ``code`` names its sentence, ``facts`` are plain JSON."""
    channel = order.told.channel if order.told else desk.team_for(order).channel
    args = {"code": code, "mention": list(mention), "facts": facts}
    tx.outbox.add([Intent(What.NOTE, channel, Priority.NOTE, order.key, args=args)])


def seen(tx: Tx, order: WorkOrder, desk: Desk, now: datetime) -> Seen:
    """The order as it stands, with the names of everybody in its story."""
    users = {entry.by for entry in order.log if entry.by} | {order.claim.by if order.claim else ""}
    team = desk.team_for(order)
    users |= team.named | {str(e.data[name]) for e in order.log for name in ("to", "who") if e.data.get(name)}
    known = tx.people.known(sorted(users - {"", "platform", "coopbot"}))
    names = {user: person.name for user, person in known.items() if person.name}
    return see(order, desk, now, names, all_of(tx, team))
