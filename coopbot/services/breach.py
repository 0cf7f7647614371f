"""A breach: what it is expected to cost goes into the ledger, and those who must act on it are told."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.deposit import Deposit
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.matching import effective
from coopbot.domain.penalty import predict
from coopbot.domain.seen import deadline
from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import Entry, Kind, WorkOrder
from coopbot.failpoints import failpoint
from coopbot.ports import Tx
from coopbot.services.alarm import alarm
from coopbot.services.deposits import deposit_of
from coopbot.services.money import year_of
from coopbot.services.outage_decision import keep_window, spared
from coopbot.services.telling import owe_glance


class Breaches:
    """The breaches of one tick: each shop's year is read once, however many of its orders are late."""

    def __init__(self, tx: Tx, now: datetime, desk: Desk) -> None:
        self._tx, self._now, self._desk = tx, now, desk
        self._counted: dict[ShopKey, list[LedgerEntry]] = {}
        self._deposits: dict[ShopKey, Deposit | None] = {}

    def book(self, order: WorkOrder, cause: str) -> Entry:
        """Predict what it costs; returns the entry for the order's log."""
        tx, now, desk = self._tx, self._now, self._desk
        rules = desk.rules_for(order)
        due_at = deadline(order, rules, now).at
        failpoint("breach.before_penalty")
        if cause == "ours":
            alarm(tx, desk, "late_by_us", key=str(order.key), order=str(order.key), due_at=due_at.isoformat())
        shop = ShopKey(order.key.connection, order.facts.shop_id)
        counted, deposit = self._of_shop(shop, order)
        predicted = predict(order, rules, due_at, counted, cause=cause, deposit=deposit.balance if deposit else None)
        waived = spared(tx, order, due_at, predicted)
        tx.ledger.add([*predicted, *waived])
        counted += [] if waived else predicted
        keep_window(tx, desk, shop, due_at, now)
        owe_glance(tx, desk, order.told.channel if order.told else desk.team_for(order).channel)
        before = sum(1 for entry in order.log if entry.kind is Kind.BREACHED)  # some after a granted outage
        data = {"due_at": due_at.isoformat(), "cause": cause}
        return Entry(Kind.BREACHED, now, f"breach:{before}" if before else "breach", "coopbot", data)

    def _of_shop(self, shop: ShopKey, order: WorkOrder) -> tuple[list[LedgerEntry], Deposit | None]:
        if shop not in self._counted:
            window = self._desk.rules_for(order).penalties.issue_within
            self._counted[shop] = list(effective(year_of(self._tx, [shop], self._now), self._now, window))
            self._deposits[shop] = deposit_of(self._tx, shop)
        return self._counted[shop], self._deposits[shop]
