"""The ledger as sheets for the accountant: one a shop and currency, so that a column may be summed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from coopbot.domain.ledger import PenaltyKind
from coopbot.domain.profile import Profile
from coopbot.ports import Translate
from coopbot.views.month import STATES
from coopbot.views.pen import msgid
from coopbot.views.penalty import BASES, measure_name, track_name
from coopbot.views.text import clean

Cell = str | int | Decimal | datetime | None
COLUMNS = {
    "month": msgid("Month"),
    "at": msgid("Time ({zone})"),
    "shop": msgid("Shop id"),
    "shop_name": msgid("Shop"),
    "kind": msgid("Kind"),
    "state": msgid("State"),
    "penalty_no": msgid("Penalty"),
    "work_order_no": msgid("Work order"),
    "track": msgid("Track"),
    "points": msgid("Points"),
    "amount": msgid("Amount"),
    "currency": msgid("Currency"),
    "days": msgid("Days"),
    "measure": msgid("Measure"),
    "assumed": msgid("Assumed"),
    "basis": msgid("Basis"),
    "reverses": msgid("Takes back"),
    "key": msgid("Entry"),
}
"""Headings, by the export's columns."""
KINDS = {
    PenaltyKind.WARNING: msgid("warning"),
    PenaltyKind.POINTS: msgid("points"),
    PenaltyKind.FINE: msgid("fine"),
    PenaltyKind.MEASURE: msgid("limit on the shop"),
    PenaltyKind.UNKNOWN: msgid("points or a fine"),
    PenaltyKind.SETTLEMENT: msgid("taken from the settlement"),
    PenaltyKind.CREDIT: msgid("given back"),
    PenaltyKind.DEPOSIT: msgid("taken from the deposit"),
    PenaltyKind.TOP_UP: msgid("paid into the deposit"),
}
REASONS = {
    **BASES,
    "issued": msgid("issued by the platform"),
    "revoked": msgid("revoked by the platform"),
    "voided": msgid("the work order was voided"),
    "outage": msgid("outage"),
    "exam": msgid("an exam in place of points"),
    "settlement": msgid("by the settlement"),
    "deposit": msgid("by the deposit's balance"),
    "opening": msgid("opening balance"),
    "split": msgid("a balance in between came later"),
    "in_time": msgid("answered in time"),
    "other": msgid("other ground"),
    "lost": msgid("appeal lost"),
}
"""Why an entry is there, or on which ground there is an appeal."""
SUMMARY = {
    **COLUMNS,
    "warnings": msgid("Warnings"),
    "fined": msgid("Fines that stand"),
    "settlement": msgid("Taken from settlements"),
    "credit": msgid("Given back"),
    "deposit": msgid("Taken from the deposit"),
    "top_up": msgid("Paid into the deposit"),
}
_WORDS = {**{kind.value: name for kind, name in KINDS.items()}, **{state.value: name for state, name in STATES.items()}}


@dataclass(frozen=True)
class Sheet:
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def summary_sheet(columns: Sequence[str], rows: Sequence[Sequence[Cell]], t: Translate) -> Sheet:
    """What each month came to, by shop and currency."""
    return Sheet(
        t("Summary"), tuple(t(SUMMARY[name]) for name in columns), tuple(tuple(map(_plain, row)) for row in rows)
    )


def sheets(columns: Sequence[str], rows: Sequence[Sequence[Cell]], rules: Profile, t: Translate) -> list[Sheet]:
    """``rows`` by shop and currency; one empty sheet where there is none. Instants are in the profile's zone."""
    headings = tuple(t(COLUMNS[name], zone=rules.zone.key) for name in columns)
    parts: dict[tuple[str, str, str], list[tuple[Cell, ...]]] = defaultdict(list)
    for row in rows:
        at = dict(zip(columns, row, strict=True))
        shop, name, currency = (str(at[column]) for column in ("shop", "shop_name", "currency"))
        parts[shop, name, currency].append(tuple(_said(column, at, rules, t) for column in columns))
    found = [
        Sheet(clean(f"{name} {currency}"), headings, tuple(some)) for (_, name, currency), some in sorted(parts.items())
    ]
    return found or [Sheet(t("Ledger"), headings, ())]


def _plain(value: Cell) -> Cell:
    return clean(value) if isinstance(value, str) else value


def _said(column: str, row: Mapping[str, Cell], rules: Profile, t: Translate) -> Cell:
    value = row[column]
    if not isinstance(value, str) or not value:
        return value
    match column:
        case "kind" | "state":
            return t(_WORDS[value])
        case "basis":
            return t(REASONS[value]) if value in REASONS else clean(value)
        case "assumed":
            return t("yes")
        case "track":
            return clean(track_name(value, t, rules))
        case "measure":
            return clean(measure_name(value, str(row["track"]), row["points"], t, rules))
        case _:
            return clean(value)
