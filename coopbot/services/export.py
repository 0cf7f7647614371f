"""The ledger for the accountant: one row an entry, amounts as decimal text, nothing summed across currencies."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from coopbot.domain.facts import yuan
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.periods import LONG_AGO
from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Tx

COLUMNS = (
    *("month", "at", "shop", "shop_name", "kind", "state", "penalty_no", "work_order_no", "track", "points"),
    *("amount", "currency", "days", "measure", "assumed", "basis", "reverses", "key"),
)
"""``amount`` is what the entry takes, with two decimals; a counter-entry's is negative, so that a column sums up."""
_ACTS = ("=", "+", "-", "@", "\t", "\r")


def entries(tx: Tx, desk: Desk, shop: str = "", month: str = "") -> list[LedgerEntry]:
    """All entries of the configured shops, or of one (by key or id), of all months or of one."""
    shops = [
        key for team in desk.teams for key in sorted(team.shops) if not shop or shop in (str(key), key.shop_id)
    ]  # fmt: skip
    if shop and not shops and ":" in shop:
        shops = [ShopKey(*shop.split(":", 1))]
    return [each for each in tx.ledger.since(shops, LONG_AGO) if not month or each.month == month]


def as_csv(rows: Iterable[LedgerEntry], desk: Desk) -> str:
    """CSV with a byte order mark, which spreadsheets need to read Chinese; times in the profile's zone."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in rows:
        writer.writerow([_harmless(value) for value in _row(each, desk, desk.profile.zone)])
    return out.getvalue()


def _row(each: LedgerEntry, desk: Desk, zone: ZoneInfo) -> Sequence[str]:
    sign = -1 if each.counters else 1
    return (
        each.month,
        each.at.astimezone(zone).isoformat(timespec="seconds"),
        str(each.shop),
        desk.shop_name(OrderKey(each.shop.connection, ""), each.shop.shop_id),
        each.kind.value,
        each.state.value,
        each.ref,
        each.order.number if each.order else "",
        each.track,
        "" if each.points is None else str(sign * each.points),
        "" if each.amount is None else yuan(sign * each.amount),
        each.currency,
        "" if each.days is None else str(each.days),
        each.text,
        "yes" if each.assumed else "",
        each.basis,
        each.reverses,
        each.key,
    )


def _harmless(text: str) -> str:
    """A cell that a spreadsheet would run as a formula is text; a negative number is no formula."""
    if text.startswith(_ACTS) and not text.removeprefix("-").replace(".", "", 1).isdigit():
        return "'" + text
    return text
