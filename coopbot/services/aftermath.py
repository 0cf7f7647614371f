"""What a platform event on a known order owes beyond the redraw: a line in the thread, a reply called back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.approval import unsettled
from coopbot.domain.intent import What
from coopbot.domain.lifecycle import State, state_of
from coopbot.domain.penalty import standing
from coopbot.domain.seen import deadline
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, ReplyState, WorkOrder
from coopbot.ports import Tx
from coopbot.services import files, rejections
from coopbot.services.approving import withdrawn
from coopbot.services.attachments import OF_REPLY
from coopbot.services.change import owe_note, record
from coopbot.services.platform_money import reverse
from coopbot.services.promise_ticks import owe_drops
from coopbot.services.template_store import unused


def owe_aftermath(
    tx: Tx, now: datetime, desk: Desk, before: WorkOrder, after: WorkOrder, fresh: Sequence[Entry]
) -> None:
    """``fresh`` has turned ``before`` into ``after``; tell the team what they could not see coming."""
    owe_drops(tx, now, desk, before, after)
    for entry in fresh:
        match entry.kind:
            case Kind.RAISED if after.facts is not before.facts and after.facts.version > before.facts.version:
                _facts_changed(tx, now, desk, before, after)
            case Kind.REPLY_REJECTED:
                after = rejections.tell(tx, now, desk, after, str(entry.data["reply_id"]))
            case Kind.ANSWERED_ELSEWHERE | Kind.CLOSED | Kind.VOIDED | Kind.TIMED_OUT if (
                after.ending is not None and before.ending != after.ending and after.ending.kind is entry.kind
            ):
                after = _ended(tx, now, desk, after)
            case _:
                pass


def _facts_changed(tx: Tx, now: datetime, desk: Desk, before: WorkOrder, after: WorkOrder) -> None:
    """A newer version never reopens; it leaves a note of what is different (decisions.md 5)."""
    fields = (
        *("class_code", "scene", "content", "title", "order_no", "amount", "product", "parcel"),
        *("due_at", "console_url", "presets"),
    )
    changed = [name for name in fields if getattr(before.facts, name) != getattr(after.facts, name)]
    was = deadline(before, desk.rules_for(before), now).at
    due = deadline(after, desk.rules_for(after), now).at
    owe_note(tx, desk, after, "facts", changed=changed, was=was.isoformat(), due=due.isoformat())


def _ended(tx: Tx, now: datetime, desk: Desk, order: WorkOrder) -> WorkOrder:
    """A reply of ours that has not left is called back, and its author gets the text (decisions.md 7)."""
    ending = order.ending
    assert ending is not None
    back = {}
    mention = []
    waiting = next((reply for reply in order.replies if reply.state is ReplyState.QUEUED), None)
    if waiting is not None and tx.outbox.withdraw(What.REPLY, waiting.reply_id, ending.kind.value, now):
        data = {"reply_id": waiting.reply_id, "why": ending.kind.value}
        key = f"cancel:{waiting.reply_id}"
        unused(tx, desk.team_for(order), waiting.reply_id)
        order = record(tx, now, desk, order, [Entry(Kind.REPLY_CANCELLED, now, key, "coopbot", data)])
        files.give_up(tx, f"{OF_REPLY}{waiting.reply_id}", ending.kind.value, now)
        back = {"text": waiting.text, "author": waiting.by}
        mention = [waiting.by]
    if (request := unsettled(order)) is not None:
        order = withdrawn(tx, now, desk, order, request, "coopbot", ending.kind.value)
        back = {"text": request.text, "author": request.by}
        mention = [request.by]
    if ending.kind is Kind.VOIDED:
        reverse(tx, ending.at, standing(tx.ledger.of_order(order.key)), "voided")
    was_met = state_of(order, ending.at, ending.at) is State.CLOSED and any(r.stands for r in order.replies)
    if not (ending.kind is Kind.CLOSED and was_met):  # closing what was answered is no news
        owe_note(
            tx, desk, order, ending.kind.value, mention=mention, at=ending.at.isoformat(), by=ending.by,
            reason=ending.reason, **back,
        )  # fmt: skip
    return order
