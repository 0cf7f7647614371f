"""What somebody was writing and has not sent: theirs alone, per order, until it is sent or too old."""

from __future__ import annotations

from datetime import datetime, timedelta

from coopbot.domain.team import Desk
from coopbot.domain.work_order import Kind, OrderKey
from coopbot.ports import Tx
from coopbot.services.permission import must_be_member

PREFIX = "draft:"
KEPT_FOR = timedelta(days=7)
"""By the wall, not by working time: a text from before the holidays answers nobody."""


def read(tx: Tx, now: datetime, user: str, key: OrderKey) -> str:
    """The draft of ``user`` for this order; empty when there is none, or none young enough."""
    note = tx.notes.get(_note(user, key)) or {}
    written = note.get("at")
    if written and now - datetime.fromisoformat(str(written)) > KEPT_FOR:
        return ""
    return str(note.get("text") or "")


def keep(tx: Tx, now: datetime, user: str, key: OrderKey, text: str) -> None:
    """Keep ``text`` in place of what was there. An emptied field drops it."""
    if text.strip():
        tx.notes.put(_note(user, key), {"text": text, "at": now.isoformat()}, now)
    else:
        drop(tx, user, key)


def typed(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, text: str, view: str) -> None:
    """Keep what is being typed in the modal ``view``; nothing, where what that modal held was sent meanwhile."""
    order = tx.orders.get(key)
    if order is None:
        return
    must_be_member(tx, desk, desk.team_for(order), user)
    sent = {
        str(e.data.get("reply_id")) for e in order.log if e.kind is Kind.REPLY_QUEUED and e.data.get("view") == view
    }
    if any(e.data.get("view") == view for e in order.log if e.kind is Kind.APPROVAL_ASKED):
        return  # a keystroke that arrives late must not overwrite what waits for approval
    if not any(reply.stands for reply in order.replies if reply.reply_id in sent):
        keep(tx, now, user, key, text)


def drop(tx: Tx, user: str, key: OrderKey) -> None:
    tx.notes.remove(_note(user, key))


def sweep_old(tx: Tx, now: datetime) -> int:
    """Forget drafts that are too old; returns how many. They hold consumers' matters (decisions.md 22)."""
    old = [
        key
        for key, note in tx.notes.all(PREFIX).items()
        if now - datetime.fromisoformat(str(note.get("at") or now.isoformat())) > KEPT_FOR
    ]
    for key in old:
        tx.notes.remove(key)
    return len(old)


def _note(user: str, key: OrderKey) -> str:
    return f"{PREFIX}{user}:{key}"
