"""What a breach is expected to cost, by the profile's rules; an amount that nobody published is never invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.profile import Profile
from coopbot.domain.team import ShopKey
from coopbot.domain.work_order import WorkOrder


def month_of(at: datetime, rules: Profile) -> str:
    """The calendar month of an instant in the profile's zone, as ``2026-11``."""
    return at.astimezone(rules.zone).strftime("%Y-%m")


def predict(order: WorkOrder, rules: Profile, at: datetime, earlier: Sequence[LedgerEntry]) -> LedgerEntry:
    """The entry that a breach at ``at`` adds; ``earlier`` are the shop's entries of that month (decisions.md 23).

    Warnings come first, counted per shop and month (assumed); after them points or a fine, amount unknown.
    """
    shop = ShopKey(order.key.connection, order.facts.shop_id)
    warned = sum(1 for entry in earlier if entry.kind is PenaltyKind.WARNING and entry.order != order.key)
    first = warned < rules.penalties.warnings_before_fine
    return LedgerEntry(
        key=f"breach:{order.key}",
        shop=shop,
        kind=PenaltyKind.WARNING if first else PenaltyKind.UNKNOWN,
        state=PenaltyState.PREDICTED,
        at=at,
        month=month_of(at, rules),
        order=order.key,
        assumed=True,
        basis="first_this_month" if first else "after_warnings",
    )


def standing(entries: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The entries that no counter-entry has reversed."""
    reversed_keys = {entry.reverses for entry in entries if entry.reverses}
    return tuple(entry for entry in entries if entry.key not in reversed_keys and not entry.reverses)
