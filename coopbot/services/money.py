"""A shop's books as they stand: the entries that a rule looks back on, matched and summed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.team import Desk, ShopKey, Team
from coopbot.ports import Tx

LOOK_BACK = timedelta(days=400)
"""No rule looks back further than a year, the longest life of points (domain.md §3)."""


def year_of(tx: Tx, shops: Sequence[ShopKey], at: datetime) -> Sequence[LedgerEntry]:
    """The entries of these shops that any rule can still ask for at ``at``."""
    return tx.ledger.since(shops, at - LOOK_BACK)


def shops_of(tx: Tx, desk: Desk, team: Team) -> tuple[ShopKey, ...]:
    """The team's shops; of the fallback, those of the orders that are open in its channel."""
    found = {ShopKey(order.key.connection, order.facts.shop_id) for order in tx.orders.unfinished(team.channel)}
    return tuple(sorted(team.shops | found)) if not team.is_fallback else tuple(sorted(found - _owned(desk)))


def _owned(desk: Desk) -> frozenset[ShopKey]:
    return frozenset(shop for team in desk.teams for shop in team.shops)
