"""The ledger for the accountant: one row an entry, amounts exact, nothing summed across currencies."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState, standing
from coopbot.domain.periods import LONG_AGO
from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Tx
from coopbot.services.exposure import shops_led

COLUMNS = (
    *("month", "at", "shop", "shop_name", "kind", "state", "penalty_no", "work_order_no", "track", "points"),
    *("amount", "currency", "days", "measure", "assumed", "basis", "reverses", "key"),
)
"""``amount`` is what the entry takes, with two decimals; a counter-entry's is negative, so that a column sums up."""
SUMMARY = (
    *("month", "shop", "shop_name", "currency", "warnings", "points"),
    *("fined", "settlement", "credit", "deposit", "top_up"),
)
"""What the platform did in a month: what it issued and took back is not in it, nor what we only expect."""
Cell = str | int | Decimal | datetime | None
Row = tuple[Cell, ...]
"""The values of :data:`COLUMNS`; the instant is aware, in the profile's zone."""
_MONEY = (
    *(PenaltyKind.FINE, PenaltyKind.SETTLEMENT, PenaltyKind.CREDIT),
    *(PenaltyKind.DEPOSIT, PenaltyKind.TOP_UP),
)
_ACTS = ("=", "+", "-", "@", "\t", "\r")


def entries(tx: Tx, desk: Desk, shop: str = "", month: str = "") -> list[LedgerEntry]:
    """All entries of the configured shops, or of one (by key or id), of all months or of one."""
    shops = [
        key for team in desk.teams for key in sorted(team.shops) if not shop or shop in (str(key), key.shop_id)
    ]  # fmt: skip
    if shop and not shops and ":" in shop:
        shops = [ShopKey(*shop.split(":", 1))]
    return _of(tx, shops, month)


def for_owner(
    tx: Tx, desk: Desk, user: str, channel: str, shop: str = "", month: str = ""
) -> tuple[list[LedgerEntry], str]:
    """Those of the shops whose account ``user`` may see, and the language. Raises Refusal for a member."""
    shops, language = shops_led(tx, desk, user, channel, shop)
    return _of(tx, shops, month), language


def rows(some: Iterable[LedgerEntry], desk: Desk) -> list[Row]:
    """Each entry as :data:`COLUMNS` says."""
    return [_row(each, desk) for each in some]


def summary(some: Iterable[LedgerEntry], desk: Desk) -> list[Row]:
    """A row a month, shop and currency, as :data:`SUMMARY` says."""
    every = [each for each in standing(list(some)) if each.state is PenaltyState.ISSUED]
    sums: dict[tuple[str, ShopKey, str], Counter[PenaltyKind]] = defaultdict(Counter)
    for each in every:
        counts = {PenaltyKind.WARNING: 1, PenaltyKind.POINTS: each.points or 0}
        kind = PenaltyKind.FINE if each.kind is PenaltyKind.MEASURE else each.kind
        sums[each.month, each.shop, each.currency][kind] += counts.get(each.kind, each.amount or 0)
    return [
        (
            month,
            str(shop),
            desk.shop_name(OrderKey(shop.connection, ""), shop.shop_id),
            currency,
            of[PenaltyKind.WARNING],
            of[PenaltyKind.POINTS],
            *(Decimal(of[kind]).scaleb(-2) for kind in _MONEY),
        )
        for (month, shop, currency), of in sorted(sums.items())
    ]


def as_csv(some: Iterable[LedgerEntry], desk: Desk) -> str:
    """CSV with a byte order mark, which spreadsheets need to read Chinese; times with the profile's offset."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in rows(some, desk):
        writer.writerow([_written(value) for value in each])
    return out.getvalue()


def _of(tx: Tx, shops: Sequence[ShopKey], month: str) -> list[LedgerEntry]:
    return [each for each in tx.ledger.since(shops, LONG_AGO) if not month or each.month == month]


def _row(each: LedgerEntry, desk: Desk) -> Row:
    sign = -1 if each.counters else 1
    return (
        each.month,
        each.at.astimezone(desk.profile.zone),
        str(each.shop),
        desk.shop_name(OrderKey(each.shop.connection, ""), each.shop.shop_id),
        each.kind.value,
        each.state.value,
        each.ref,
        each.order.number if each.order else "",
        each.track,
        None if each.points is None else sign * each.points,
        None if each.amount is None else Decimal(sign * each.amount).scaleb(-2),
        each.currency,
        each.days,
        each.text,
        "yes" if each.assumed else "",
        each.basis,
        each.reverses,
        each.key,
    )


def _written(value: Cell) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat(timespec="seconds")
        case Decimal() | int():
            return str(value)
        case str():
            return "'" + value if value.startswith(_ACTS) else value  # or a spreadsheet would run it as a formula
