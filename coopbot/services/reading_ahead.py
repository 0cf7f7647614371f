"""What many messages ask for one by one, read in a few queries before: on a snapshot it stays as it was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Tx
from coopbot.services import deposits, template_store
from coopbot.services.money import year_of


def read_ahead(tx: Tx, now: datetime, desk: Desk, keys: Sequence[OrderKey]) -> None:
    """The orders, and what their cards show beside them."""
    orders = tx.orders.get_many(keys).values()
    shops = sorted({ShopKey(order.key.connection, order.facts.shop_id) for order in orders})
    notes = {template_store.note_of(desk.team_for(order)) for order in orders} | {*map(deposits.note_of, shops)}
    tx.notes.some(sorted(notes))
    year_of(tx, shops, now)
