"""Prediction meets fact: which penalty that the platform issued is which one that we predicted.

Derived from the set of entries alone, so that late and disordered events end in the same pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from coopbot.domain.ledger import PENALTIES, LedgerEntry, PenaltyKind, PenaltyState, standing
from coopbot.domain.work_order import OrderKey

WINDOW = timedelta(days=30)
"""How long after a breach the platform may issue its penalty before we say that none came (assumed)."""


class Verdict(StrEnum):
    CONFIRMED = "confirmed"
    """What came is what we said; of an unknown amount, that there are points or a fine."""
    CORRECTED = "corrected"
    """The kind is right, the number is not."""
    CONTRADICTED = "contradicted"
    """Another kind of penalty came."""


@dataclass(frozen=True)
class Pair:
    predicted: LedgerEntry
    issued: LedgerEntry
    verdict: Verdict


@dataclass(frozen=True)
class Matched:
    pairs: tuple[Pair, ...]
    pending: tuple[LedgerEntry, ...]
    """Predicted, may still come."""
    never_came: tuple[LedgerEntry, ...]
    """Predicted, and the window has passed."""
    unpredicted: tuple[LedgerEntry, ...]
    """Issued, and nothing that we predicted fits."""


def match(entries: Sequence[LedgerEntry], now: datetime, window: timedelta = WINDOW) -> Matched:
    """Pair the predictions with what was issued: by order number, else by shop and time.

    A penalty that was issued and taken back still answers its prediction; a prediction that we took back ourselves
    (voided, waived) is none.
    """
    kept = {entry.key for entry in standing(entries)}
    ours = sorted(
        (e for e in entries if e.state is PenaltyState.PREDICTED and e.key in kept and e.kind in PENALTIES), key=_order
    )
    theirs = sorted((e for e in entries if e.state is PenaltyState.ISSUED and e.kind in PENALTIES), key=_order)
    free = {entry.key: entry for entry in ours}
    by_order: dict[OrderKey | None, list[LedgerEntry]] = defaultdict(list)
    for entry in ours:
        by_order[entry.order].append(entry)
    pairs: list[Pair] = []
    unpredicted: list[LedgerEntry] = []
    for issued in theirs:
        if issued.order is None:
            continue
        candidates = [entry for entry in by_order[issued.order] if entry.key in free]
        # "points or a fine" is answered by both of them, should both come
        vague = [entry for entry in by_order[issued.order] if entry.kind is PenaltyKind.UNKNOWN]
        fits = _best(candidates or vague, issued)
        _pair(pairs, unpredicted, free, fits, issued)
    for issued in theirs:
        if issued.order is None:
            near = [entry for entry in free.values() if _near(entry, issued, window)]
            _pair(pairs, unpredicted, free, _best(near, issued), issued)
    # What came for an order says all that comes for it: its other predictions did not.
    # Limits on the shop follow later, when its points are counted.
    answered = {pair.predicted.order for pair in pairs} - {None}
    never = tuple(
        entry
        for entry in free.values()
        if now > entry.at + window or (entry.order in answered and entry.kind is not PenaltyKind.MEASURE)
    )
    gone = {entry.key for entry in never}
    pending = tuple(entry for entry in free.values() if entry.key not in gone)
    pairs.sort(key=lambda pair: _order(pair.issued))
    awaited = tuple(entry for entry in never if not entry.adds_nothing)
    return Matched(tuple(pairs), pending, awaited, tuple(sorted(unpredicted, key=_order)))


def _pair(
    pairs: list[Pair],
    unpredicted: list[LedgerEntry],
    free: dict[str, LedgerEntry],
    predicted: LedgerEntry | None,
    issued: LedgerEntry,
) -> None:
    if predicted is None:
        unpredicted.append(issued)
        return
    free.pop(predicted.key, None)
    pairs.append(Pair(predicted, issued, verdict(predicted, issued)))


def _near(predicted: LedgerEntry, issued: LedgerEntry, window: timedelta) -> bool:
    """Shop and time can say what came, not that it was something else: another order's prediction still waits."""
    fits = verdict(predicted, issued) is not Verdict.CONTRADICTED
    return fits and predicted.shop == issued.shop and predicted.at <= issued.at <= predicted.at + window


def effective(entries: Sequence[LedgerEntry], now: datetime, window: timedelta = WINDOW) -> tuple[LedgerEntry, ...]:
    """Each offence once: what was issued and stands, and what is predicted and may still come."""
    return counted(entries, now, window).entries


@dataclass(frozen=True)
class Counted:
    """What a rule counts of a shop's year: each offence once."""

    entries: tuple[LedgerEntry, ...]
    late_at: Mapping[str, datetime]
    """When the offence happened that an issued one answers, by its key: it was issued later, perhaps next month."""


def counted(entries: Sequence[LedgerEntry], now: datetime, window: timedelta = WINDOW) -> Counted:
    """What was issued and stands, and what is predicted and may still come."""
    matched = match(entries, now, window)
    issued = [e for e in standing(entries) if e.state is PenaltyState.ISSUED and e.kind in PENALTIES]
    late_at = {pair.issued.key: min(pair.issued.at, pair.predicted.at) for pair in matched.pairs}
    return Counted(tuple(sorted([*issued, *matched.pending], key=_order)), late_at)


def verdict(predicted: LedgerEntry, issued: LedgerEntry) -> Verdict:
    """What the platform's word makes of ours."""
    if predicted.kind is PenaltyKind.UNKNOWN and issued.kind in (PenaltyKind.POINTS, PenaltyKind.FINE):
        return Verdict.CONFIRMED
    if predicted.kind is not issued.kind:
        return Verdict.CONTRADICTED
    same_points = predicted.points is None or predicted.points == issued.points
    same_amount = predicted.amount is None or predicted.amount == issued.amount
    return Verdict.CONFIRMED if same_points and same_amount else Verdict.CORRECTED


def _best(ours: Sequence[LedgerEntry], issued: LedgerEntry) -> LedgerEntry | None:
    """The one of the same kind where there is one, else the earliest."""
    rank = {Verdict.CONFIRMED: 0, Verdict.CORRECTED: 1, Verdict.CONTRADICTED: 2}
    return min(ours, key=lambda each: (rank[verdict(each, issued)], *_order(each)), default=None)


def _order(entry: LedgerEntry) -> tuple[datetime, str]:
    return (entry.at, entry.key)
