"""Asking a second person for an answer, and taking the question back: the order's log says who, when and why.

The text is the author's draft from the first moment on: whatever becomes of the request, the modal has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from coopbot.domain import approval, approval_steps
from coopbot.domain.approval import Request
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.seen import class_of
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from coopbot.ports import Tx
from coopbot.services import drafts
from coopbot.services.change import change, owe_note
from coopbot.services.rota import with_rota


def ask(
    tx: Tx,
    now: datetime,
    desk: Desk,
    order: WorkOrder,
    user: str,
    answer: Mapping[str, Any],
    claiming: Sequence[Entry] = (),
) -> WorkOrder:
    """Record the answer, keep its text for its author, and ask the first in line; nothing is queued.

    ``answer`` is what is queued once it is approved. Where no time is left to ask one after the other, everybody who
    can be reached is asked at once.
    """
    desk = with_rota(tx, desk)
    identity = str(answer["reply_id"])
    team = desk.team_for(order)
    rules = approval.rules_of(team, desk.rules_for(order))
    line = approval.reachable(team, rules, now, author=user, gone=desk.gone)
    bare = Request(identity, user, now, answer, at_once=bool(line))
    hurried = now >= approval_steps.ends_at(order, bare, desk, now)
    called = line if hurried else line[:1]
    data = {"approval": identity, "answer": answer, "view": answer["view"], "called": list(called)}
    entries = [*claiming, Entry(Kind.APPROVAL_ASKED, now, f"approval:{identity}", user, data)]
    news = "end" if hurried else "asked"
    if called or hurried:
        entries.append(approval_steps.said(bare, news, now, called, night=not team.hours.is_open(now)))
    order = change(tx, now, desk, order, entries)
    drafts.keep(tx, now, user, order.key, str(answer["text"]))
    owe_request(tx, desk, order, identity, news, called)
    return order


def replaced(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, user: str) -> WorkOrder:
    """Another answer takes the place of the one that waits, if one does."""
    request = approval.pending(order)
    return order if request is None else withdrawn(tx, now, desk, order, request, user, "replaced")


def give_back(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, why: str, by: str = "coopbot") -> WorkOrder:
    """Somebody else has the order now: what waits is withdrawn, and its author is told, with the text."""
    request = approval.pending(order)
    if request is None:
        return order
    order = withdrawn(tx, now, desk, order, request, by, why)
    mention = [request.by] if request.by != by else []
    owe_note(tx, desk, order, "approval_withdrawn", mention=mention, who=request.by, text=request.text)
    return order


def withdrawn(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, request: Request, by: str, why: str) -> WorkOrder:
    """The request is over without a verdict; its author keeps the text, save where another answer replaces it."""
    if why != "replaced":
        text_back(tx, now, order, request)
    return settled(tx, now, desk, order, request, Kind.APPROVAL_WITHDRAWN, by, why=why)


def text_back(tx: Tx, now: datetime, order: WorkOrder, request: Request) -> None:
    """Its author finds the text in the modal; but never in place of what they have begun to write since."""
    if not drafts.read(tx, now, request.by, order.key):
        drafts.keep(tx, now, request.by, order.key, request.text)


def settled(
    tx: Tx, now: datetime, desk: Desk, order: WorkOrder, request: Request, kind: Kind, by: str, **data: str
) -> WorkOrder:
    """Append what became of the request; its messages lose their buttons and say it."""
    entry = Entry(kind, now, f"approval:{request.id}:settled", by, {"approval": request.id, **data})
    order = change(tx, now, desk, order, [entry])
    for channel, ts in _posts(tx, request.id):
        _owe_edit(tx, order, request.id, channel, ts)
    tx.notes.remove(_note(request.id))
    return order


def owe_request(tx: Tx, desk: Desk, order: WorkOrder, identity: str, news: str, called: Sequence[str]) -> None:
    """Owe the message with the two buttons; ``news`` says why it comes now."""
    channel = order.told.channel if order.told else desk.team_for(order).channel
    urgent = class_of(order, desk.rules_for(order)).mentions_on_card
    priority = Priority.CRC_REMINDER if urgent else Priority.REMINDER
    args = {"approval": identity, "news": news, "called": list(called)}
    key = f"approval:{identity}:{news}"
    tx.outbox.add([Intent(What.APPROVAL, channel, priority, order.key, key, args)])


def posted(tx: Tx, now: datetime, order: WorkOrder, identity: str, channel: str, ts: str) -> None:
    """A message of the request stands at ``ts``: it is edited once the request is settled, at once if it was."""
    request = approval.find(order, identity)
    if request is not None and request.standing is not approval.Standing.PENDING:
        _owe_edit(tx, order, identity, channel, ts)
        return
    tx.notes.put(_note(identity), {"posts": [*_posts(tx, identity), (channel, ts)]}, now)


def _owe_edit(tx: Tx, order: WorkOrder, identity: str, channel: str, ts: str) -> None:
    args = {"approval": {"id": identity, "channel": channel, "ts": ts}}
    key = f"approval:{identity}:{ts}"
    tx.outbox.add([Intent(What.REDRAW, channel, Priority.REDRAW, order.key, key=key, args=args)])


def _posts(tx: Tx, identity: str) -> list[tuple[str, str]]:
    kept = tx.notes.get(_note(identity)) or {}
    return [(str(channel), str(ts)) for channel, ts in kept.get("posts") or ()]


def _note(identity: str) -> str:
    return f"approval:{identity}"
