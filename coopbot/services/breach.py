"""A breach: what it is expected to cost goes into the ledger, and those who must act on it are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypedDict

from coopbot.domain.deposit import Deposit
from coopbot.domain.late_days import begun
from coopbot.domain.ledger import PENALTIES, LedgerEntry, standing
from coopbot.domain.matching import Counted, counted
from coopbot.domain.penalty import another_day, predict
from coopbot.domain.periods import LONG_AGO
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


class _About(TypedDict):
    """What a prediction is reckoned with beside the shop's year."""

    deposit: int | None
    currency: str
    late_at: Mapping[str, datetime]


class Breaches:
    """The breaches of one tick: each shop's year is read once, however many of its orders are late."""

    def __init__(self, tx: Tx, now: datetime, desk: Desk) -> None:
        self._tx, self._now, self._desk = tx, now, desk
        self._years: dict[ShopKey, list[LedgerEntry]] = {}
        self._latest: dict[ShopKey, datetime] = {}
        self._counted: dict[tuple[ShopKey, date], Counted] = {}
        self._deposits: dict[ShopKey, Deposit | None] = {}

    def book(self, order: WorkOrder, cause: str) -> Entry:
        """Predict what it costs; returns the entry for the order's log."""
        tx, now, desk = self._tx, self._now, self._desk
        due_at = deadline(order, desk.rules_for(order), now).at
        failpoint("breach.before_penalty")
        if cause == "ours":
            alarm(tx, desk, "late_by_us", key=str(order.key), order=str(order.key), due_at=due_at.isoformat())
        shop = ShopKey(order.key.connection, order.facts.shop_id)
        year, about = self._year_of(order, shop, due_at)
        predicted = predict(order, desk.rules_for(order), due_at, year, cause=cause, **about)
        self._add(shop, due_at, [*predicted, *spared(tx, order, due_at, predicted)])
        keep_window(tx, desk, shop, due_at, now)
        owe_glance(tx, desk, order.told.channel if order.told else desk.team_for(order).channel)
        before = sum(1 for entry in order.log if entry.kind is Kind.BREACHED)  # some after a granted outage
        data = {"due_at": due_at.isoformat(), "cause": cause}
        return Entry(Kind.BREACHED, now, f"breach:{before}" if before else "breach", "coopbot", data)

    def another_day(self, order: WorkOrder) -> None:
        """What each day begun since adds, where the profile charges per day: each day once, also after a gap."""
        tx, now, desk = self._tx, self._now, self._desk
        rules = desk.rules_for(order)
        due_at = deadline(order, rules, now).at
        shop = ShopKey(order.key.connection, order.facts.shop_id)
        year, about = self._year_of(order, shop, due_at)
        for day in range(2, begun(due_at, min(now, due_at + rules.penalties.issue_within)) + 1):
            stands = standing(tx.ledger.of_order(order.key))
            grown = another_day(order, rules, due_at, year, stands, day, **about)
            if grown:
                self._add(shop, due_at, grown)
                owe_glance(tx, desk, order.told.channel if order.told else desk.team_for(order).channel)

    def _year_of(self, order: WorkOrder, shop: ShopKey, due_at: datetime) -> tuple[Sequence[LedgerEntry], _About]:
        """What counted when the order fell due: a tick that comes late books the same as one in time.

        Orders of one day share it, so long as nothing was issued behind their due time.
        """
        if shop not in self._years:
            self._years[shop] = list(year_of(self._tx, [shop], self._now))
            self._latest[shop] = max((e.at for e in self._years[shop] if e.kind in PENALTIES), default=LONG_AGO)
            self._deposits[shop] = deposit_of(self._tx, shop)
        year, window = self._years[shop], self._desk.rules_for(order).penalties.issue_within
        key = (shop, due_at.date())
        if self._latest[shop] > due_at:
            found = counted([entry for entry in year if entry.at <= due_at], due_at, window)
        else:
            found = self._counted[key] = self._counted.get(key) or counted(year, due_at, window)
        held = self._deposits[shop]
        about = _About(
            deposit=held.balance if held else None, currency=self._desk.currency_of(shop), late_at=found.late_at
        )
        return found.entries, about

    def _add(self, shop: ShopKey, due_at: datetime, entries: Sequence[LedgerEntry]) -> None:
        self._tx.ledger.add(entries)
        self._years[shop] += entries
        self._latest[shop] = max(self._latest[shop], *(entry.at for entry in entries))
        known = self._counted.get((shop, due_at.date()))
        stands = [entry for entry in standing(entries) if entry.kind in PENALTIES]
        if known is not None and not any(entry.reverses for entry in entries):
            self._counted[shop, due_at.date()] = replace(known, entries=(*known.entries, *stands))
        else:
            self._counted.pop((shop, due_at.date()), None)
