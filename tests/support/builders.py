"""Legal values with their companions filled in; a test names only what it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from coopbot.domain.event import InboxRow, PlatformEvent, Standing
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.order_log import tell
from coopbot.domain.team import ShopKey
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.ports import Index

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""09:30 in Shanghai, a working day."""


def a_key(number: str = "WO-1", connection: str = "jd") -> OrderKey:
    return OrderKey(connection, number)


def facts(number: str = "WO-1", **changed: Any) -> dict[str, Any]:
    """The ``data`` of a ``work_order.raised`` event (platform-api.md)."""
    return {
        "work_order_no": number,
        "shop_id": "10001",
        "class": "crc",
        "scene": "refund",
        "content": "什么时候退款？",
        "raised_at": MONDAY.isoformat(),
        "version": 1,
        **changed,
    }


def an_entry(kind: Kind = Kind.CLAIMED, key: str = "", **given: Any) -> Entry:
    """A line of a log; the rest of ``given`` that is no field of it becomes its data."""
    at, by = given.pop("at", MONDAY), given.pop("by", "U0ANA")
    return Entry(kind, at, key or f"{kind.value}:{at.isoformat()}", by, given)


def raised(number: str = "WO-1", *, at: datetime = MONDAY, **changed: Any) -> Entry:
    """The entry with which an order's log begins."""
    data = facts(number, raised_at=at.isoformat(), **changed)
    return Entry(Kind.RAISED, at, f"raised:{data['version']}", "platform", data)


def an_order(
    number: str = "WO-1",
    *more: Entry,
    connection: str = "jd",
    at: datetime = MONDAY,
    profile: tuple[str, str] = ("jd-pop", "1"),
    **changed: Any,
) -> WorkOrder:
    """An order as its log tells it: raised, then whatever ``more`` says; ``changed`` are its facts."""
    return tell(a_key(number, connection), profile, at, [raised(number, at=at, **changed), *more])


def an_index(
    *,
    state: str = "open",
    channel: str = "C0FLAGSHIP",
    due_at: datetime = MONDAY + timedelta(hours=4),
    next_look_at: datetime | None = MONDAY + timedelta(hours=2),
    claimed_by: str = "",
    told_at: datetime | None = None,
    due_differs: bool = False,
    **more: Any,
) -> Index:
    return Index(state, channel, due_at, next_look_at, claimed_by, told_at, due_differs, **more)


def born(*numbers: str, index: Index | None = None, **changed: Any) -> Sequence[tuple[WorkOrder, Index]]:
    """New orders as ``tx.orders.add`` takes them."""
    return [(an_order(number, **changed), index or an_index()) for number in numbers]


def an_event(
    event_id: str = "evt-1",
    type_: str = "work_order.raised",
    *,
    number: str | None = "WO-1",
    connection: str = "jd",
    data: Mapping[str, Any] | None = None,
    at: datetime = MONDAY,
) -> PlatformEvent:
    is_raised = type_ == "work_order.raised"
    data = data if data is not None else (facts(number or "WO-1") if is_raised else {"work_order_no": number})
    digest = hashlib.sha256(orjson.dumps([type_, data], option=orjson.OPT_SORT_KEYS)).hexdigest()
    order = OrderKey(connection, number) if number else None
    return PlatformEvent(event_id, type_, connection, data, digest, order, at, int(data.get("version", 0)))


def kept(event: PlatformEvent, standing: Standing = Standing.APPLIED, *, at: datetime = MONDAY) -> InboxRow:
    return InboxRow(event, standing, at)


def an_intent(what: What = What.CARD, number: str | None = "WO-1", **given: Any) -> Intent:
    """An intent about an order; to the platform for a reply, else to the team's channel."""
    to_platform = what is What.REPLY
    given.setdefault("target", "jd" if to_platform else "C0FLAGSHIP")
    given.setdefault("priority", Priority.REPLY if to_platform else Priority.CARD)
    return Intent(what, order=a_key(number) if number else None, **given)


def a_redraw(number: str = "WO-1", **given: Any) -> Intent:
    given.setdefault("key", f"redraw:jd:{number}")
    return an_intent(What.REDRAW, number, priority=Priority.REDRAW, **given)


def a_penalty(key: str = "jd:WO-1/1", number: str | None = "WO-1", **given: Any) -> LedgerEntry:
    given.setdefault("shop", ShopKey("jd", "10001"))
    given.setdefault("kind", PenaltyKind.WARNING)
    given.setdefault("state", PenaltyState.PREDICTED)
    given.setdefault("at", MONDAY)
    given.setdefault("month", "2026-11")
    return LedgerEntry(key=key, order=a_key(number) if number else None, **given)
