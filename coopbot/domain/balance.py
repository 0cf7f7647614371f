"""Sums of the ledger: per shop and currency, and points per track. A sum does not know the order of its entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.team import ShopKey


class Purse(NamedTuple):
    """What may be summed together: one shop's money of one currency."""

    shop: ShopKey
    currency: str


@dataclass
class Balance:
    """All amounts in minor units (fen) of the purse's currency."""

    fined: int = 0
    """Fines that the platform issued and did not take back."""
    expected: int = 0
    """Fines that we predict, as far as an amount is known, matched or not."""
    unknown: int = 0
    """Number of standing penalties whose amount nobody knows."""
    deducted: int = 0
    credited: int = 0
    deposit: int = 0
    warnings: int = 0
    measures: int = 0
    points: Counter[str] = field(default_factory=Counter)
    """Issued points by track, whenever they came; resets are :mod:`coopbot.domain.tracks`'s business."""

    @property
    def outstanding(self) -> int:
        """Fined and not yet taken; negative: taken and owed back."""
        return self.fined - self.deducted + self.credited


def balances(entries: Iterable[LedgerEntry]) -> Mapping[Purse, Balance]:
    """The sum of every entry's effect, by purse. A counter-entry takes back what its entry gave, to the fen."""
    every = list(entries)
    by_key = {entry.key: entry for entry in every}
    sums: dict[Purse, Balance] = {}
    for entry in every:
        about, sign = entry, 1
        if entry.reverses:
            if not entry.counters or entry.reverses not in by_key:
                continue
            about, sign = by_key[entry.reverses], -1
        purse = Purse(about.shop, about.currency)
        _add(sums.setdefault(purse, Balance()), about, sign)
    return sums


def _add(sums: Balance, entry: LedgerEntry, sign: int) -> None:
    amount = sign * (entry.amount or 0)
    issued = entry.state is not PenaltyState.PREDICTED
    unknown = entry.kind is PenaltyKind.UNKNOWN or (entry.kind is PenaltyKind.FINE and entry.amount is None)
    sums.unknown += sign if unknown else 0
    match entry.kind:
        case PenaltyKind.FINE | PenaltyKind.MEASURE if issued:
            sums.fined += amount
            sums.measures += sign if entry.kind is PenaltyKind.MEASURE else 0
        case PenaltyKind.FINE | PenaltyKind.MEASURE:
            sums.expected += amount
        case PenaltyKind.POINTS if issued:
            sums.points[entry.track] += sign * (entry.points or 0)
        case PenaltyKind.WARNING if issued:
            sums.warnings += sign
        case PenaltyKind.SETTLEMENT if issued:
            sums.deducted += amount
        case PenaltyKind.CREDIT if issued:
            sums.credited += amount
        case PenaltyKind.DEPOSIT if issued:
            sums.deposit -= amount
        case PenaltyKind.TOP_UP if issued:
            sums.deposit += amount
        case _:
            pass
