"""What a breach is expected to cost, by the profile's rules; an amount that nobody published is never invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from coopbot.domain import periods
from coopbot.domain.amounts import Amount, Estimate, amount_of, estimate
from coopbot.domain.ledger import PENALTIES, LedgerEntry, PenaltyKind, PenaltyState, counter, standing
from coopbot.domain.matching import counted
from coopbot.domain.penalty_rules import Money, Node, Offence, Tier
from coopbot.domain.profile import Profile
from coopbot.domain.seen import class_of
from coopbot.domain.team import ShopKey
from coopbot.domain.tracks import crossed, points_on, track_of
from coopbot.domain.work_order import Kind, OrderKey, WorkOrder

__all__ = ["DAY", "Cost", "another_day", "cost", "month_of", "predict", "standing"]


DAY = timedelta(days=1)
NOWHERE: Mapping[str, datetime] = MappingProxyType({})


def month_of(at: datetime, rules: Profile) -> str:
    """The month in whose settlement an instant counts, as ``2026-11``: behind its cut day it is the next one."""
    return periods.settled_in(at, rules.penalties.settlement_cut_day, rules.zone)


@dataclass(frozen=True)
class Cost:
    """What missing one order costs now, and what the next one after it would (the money clock)."""

    now: tuple[LedgerEntry, ...]
    then: tuple[LedgerEntry, ...]
    estimate: Estimate | None = None
    """For amounts that nobody published."""


def predict(
    order: WorkOrder,
    rules: Profile,
    at: datetime,
    year: Sequence[LedgerEntry],
    *,
    cause: str = "",
    deposit: int | None = None,
    currency: str = "",
    days: int = 1,
    late_at: Mapping[str, datetime] = NOWHERE,
) -> tuple[LedgerEntry, ...]:
    """The entries that a breach at ``at`` adds; ``year`` is what counts of the shop's year (``effective``), ``late_at``
    when those happened that were issued later.

    Warnings come first, counted per shop and month of the profile's zone (assumed); after them what the profile
    names, else "points or a fine, amount unknown" (decisions.md 23). ``cause`` is the breach's, ``deposit`` the present
    balance in fen, ``currency`` the shop's: amounts of another one are not converted, so that they are unknown.
    ``days`` are the begun days of lateness.
    """
    year = [entry for entry in year if entry.order != order.key]
    late = "arrived_late" if cause == "arrived_late" else ""
    key = f"breach:{order.key}"
    before = sum(1 for entry in order.log if entry.kind is Kind.BREACHED)
    entry = LedgerEntry(
        key=f"{key}#{before}" if before else key,  # late again, after a granted outage had moved the due time
        shop=ShopKey(order.key.connection, order.facts.shop_id),
        kind=PenaltyKind.UNKNOWN,
        state=PenaltyState.PREDICTED,
        at=at,
        month=month_of(at, rules),
        order=order.key,
        assumed=True,
        basis=late or ("after_warnings" if rules.penalties.warnings_before_fine else "not_published"),
        currency=currency or rules.penalties.currency,
    )
    if _warned(year, rules, at, late_at) < rules.penalties.warnings_before_fine:
        assumed = rules.sure("penalties.warnings_before_fine").is_assumed
        return (replace(entry, kind=PenaltyKind.WARNING, assumed=assumed, basis=late or "first_this_month"),)
    offence = rules.penalties.offence_of(class_of(order, rules).code)
    if offence is None:
        return (entry,)
    price = _Price(rules, entry.currency, order.facts.amount, deposit)
    priced = _priced(entry, offence, _tier(offence, year, rules, at, late_at), price, days)
    if priced and priced[0].kind is PenaltyKind.POINTS:
        priced[:1] = _points(priced[0], year, price)
    if not priced:
        return (replace(entry, assumed=rules.sure(f"penalties.offences.{offence.code}").is_assumed),)
    return tuple(replace(each, basis=late or each.basis) for each in priced)


def another_day(
    order: WorkOrder,
    rules: Profile,
    at: datetime,
    year: Sequence[LedgerEntry],
    stands: Sequence[LedgerEntry],
    day: int,
    *,
    deposit: int | None = None,
    currency: str = "",
    late_at: Mapping[str, datetime] = NOWHERE,
) -> tuple[LedgerEntry, ...]:
    """What the ``day``-th begun day changes of a fine that is charged per day, for an order late since ``at``.

    ``stands`` are the order's standing entries. The fine as it was is taken back and the greater one takes its place;
    what the platform has issued meanwhile is its word, and we add nothing.
    """
    if any(entry.state is not PenaltyState.PREDICTED for entry in stands):
        return ()
    was = next((entry for entry in stands if entry.kind is PenaltyKind.FINE), None)
    priced = predict(order, rules, at, year, deposit=deposit, currency=currency, days=day, late_at=late_at)
    fine = next((entry for entry in priced if entry.kind is PenaltyKind.FINE), None)
    if was is None or was.amount is None or fine is None or fine.amount is None or fine.amount <= was.amount:
        return ()
    begins = at + (day - 1) * DAY
    key = was.key.partition(":day:")[0]
    more = replace(was, key=f"{key}:day:{day}", at=begins, amount=fine.amount)
    return (counter(was, begins, "per_day"), more)


def cost(
    order: WorkOrder,
    rules: Profile,
    at: datetime,
    history: Sequence[LedgerEntry],
    deposit: int | None = None,
    currency: str = "",
) -> Cost:
    """What missing ``order`` at ``at`` would cost, and what one more after it; ``history`` is the shop's year."""
    year = counted(history, at, rules.penalties.issue_within)
    now = predict(order, rules, at, year.entries, deposit=deposit, currency=currency, late_at=year.late_at)
    another = replace(order, key=OrderKey(order.key.connection, f"{order.key.number} and one more"))
    others = [entry for entry in year.entries if entry.order != order.key]
    then = predict(another, rules, at, [*others, *now], deposit=deposit, currency=currency, late_at=year.late_at)
    unknown = any(entry.kind is PenaltyKind.UNKNOWN for entry in (*now, *then))
    return Cost(now, then, estimate(history, currency or rules.penalties.currency) if unknown else None)


def _warned(counted: Iterable[LedgerEntry], rules: Profile, at: datetime, late_at: Mapping[str, datetime]) -> int:
    """For what was late in the calendar month, whenever it is issued and wherever the settlement is cut."""
    month = periods.month_of(at, rules.zone)
    warned = (late_at.get(e.key, e.at) for e in counted if e.kind is PenaltyKind.WARNING)
    return sum(1 for each in warned if periods.month_of(each, rules.zone) == month)


@dataclass(frozen=True)
class _Price:
    """What a rule's money is reckoned with."""

    rules: Profile
    currency: str
    order: int | None
    deposit: int | None

    def of(self, money: Money, days: int) -> Amount:
        if self.currency != self.rules.penalties.currency:
            return Amount(None)
        return amount_of(money, self.order, days, self.deposit)


def _tier(
    offence: Offence, counted: Iterable[LedgerEntry], rules: Profile, at: datetime, late_at: Mapping[str, datetime]
) -> Tier:
    """How often it has happened in the offence's period, each order once, warnings aside."""
    since = periods.counted_since(offence.counted_over, at, rules.zone)
    earlier = {
        str(entry.order) if entry.order else entry.key
        for entry in counted
        if entry.kind in PENALTIES
        and entry.kind is not PenaltyKind.WARNING
        and since <= late_at.get(entry.key, entry.at) <= at
    }
    return offence.tier(len(earlier) + 1)


def _priced(entry: LedgerEntry, offence: Offence, tier: Tier, price: _Price, days: int) -> list[LedgerEntry]:
    """Points and fine of the tier, as far as they are published."""
    path, sure_of = f"penalties.offences.{offence.code}", price.rules.sure
    amount = price.of(tier.money, days)
    found = []
    if tier.points is not None:
        sure = sure_of(f"{path}.{'tiers' if offence.tiers else 'points'}").is_assumed
        found.append(
            replace(entry, kind=PenaltyKind.POINTS, points=tier.points, track=offence.track, assumed=sure, basis="rule")
        )
    if amount.value is not None:
        basis = "at_least" if amount.at_least else "per_day" if tier.money.per_day is not None else "rule"
        sure = sure_of(f"{path}.{'tiers' if offence.tiers else 'money'}").is_assumed
        key = f"{entry.key}:fine" if found else entry.key
        found.append(replace(entry, key=key, kind=PenaltyKind.FINE, amount=amount.value, assumed=sure, basis=basis))
    return found


def _points(entry: LedgerEntry, counted: Sequence[LedgerEntry], price: _Price) -> list[LedgerEntry]:
    """Points with the nodes that they reach. Where a week is assessed as one, only its first offence brings any."""
    rules = price.rules
    track = rules.penalties.tracks.get(entry.track)
    if track is None:
        return [entry]
    if track.assessed == "weekly":
        week = periods.week_of(entry.at, rules.zone)
        mine = [e for e in counted if e.kind is PenaltyKind.POINTS and track_of(e, rules.penalties) == track.code]
        if any(periods.week_of(e.at, rules.zone) == week for e in mine):
            return [replace(entry, points=0, basis="same_week")]
    before = points_on(track, counted, rules.penalties, entry.at, rules.zone)
    nodes = crossed(track, before, before + (entry.points or 0))
    return [entry, *(_measure(entry, node, price) for node in nodes)]


def _measure(entry: LedgerEntry, node: Node, price: _Price) -> LedgerEntry:
    """A share of the order is of the one that reached the node; per day is for each day that the measure lasts."""
    days = node.lasts.days if node.lasts is not None else None
    amount = price.of(node.money, days or 1)
    return replace(
        entry,
        key=f"{entry.key}:node:{node.points}",
        kind=PenaltyKind.MEASURE,
        points=node.points,
        amount=amount.value,
        days=days,
        assumed=price.rules.sure(f"penalties.tracks.{entry.track}.nodes.{node.points}").is_assumed,
        basis="at_least" if amount.at_least else "node",
        text=node.measure,
    )
