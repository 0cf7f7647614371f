"""The monthly settlement against our books: line by line, to the fen; and what the next one will bring.

Everything is derived from the set of entries and postings: a penalty that is taken back after its month was settled
becomes a credit of a later month, whichever of the two events came first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState, standing
from coopbot.domain.matching import match
from coopbot.domain.team import ShopKey


class Difference(StrEnum):
    AGREES = "agrees"
    AMOUNT = "amount"
    """Deducted, but another amount than issued."""
    UNKNOWN = "unknown"
    """Deducted, and no such penalty was ever issued to us."""
    TAKEN_BACK = "taken_back"
    """Deducted although the penalty was revoked before: owed back."""
    AGAIN = "again"
    """Deducted a second time."""
    MISSING = "missing"
    """Issued for this month or earlier, and not deducted yet."""


@dataclass(frozen=True)
class Posting:
    """What ``settlement.posted`` said; minor units (fen) of ``currency``."""

    shop: ShopKey
    month: str
    gross: int
    net: int
    lines: tuple[tuple[str, int], ...]
    """Penalty number and amount, as deducted."""
    currency: str = "CNY"

    @property
    def deducted(self) -> int:
        return sum(amount for _, amount in self.lines)

    @property
    def rest(self) -> int:
        """What was paid beyond gross less deductions: a credit; negative: taken without a line."""
        return self.net - (self.gross - self.deducted)

    @property
    def excess(self) -> int:
        """What the deductions exceed the settlement by: it falls on the deposit."""
        return max(0, -self.net)


@dataclass(frozen=True)
class Line:
    """One penalty in one settlement."""

    ref: str
    difference: Difference
    expected: int | None
    posted: int | None


@dataclass(frozen=True)
class Credit:
    """Money that was deducted for a penalty that does not stand."""

    ref: str
    amount: int
    """Still owed back."""


@dataclass(frozen=True)
class Reconciled:
    posting: Posting
    lines: tuple[Line, ...]
    credited: tuple[Credit, ...]
    """What of the rest pays back which penalty."""

    @property
    def differences(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.difference is not Difference.AGREES)

    @property
    def unexplained(self) -> int:
        """The part of the rest that pays nothing back that we know of."""
        return self.posting.rest - sum(credit.amount for credit in self.credited)


@dataclass(frozen=True)
class Forecast:
    """What the settlement of a month will bring, as far as is known."""

    shop: ShopKey
    month: str
    currency: str
    fines: int = 0
    """Issued, standing and not deducted yet: of this month and carried over."""
    expected: int = 0
    """Predicted, with an amount."""
    unknown: int = 0
    """Predicted or issued without an amount: how many."""
    credits: int = 0
    cut_at: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.fines or self.expected or self.unknown)

    @property
    def total(self) -> int:
        """What will be taken, as far as it is known; negative: paid."""
        return self.fines + self.expected - self.credits


@dataclass(frozen=True)
class Books:
    """All settlements of a shop and currency, and what is still open after the last."""

    months: tuple[Reconciled, ...] = ()
    credits_due: tuple[Credit, ...] = ()
    undeducted: Mapping[str, LedgerEntry] = field(default_factory=dict)
    """Issued and standing, with an amount, not deducted yet: by the platform's number."""


def keep(entries: Sequence[LedgerEntry], postings: Sequence[Posting], currency: str = "CNY") -> Books:
    """Reconcile every posting, month by month; ``entries`` are all of one shop."""
    fines = {e.ref: e for e in entries if _is_fine(e) and e.currency == currency}
    stands = {e.ref for e in standing(entries) if _is_fine(e) and e.currency == currency}
    taken: dict[str, int] = {}
    owed: dict[str, int] = {}
    months: list[Reconciled] = []
    for posting in sorted((p for p in postings if p.currency == currency), key=lambda p: p.month):
        credited = _pay_back(owed, posting.rest)
        lines = [_line(ref, amount, fines, stands, taken) for ref, amount in posting.lines]
        for line in lines:
            if line.difference in (Difference.TAKEN_BACK, Difference.AGAIN):
                owed[line.ref] = owed.get(line.ref, 0) + (line.posted or 0)
        lines += [
            Line(ref, Difference.MISSING, fine.amount, None)
            for ref, fine in sorted(fines.items())
            if ref in stands and ref not in taken and fine.month <= posting.month
        ]
        months.append(Reconciled(posting, tuple(lines), credited))
    due = tuple(Credit(ref, amount) for ref, amount in sorted(owed.items()) if amount)
    left = {ref: fine for ref, fine in fines.items() if ref in stands and ref not in taken}
    return Books(tuple(months), due, left)


def forecast(
    shop: ShopKey,
    month: str,
    entries: Sequence[LedgerEntry],
    books: Books,
    now: datetime,
    *,
    window: timedelta,
    currency: str = "CNY",
    cut_at: datetime | None = None,
) -> Forecast:
    """What ``month`` will bring: fines not deducted yet, what is predicted, less what is owed back.

    What an earlier month's settlement has left out is carried over; while that one is not posted, it is its business.
    """
    settled = max((each.posting.month for each in books.months), default="")

    def falls(entry: LedgerEntry) -> bool:
        return entry.currency == currency and (entry.month == month or entry.month <= min(month, settled))

    pending = [e for e in match(entries, now, window).pending if falls(e)]
    unpriced = [
        e for e in standing(entries)
        if e.state is PenaltyState.ISSUED and e.kind is PenaltyKind.FINE and e.amount is None and falls(e)
    ]  # fmt: skip
    return Forecast(
        shop=shop,
        month=month,
        currency=currency,
        fines=sum(fine.amount or 0 for fine in books.undeducted.values() if falls(fine)),
        expected=sum(e.amount or 0 for e in pending),
        unknown=len(unpriced) + sum(1 for e in pending if e.kind is PenaltyKind.UNKNOWN),
        credits=sum(credit.amount for credit in books.credits_due),
        cut_at=cut_at,
    )


def _is_fine(entry: LedgerEntry) -> bool:
    """Money that the platform wants: fines, and measures that come with one."""
    asked = entry.kind in (PenaltyKind.FINE, PenaltyKind.MEASURE) and entry.state is PenaltyState.ISSUED
    return asked and entry.amount is not None and bool(entry.ref) and not entry.reverses


def _line(ref: str, amount: int, fines: Mapping[str, LedgerEntry], stands: set[str], taken: dict[str, int]) -> Line:
    fine = fines.get(ref)
    expected = fine.amount if fine is not None else None
    again = ref in taken
    taken[ref] = taken.get(ref, 0) + amount
    if again:
        return Line(ref, Difference.AGAIN, expected, amount)
    if fine is None:
        return Line(ref, Difference.UNKNOWN, None, amount)
    if ref not in stands:
        return Line(ref, Difference.TAKEN_BACK, expected, amount)
    return Line(ref, Difference.AGREES if expected == amount else Difference.AMOUNT, expected, amount)


def _pay_back(owed: dict[str, int], rest: int) -> tuple[Credit, ...]:
    """Pay what is owed back out of ``rest``, by number: the platform does not say for which it is."""
    paid = []
    for ref in sorted(owed):
        part = min(owed[ref], max(0, rest))
        if part:
            owed[ref] -= part
            rest -= part
            paid.append(Credit(ref, part))
    return tuple(paid)
