"""The deposit (保证金): the platform names its balance, we derive what was taken and what was paid in.

Snapshots may come late and out of order: what moved lies between neighbours in the platform's time, so the entries
that stand are the same whatever sequence the snapshots came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.periods import month_of
from coopbot.domain.team import ShopKey


@dataclass(frozen=True, slots=True)
class Deposit:
    """What ``deposit.changed`` said: minor units (fen) of ``currency``."""

    shop: ShopKey
    id: str
    at: datetime
    balance: int
    required: int
    top_up_by: datetime | None = None
    currency: str = "CNY"

    def floor(self, ours: int | None) -> int:
        """What must be there: the platform's word, or the profile's where that is more."""
        return max(self.required, ours or 0)

    def short(self, ours: int | None) -> int:
        """How much is missing; 0 when nothing is."""
        return max(0, self.floor(ours) - self.balance)


def latest(snapshots: Iterable[Deposit]) -> Deposit | None:
    return max(snapshots, key=_order, default=None)


def movements(snapshots: Sequence[Deposit], zone: ZoneInfo) -> tuple[LedgerEntry, ...]:
    """What was paid in and taken between each snapshot and the one before; the first one is paid in as a whole."""
    found: list[LedgerEntry] = []
    before: Deposit | None = None
    for each in sorted(snapshots, key=_order):
        moved = each.balance - (before.balance if before else 0)
        if moved:
            kind = PenaltyKind.TOP_UP if moved > 0 else PenaltyKind.DEPOSIT
            since = before.id if before else "first"
            found.append(
                LedgerEntry(
                    key=f"deposit:{each.shop}:{since}>{each.id}",
                    shop=each.shop,
                    kind=kind,
                    state=PenaltyState.ISSUED,
                    at=each.at,
                    month=month_of(each.at, zone),
                    amount=abs(moved),
                    basis="deposit" if before else "opening",
                    currency=each.currency,
                )
            )
        before = each
    return tuple(found)


def _order(each: Deposit) -> tuple[datetime, str]:
    return (each.at, each.id)
