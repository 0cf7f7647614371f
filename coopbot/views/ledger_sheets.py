"""The ledger as sheets for the accountant: one a shop and currency, so that a column may be summed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from coopbot.domain.ledger import PenaltyKind
from coopbot.ports import Translate
from coopbot.views.month import STATES
from coopbot.views.pen import msgid
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
_WORDS = {**{kind.value: name for kind, name in KINDS.items()}, **{state.value: name for state, name in STATES.items()}}


@dataclass(frozen=True)
class Sheet:
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheets(columns: Sequence[str], rows: Sequence[Sequence[Cell]], zone: str, t: Translate) -> list[Sheet]:
    """``rows`` by shop and currency; one empty sheet where there is none. ``zone`` is that of the instants."""
    headings = tuple(t(COLUMNS[name], zone=zone) for name in columns)
    place = {name: index for index, name in enumerate(columns)}
    parts: dict[tuple[str, str, str], list[tuple[Cell, ...]]] = defaultdict(list)
    for row in rows:
        shop, name, currency = (str(row[place[column]]) for column in ("shop", "shop_name", "currency"))
        parts[shop, name, currency].append(tuple(_said(column, row[place[column]], t) for column in columns))
    found = [
        Sheet(clean(f"{name} {currency}"), headings, tuple(some)) for (_, name, currency), some in sorted(parts.items())
    ]
    return found or [Sheet(t("Ledger"), headings, ())]


def _said(column: str, value: Cell, t: Translate) -> Cell:
    if not isinstance(value, str):
        return value
    if column in ("kind", "state"):
        return t(_WORDS[value])
    return t("yes") if column == "assumed" and value else clean(value)
