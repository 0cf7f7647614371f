"""The ledger: what late orders cost. Append-only; an entry is reversed by a counter-entry, never edited (rule 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from coopbot.domain.team import ShopKey
from coopbot.domain.work_order import OrderKey


class PenaltyKind(StrEnum):
    WARNING = "warning"
    POINTS = "points"
    FINE = "fine"
    MEASURE = "measure"
    UNKNOWN = "unknown"
    """Points or a fine, amount unknown: the platform has not published it (decisions.md 23)."""


class PenaltyState(StrEnum):
    PREDICTED = "predicted"
    ISSUED = "issued"
    APPEALED = "appealed"
    REVOKED = "revoked"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    key: str
    """Unique in the ledger: (order, penalty step), or the platform's penalty number."""
    shop: ShopKey
    kind: PenaltyKind
    state: PenaltyState
    at: datetime
    month: str
    """Calendar month ``2026-11`` of the profile's zone, in which it counts."""
    order: OrderKey | None = None
    points: int | None = None
    amount: int | None = None
    """Fen of CNY; None when unknown: never an invented figure."""
    assumed: bool = False
    basis: str = ""
    """Why it is what it is: a code of the message catalogue."""
    reverses: str = ""
    """Key of the entry that this one counters."""
