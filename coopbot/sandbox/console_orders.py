"""The work orders as the platform sees them: what it raised, what it was told, what it decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

FINAL = frozenset({"accepted", "answered_elsewhere", "closed", "voided"})
"""States in which the platform takes no further reply."""

_STATE_AFTER = {
    "work_order.reply_accepted": "accepted",
    "work_order.reply_rejected": "rejected",
    "work_order.answered_elsewhere": "answered_elsewhere",
    "work_order.closed": "closed",
    "work_order.voided": "voided",
    "work_order.timed_out": "timed_out",
}


class NotNow(Exception):
    """Asked for something that the order's state does not allow; the text says why."""


@dataclass(frozen=True)
class Reply:
    reply_id: str
    preset_code: str | None
    text: str
    fields: Mapping[str, Any]
    attachments: list[Any]
    replied_by: str
    replied_at: str
    received_at: str
    state: str = "received"
    """``received``, ``accepted`` or ``rejected``."""
    reason: str | None = None


@dataclass(frozen=True)
class Order:
    work_order_no: str
    shop_id: str
    facts: Mapping[str, Any]
    """The data of its latest ``raised`` event."""
    state: str = "waiting"
    """``waiting``, ``replied``, or what the platform then said: ``accepted``, ``rejected``, ``answered_elsewhere``,
    ``closed``, ``voided``, ``timed_out``."""
    times: Mapping[str, str] = field(default_factory=dict)
    """When it last entered each state."""
    urged: int = 0
    replies: tuple[Reply, ...] = ()


class Orders:
    """In the order in which they were raised."""

    def __init__(self) -> None:
        self._orders: dict[str, Order] = {}

    def get(self, work_order_no: str) -> Order | None:
        return self._orders.get(work_order_no)

    def all(self) -> list[Order]:
        return list(self._orders.values())

    def waiting(self) -> list[Order]:
        """Those that still want a reply."""
        return [order for order in self._orders.values() if order.state in {"waiting", "rejected"}]

    def apply(self, event: Mapping[str, Any]) -> None:
        """Take note of an event that the platform itself sends. One it can't make sense of changes nothing."""
        data, type_ = event.get("data"), event.get("type")
        if not isinstance(data, Mapping) or not isinstance(data.get("work_order_no"), str):
            return
        number = data["work_order_no"]
        order = self._orders.get(number)
        if type_ == "work_order.raised":
            self._raised(number, data, order)
        elif order is None:
            return
        elif type_ == "work_order.urged":
            self._orders[number] = replace(order, urged=max(order.urged + 1, int(data.get("count") or 0)))
        elif type_ in _STATE_AFTER:
            self._moved(order, _STATE_AFTER[type_], data)

    def take(self, order: Order, reply: Reply) -> None:
        """Record a reply that counts as given."""
        self._orders[order.work_order_no] = replace(
            order,
            state="replied",
            times={**order.times, "replied": reply.received_at},
            replies=(*order.replies, reply),
        )

    def listed(self) -> list[dict[str, Any]]:
        """The newest first, for the page and for tests."""
        return [asdict(order) for order in reversed(self._orders.values())]

    def _raised(self, number: str, data: Mapping[str, Any], known: Order | None) -> None:
        if known is not None:
            self._orders[number] = replace(known, facts=dict(data))
            return
        at = str(data.get("raised_at", ""))
        self._orders[number] = Order(number, str(data.get("shop_id", "")), dict(data), times={"waiting": at})

    def _moved(self, order: Order, state: str, data: Mapping[str, Any]) -> None:
        replies = order.replies
        if state in {"accepted", "rejected"}:
            replies = tuple(
                replace(one, state=state, reason=data.get("reason")) if one.reply_id == data.get("reply_id") else one
                for one in replies
            )
        times = {**order.times, state: str(data.get("at", ""))}
        self._orders[order.work_order_no] = replace(order, state=state, times=times, replies=replies)
