"""What a breach is expected to cost, by the profile's rules; an amount that nobody published is never invented."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coopbot.domain import periods
from coopbot.domain.amounts import Estimate, amount_of, estimate
from coopbot.domain.ledger import PENALTIES, LedgerEntry, PenaltyKind, PenaltyState, standing
from coopbot.domain.matching import effective
from coopbot.domain.penalty_rules import Node, Offence, Tier
from coopbot.domain.profile import Profile
from coopbot.domain.team import ShopKey
from coopbot.domain.tracks import crossed, points_on, track_of
from coopbot.domain.work_order import Kind, OrderKey, WorkOrder

__all__ = ["Cost", "cost", "month_of", "predict", "standing"]


def month_of(at: datetime, rules: Profile) -> str:
    """The calendar month of an instant in the profile's zone, as ``2026-11``."""
    return periods.month_of(at, rules.zone)


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
    counted: Sequence[LedgerEntry],
    *,
    cause: str = "",
    deposit: int | None = None,
) -> tuple[LedgerEntry, ...]:
    """The entries that a breach at ``at`` adds; ``counted`` is what counts of the shop's year (``effective``).

    Warnings come first, counted per shop and month of the profile's zone (assumed); after them what the profile
    names, else "points or a fine, amount unknown" (decisions.md 23). ``cause`` is the breach's, ``deposit`` its present
    balance in fen.
    """
    counted = [entry for entry in counted if entry.order != order.key]
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
        currency=rules.penalties.currency,
    )
    if _warned(counted, rules, at) < rules.penalties.warnings_before_fine:
        assumed = rules.sure("penalties.warnings_before_fine").is_assumed
        return (replace(entry, kind=PenaltyKind.WARNING, assumed=assumed, basis=late or "first_this_month"),)
    offence = rules.penalties.offence_of(order.facts.class_code)
    if offence is None:
        return (entry,)
    priced = _priced(entry, offence, _tier(offence, counted, rules, at), rules, order, deposit)
    if priced and priced[0].kind is PenaltyKind.POINTS:
        priced[:1] = _points(priced[0], counted, rules, deposit)
    if not priced:
        return (replace(entry, assumed=rules.sure(f"penalties.offences.{offence.code}").is_assumed),)
    return tuple(replace(each, basis=late or each.basis) for each in priced)


def cost(
    order: WorkOrder, rules: Profile, at: datetime, history: Sequence[LedgerEntry], deposit: int | None = None
) -> Cost:
    """What missing ``order`` at ``at`` would cost, and what one more after it; ``history`` is the shop's year."""
    counted = effective(history, at, rules.penalties.issue_within)
    now = predict(order, rules, at, counted, deposit=deposit)
    another = replace(order, key=OrderKey(order.key.connection, f"{order.key.number} and one more"))
    others = [entry for entry in counted if entry.order != order.key]
    then = predict(another, rules, at, [*others, *now], deposit=deposit)
    unknown = any(entry.kind is PenaltyKind.UNKNOWN for entry in (*now, *then))
    return Cost(now, then, estimate(history, rules.penalties.currency) if unknown else None)


def _warned(counted: Iterable[LedgerEntry], rules: Profile, at: datetime) -> int:
    month = month_of(at, rules)
    return sum(1 for e in counted if e.kind is PenaltyKind.WARNING and month_of(e.at, rules) == month)


def _tier(offence: Offence, counted: Iterable[LedgerEntry], rules: Profile, at: datetime) -> Tier:
    """How often it has happened in the offence's period, each order once, warnings aside."""
    since = periods.counted_since(offence.counted_over, at, rules.zone)
    earlier = {
        str(entry.order) if entry.order else entry.key
        for entry in counted
        if entry.kind in PENALTIES and entry.kind is not PenaltyKind.WARNING and since <= entry.at <= at
    }
    return offence.tier(len(earlier) + 1)


def _priced(
    entry: LedgerEntry, offence: Offence, tier: Tier, rules: Profile, order: WorkOrder, deposit: int | None
) -> list[LedgerEntry]:
    """Points and fine of the tier, as far as they are published."""
    path = f"penalties.offences.{offence.code}"
    amount = amount_of(tier.money, order.facts.amount, 1, deposit)
    found = []
    if tier.points is not None:
        sure = rules.sure(f"{path}.points").is_assumed
        found.append(
            replace(entry, kind=PenaltyKind.POINTS, points=tier.points, track=offence.track, assumed=sure, basis="rule")
        )
    if amount.value is not None:
        basis = "at_least" if amount.at_least else "rule"
        sure = rules.sure(f"{path}.money").is_assumed
        key = f"{entry.key}:fine" if found else entry.key
        found.append(replace(entry, key=key, kind=PenaltyKind.FINE, amount=amount.value, assumed=sure, basis=basis))
    return found


def _points(
    entry: LedgerEntry, counted: Sequence[LedgerEntry], rules: Profile, deposit: int | None
) -> list[LedgerEntry]:
    """Points with the nodes that they reach. Where a week is assessed as one, only its first offence brings any."""
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
    return [entry, *(_measure(entry, node, rules, deposit) for node in nodes)]


def _measure(entry: LedgerEntry, node: Node, rules: Profile, deposit: int | None) -> LedgerEntry:
    amount = amount_of(node.money, None, 1, deposit)
    return replace(
        entry,
        key=f"{entry.key}:node:{node.points}",
        kind=PenaltyKind.MEASURE,
        points=node.points,
        amount=amount.value,
        days=node.lasts.days if node.lasts is not None else None,
        assumed=rules.sure(f"penalties.tracks.{entry.track}.nodes").is_assumed,
        basis="at_least" if amount.at_least else "node",
        text=node.measure,
    )
