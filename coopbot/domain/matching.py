"""Prediction meets fact: which penalty that the platform issued is which one that we predicted.

Derived from the set of entries alone, so that late and disordered events end in the same pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from coopbot.domain.ledger import PENALTIES, LedgerEntry, PenaltyKind, PenaltyState, standing

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
    ours = [e for e in entries if e.state is PenaltyState.PREDICTED and e.key in kept and e.kind in PENALTIES]
    theirs = [e for e in entries if e.state is PenaltyState.ISSUED and e.kind in PENALTIES]
    ours.sort(key=_order)
    theirs.sort(key=_order)
    pairs: list[Pair] = []
    left: list[LedgerEntry] = []
    for issued in theirs:
        predicted = _best([e for e in ours if issued.order is not None and e.order == issued.order], issued)
        if predicted is None:
            # "points or a fine" is answered by both of them, should both come
            vague = [p.predicted for p in pairs if p.predicted.kind is PenaltyKind.UNKNOWN]
            again = next((e for e in vague if issued.order is not None and e.order == issued.order), None)
            if again is not None:
                pairs.append(Pair(again, issued, verdict(again, issued)))
            else:
                left.append(issued)
            continue
        ours.remove(predicted)
        pairs.append(Pair(predicted, issued, verdict(predicted, issued)))
    unpredicted: list[LedgerEntry] = []
    for issued in left:
        near = [e for e in ours if e.shop == issued.shop and e.at <= issued.at <= e.at + window]
        fits = _best(near, issued) if issued.order is None else None
        if fits is not None:
            ours.remove(fits)
            pairs.append(Pair(fits, issued, verdict(fits, issued)))
        else:
            unpredicted.append(issued)
    # What came for an order says all that comes for it: its other predictions did not.
    # Limits on the shop follow later, when its points are counted.
    answered = {pair.issued.order for pair in pairs} - {None}
    never = [
        e for e in ours if now > e.at + window or (e.order in answered and e.kind is not PenaltyKind.MEASURE)
    ]
    gone = {e.key for e in never}
    return Matched(
        tuple(sorted(pairs, key=lambda pair: _order(pair.issued))),
        tuple(e for e in ours if e.key not in gone),
        tuple(never),
        tuple(unpredicted),
    )


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
