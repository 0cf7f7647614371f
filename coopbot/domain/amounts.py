"""What a rule's money comes to for one order: integers only, and nothing where nothing was published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState, standing
from coopbot.domain.penalty_rules import Money

WHOLE = 10_000
"""Basis points of the whole."""
LEAST_FOR_MEDIAN = 5
"""From how many issued ones on a median is said (decisions.md 23)."""


class Amount(NamedTuple):
    """Minor units (fen); None when unknown."""

    value: int | None
    at_least: bool = False
    """Whether a part of the rule could not be computed (an order or a deposit of unknown size): it may be more."""


class Estimate(NamedTuple):
    """The median of what was issued so far, and of how many."""

    median: int
    of: int


def amount_of(money: Money, order_amount: int | None = None, days: int = 1, deposit: int | None = None) -> Amount:
    """The largest of what the rule names. Shares are rounded up to a whole fen (assumed: against the merchant).

    ``days`` are the begun days of lateness, for what is charged per day.
    """
    parts: list[int] = []
    missing = False
    if money.fixed is not None:
        parts.append(money.fixed)
    if money.per_day is not None:
        parts.append(money.per_day * max(1, days))
    if money.basis_points is not None:
        share = None if order_amount is None else _share(order_amount, money.basis_points)
        if share is None:
            missing = money.most is None or money.least != money.most
            parts += [money.least] if money.least is not None else []
        else:
            share = max(share, money.least) if money.least is not None else share
            parts.append(min(share, money.most) if money.most is not None else share)
    if money.share_of_deposit is not None:
        if deposit is None:
            missing = True
        else:
            parts.append(_share(max(0, deposit), money.share_of_deposit))
    return Amount(max(parts), missing) if parts else Amount(None)


def estimate(entries: Iterable[LedgerEntry], currency: str) -> Estimate | None:
    """The median of the fines that were issued and stand; None before there are five (decisions.md 23).

    Of an even number the lower of the two in the middle: a figure that was really issued.
    """
    fines = sorted(
        entry.amount
        for entry in standing(list(entries))
        if entry.kind is PenaltyKind.FINE
        and entry.state is PenaltyState.ISSUED
        and entry.amount is not None
        and entry.currency == currency
    )
    if len(fines) < LEAST_FOR_MEDIAN:
        return None
    return Estimate(fines[(len(fines) - 1) // 2], len(fines))


def _share(amount: int, basis_points: int) -> int:
    return -(-amount * basis_points // WHOLE)
