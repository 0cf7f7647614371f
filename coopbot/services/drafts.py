"""What somebody was writing and has not sent: theirs alone, per order, until it is sent or too old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from coopbot.domain.team import Desk
from coopbot.domain.work_order import Kind, OrderKey
from coopbot.ports import Tx
from coopbot.services.permission import must_be_member

PREFIX = "draft:"
KEPT_FOR = timedelta(days=7)
"""By the wall, not by working time: a text from before the holidays answers nobody."""


def read(tx: Tx, now: datetime, user: str, key: OrderKey) -> str:
    """The draft of ``user`` for this order; empty when there is none, or none young enough."""
    return str(_young(tx, now, _note(user, key)).get("text") or "")


def read_fields(tx: Tx, now: datetime, user: str, key: OrderKey) -> Mapping[str, str]:
    """What ``user`` typed into fields of presets for this order and has not sent, by the field's name."""
    return dict(_young(tx, now, _fields(user, key)).get("fields") or {})


def keep(tx: Tx, now: datetime, user: str, key: OrderKey, text: str) -> None:
    """Keep ``text`` in place of what was there. An emptied field drops it."""
    if text.strip():
        tx.notes.put(_note(user, key), {"text": text, "at": now.isoformat()}, now)
    else:
        tx.notes.remove(_note(user, key))


def keep_fields(tx: Tx, now: datetime, user: str, key: OrderKey, fields: Mapping[str, str]) -> None:
    """Keep what was typed into a preset's fields, beside what was typed into those of others: names are shared."""
    if fields:
        both = {**read_fields(tx, now, user, key), **fields}
        tx.notes.put(_fields(user, key), {"fields": both, "at": now.isoformat()}, now)


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
    tx.notes.remove(_fields(user, key))


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


def _young(tx: Tx, now: datetime, note: str) -> Mapping[str, Any]:
    """What is kept there; nothing once it is too old."""
    kept = tx.notes.get(note) or {}
    written = kept.get("at")
    return {} if written and now - datetime.fromisoformat(str(written)) > KEPT_FOR else kept


def _note(user: str, key: OrderKey) -> str:
    return f"{PREFIX}{user}:{key}"


def _fields(user: str, key: OrderKey) -> str:
    return f"{PREFIX}fields:{user}:{key}"
