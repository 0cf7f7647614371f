"""What became of a message: applied by the delivery worker when Slack or the platform has answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coopbot.domain.calling import Call, called_by_card, duty_note
from coopbot.domain.escalation import calls_with_card
from coopbot.domain.intent import Owed
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, ReplyState, WorkOrder
from coopbot.ports import Sent, Tx
from coopbot.services import approving, drafts, promise_ticks, rejections, together
from coopbot.services.alarm import alarm
from coopbot.services.change import change, digest_redraw, load, owe_note, owe_redraw, record
from coopbot.services.nobody import tell_if_nobody


@dataclass(frozen=True, slots=True)
class Calling:
    """What a card said of who is on duty when it was rendered."""

    users: tuple[str, ...] = ()
    night: bool = False
    reason: str = ""
    """Why nobody is called who should be: a key of the card's notes."""
    wanted: bool = False
    """Whether it calls whoever is on call, were there somebody."""


CALLS_NOBODY = Calling()


def calling_of(it: Seen, desk: Desk) -> Calling:
    """``desk`` with the rotas put in."""
    order = it.order
    wanted = order.standing_reply is None and order.ending is None and calls_with_card(order, it.rules, it.team, it.due)
    return Calling(called_by_card(it, desk.gone), not it.team.hours.is_open(it.now), duty_note(it), wanted)


@dataclass(frozen=True, slots=True)
class Told:
    """A card that is in its channel."""

    owed: Owed
    channel: str
    ts: str
    calling: Calling


def told(tx: Tx, now: datetime, desk: Desk, real: datetime, cards: Sequence[Told]) -> list[bool]:
    """The cards are in their channels: record where, so that everything after goes beside them. False for each whose
    lease was lost: of that nothing is recorded."""
    held = tx.outbox.arrived([(card.owed, card.ts) for card in cards], real)
    keys = [card.owed.intent.order for card in cards if card.owed.id in held and card.owed.intent.order is not None]
    orders = tx.orders.get_many(keys, for_update=True)
    for card in cards:
        if card.owed.id in held and card.owed.intent.order is not None:
            _tell(tx, now, desk, card, orders[card.owed.intent.order])
    return [card.owed.id in held for card in cards]


def _tell(tx: Tx, now: datetime, desk: Desk, card: Told, order: WorkOrder) -> None:
    identity, calling = card.owed.id, card.calling
    if calling.wanted:
        tell_if_nobody(tx, now, desk, desk.team_for(order), order, None, Call(calling.users, ""))
    called = {"called": list(calling.users), "night": calling.night, "reason": calling.reason}
    data = {"channel": card.channel, "ts": card.ts, "intent": identity, **called}
    entry = Entry(Kind.TOLD, now, f"told:{identity}", "coopbot", data)
    record(tx, now, desk, order, [entry])  # what changed since it was rendered owes a redraw of its own
    if order.row is not None:  # its row links to it from now on
        tx.outbox.add([digest_redraw(order.row)])
    _link(tx, now, desk, order)


def _link(tx: Tx, now: datetime, desk: Desk, order: WorkOrder) -> None:
    """The first one like another stands on that one's card too; later ones only count, as of its next redraw. So does
    the first answer to one of them on the cards of those that wait."""
    found = together.alike_to(tx, now, desk, order)
    first_answer = order.standing_reply is not None and found.last is None
    if first_answer or (order.standing_reply is None and len(found.waiting) == 1):
        others = tx.orders.get_many(found.waiting)
        for other in (others[key] for key in found.waiting if key in others):
            if other.card is not None:
                owe_redraw(tx, desk, other)


def request_posted(tx: Tx, now: datetime, owed: Owed, real: datetime, channel: str, ts: str) -> bool:
    """A request for approval is in the channel, with its buttons."""
    if not tx.outbox.sent(owed, real, ts):
        return False
    assert owed.intent.order is not None
    approving.posted(tx, now, load(tx, owed.intent.order), str(owed.intent.args["approval"]), channel, ts)
    return True


def glanced(tx: Tx, now: datetime, owed: Owed, real: datetime, ts: str, text: str) -> bool:
    """The team's message of what is at risk stands at ``ts`` and says ``text``: the next one edits it."""
    if not tx.outbox.sent(owed, real, ts):
        return False
    tx.notes.put(f"glance:{owed.intent.target}", {"ts": ts, "text": text}, now)
    return True


def reply_taken(tx: Tx, now: datetime, desk: Desk, owed: Owed, real: datetime, outcome: Sent) -> bool:
    """The platform answered ``ok``, ``already_replied`` or ``rejected`` (platform-api.md, Replies)."""
    if not tx.outbox.sent(owed, real, outcome.receipt):
        return False
    assert owed.intent.order is not None
    order = load(tx, owed.intent.order)
    reply_id = str(owed.intent.args["reply_id"])
    detail: Mapping[str, Any] = outcome.detail or {}
    data = {"reply_id": reply_id, "result": outcome.receipt}
    entries = [Entry(Kind.REPLY_DELIVERED, now, f"delivered:{reply_id}", "platform", data)]
    rejected = outcome.receipt == "rejected"
    if rejected:
        reason = str(detail.get("reason") or "")
        verdict = {"reply_id": reply_id, "reason": reason}
        entries.append(Entry(Kind.REPLY_REJECTED, now, f"answer:{reply_id}", "platform", verdict))
    order = change(tx, now, desk, order, entries)
    promise_ticks.moved(tx, now, desk, order, reply_id)
    if rejected:
        rejections.tell(tx, now, desk, order, reply_id)
    _link(tx, now, desk, order)
    return True


def reply_refused(tx: Tx, now: datetime, desk: Desk, owed: Owed, real: datetime, why: str) -> bool:
    """The platform will never take it: the team is told in the thread, with the text at hand."""
    if not tx.outbox.drop(owed, real, why):
        return False
    assert owed.intent.order is not None
    order = load(tx, owed.intent.order)
    reply_id = str(owed.intent.args["reply_id"])
    data = {"reply_id": reply_id, "reason": why}
    order = change(tx, now, desk, order, [Entry(Kind.REPLY_FAILED, now, f"failed:{reply_id}", "platform", data)])
    reply = order.reply(reply_id)
    if reply is not None and reply.state is ReplyState.FAILED:
        drafts.keep(tx, now, reply.by, order.key, reply.text)
        drafts.keep_fields(tx, now, reply.by, order.key, reply.fields)
        owe_note(tx, desk, order, "failed", mention=[reply.by], reply_id=reply_id, reason=why, text=reply.text)
        alarm(tx, desk, "reply_refused", key=f"reply:{reply_id}", order=str(order.key), reason=why)
    return True
