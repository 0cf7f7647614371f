"""The read side's two questions (platform-api.md): one order, and a page of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.files import File
from coopbot.domain.seen import Seen, see
from coopbot.domain.team import Desk
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Tx


def one(tx: Tx, now: datetime, desk: Desk, connection: str, number: str) -> Seen | None:
    """The order as it stands, None when this connection never raised it."""
    order = tx.orders.get(OrderKey(connection, number))
    return see(order, desk, now) if order is not None else None


def page(
    tx: Tx,
    now: datetime,
    desk: Desk,
    connection: str,
    *,
    shop_id: str | None = None,
    state: str | None = None,
    class_code: str | None = None,
    due_before: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[Sequence[Seen], str | None]:
    """Orders by due time, and the cursor of the next page. Raises ValueError for a cursor that was not handed out."""
    found = tx.orders.page(
        connection,
        now,
        shop_id=shop_id,
        state=state,
        class_code=class_code,
        due_before=due_before,
        limit=limit,
        cursor=cursor,
    )
    return [see(order, desk, now) for order in found.orders], found.cursor


def gauges(tx: Tx, now: datetime, real: datetime) -> dict[str, float]:
    """Present values for the operator's dashboards; ``now`` is domain time, ``real`` transport time."""
    unfinished, overdue = tx.orders.counts(now)
    oldest = tx.outbox.oldest()
    return {
        "coopbot_orders_unfinished": float(unfinished),
        "coopbot_orders_overdue": float(overdue),
        "coopbot_due_differs": float(tx.orders.differing()),
        "coopbot_inbox_waiting": float(len(tx.inbox.waiting_since(now))),
        "coopbot_outbox_oldest_seconds": max(0.0, (real - oldest).total_seconds()) if oldest else 0.0,
    }


def file(tx: Tx, identity: str) -> tuple[File, bytes | None] | None:
    """A file that was handed in, with its bytes where they are here."""
    found = tx.files.known([identity]).get(identity)
    return (found, tx.files.content(identity)) if found is not None else None
