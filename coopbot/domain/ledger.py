"""The ledger: what late orders cost. Append-only; an entry is reversed by a counter-entry, never edited (rule 6).

Amounts are integer minor units (fen) of the entry's own currency and positive: an entry says what it takes, its
counter-entry takes it back. Sums are made by :mod:`coopbot.domain.balance`, never across currencies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from coopbot.domain.team import ShopKey
from coopbot.domain.work_order import OrderKey


class PenaltyKind(StrEnum):
    """What an entry is: the first five are penalties, the rest is money that moved."""

    WARNING = "warning"
    POINTS = "points"
    FINE = "fine"
    MEASURE = "measure"
    UNKNOWN = "unknown"
    """Points or a fine, amount unknown: the platform has not published it (decisions.md 23)."""

    SETTLEMENT = "settlement"
    """Taken out of a month's settlement for a penalty."""
    CREDIT = "credit"
    """What a settlement paid beyond gross less its deductions: money given back; negative where it paid less."""
    DEPOSIT = "deposit"
    """Taken out of the deposit."""
    TOP_UP = "top_up"
    """Paid into the deposit; the first balance that the platform names is one."""


PENALTIES = frozenset(list(PenaltyKind)[:5])
MOVEMENTS = frozenset(PenaltyKind) - PENALTIES


class PenaltyState(StrEnum):
    PREDICTED = "predicted"
    ISSUED = "issued"
    APPEALED = "appealed"
    REVOKED = "revoked"
    WAIVED = "waived"


COUNTERS = frozenset({PenaltyState.REVOKED, PenaltyState.WAIVED})
"""States of counter-entries. An ``appealed`` entry speaks of another one without taking it back."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    key: str
    """Unique in the ledger: (order, penalty step), or the platform's penalty number."""
    shop: ShopKey
    kind: PenaltyKind
    state: PenaltyState
    at: datetime
    month: str
    """The month ``2026-11`` in whose settlement it counts: the calendar's, unless the profile cuts it earlier."""
    order: OrderKey | None = None
    points: int | None = None
    """Of points, how many; of a measure, the points of the node that brings it."""
    amount: int | None = None
    """Minor units (fen) of ``currency``; None when unknown: never an invented figure."""
    assumed: bool = False
    basis: str = ""
    """Why it is what it is: a code of the message catalogue."""
    reverses: str = ""
    """Key of the entry that this one counters, or, of an ``appealed`` one, that is under appeal."""
    currency: str = "CNY"
    track: str = ""
    """Which account of points; empty where none is named."""
    days: int | None = None
    """How long a measure lasts, in days; None when unknown or for good."""
    until: datetime | None = None
    """Until when it may be appealed against, where the platform or the profile says so."""
    ref: str = ""
    """The platform's own number of the penalty."""
    text: str = ""
    """The measure, as the platform or the profile names it; of an appeal's end, the platform's reason."""

    @property
    def counters(self) -> bool:
        """Whether it takes another entry back."""
        return bool(self.reverses) and self.state in COUNTERS

    @property
    def adds_nothing(self) -> bool:
        """Whether it only says that an offence brings no points: the platform has nothing to issue for it."""
        return self.kind is PenaltyKind.POINTS and self.points == 0


def standing(entries: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The entries that no counter-entry has taken back, without markers and counter-entries themselves."""
    gone = {entry.reverses for entry in entries if entry.counters}
    return tuple(entry for entry in entries if entry.key not in gone and not entry.reverses)


def under_appeal(entries: Sequence[LedgerEntry]) -> frozenset[str]:
    """Keys of the standing entries against which an appeal runs."""
    appealed = {entry.reverses for entry in entries if entry.state is PenaltyState.APPEALED}
    return frozenset(entry.key for entry in standing(entries) if entry.key in appealed)


def counter(entry: LedgerEntry, at: datetime, basis: str, state: PenaltyState = PenaltyState.REVOKED) -> LedgerEntry:
    """The entry that takes ``entry`` back at ``at``; it counts in the same month, so that the month's sum is nil."""
    return replace(entry, key=f"reverse:{entry.key}", state=state, at=at, basis=basis, reverses=entry.key)
