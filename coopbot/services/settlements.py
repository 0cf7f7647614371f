"""``settlement.posted``: booked line by line, compared with our books, and the owners told what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from coopbot.domain.event import PlatformEvent
from coopbot.domain.facts import fen
from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.periods import LONG_AGO, cut_at
from coopbot.domain.profile import Profile
from coopbot.domain.settlement import Books, Posting, keep
from coopbot.domain.team import Desk, ShopKey
from coopbot.ports import Tx
from coopbot.services.alarm import alarm
from coopbot.services.deposits import deposit_of, floor_of
from coopbot.services.telling import tell_owners


def posted(tx: Tx, now: datetime, desk: Desk, event: PlatformEvent) -> None:
    """Book it once a shop and month; a second posting of other content alarms the operator, and the first counts."""
    said = _read(event, desk)
    key = f"{_prefix(said.shop)}{said.month}"
    kept = tx.notes.get(key)
    if kept is not None:
        if kept != _to_json(said):
            alarm(tx, desk, "settlement_again", key=key, shop=str(said.shop), month=said.month)
        return
    tx.notes.put(key, _to_json(said), now)
    tx.ledger.add(_entries(said, desk.profile))
    (here,) = [month for month in books_of(tx, said.shop, said.currency).months if month.posting == said]
    tell_owners(
        tx, desk, said.shop, "settlement", month=said.month, gross=said.gross, deducted=said.deducted, net=said.net,
        currency=said.currency, excess=said.excess, then_short=_then_short(tx, desk, said),
        unexplained=here.unexplained,
        credited=sum(credit.amount for credit in here.credited),
        differences=[[line.ref, line.difference.value, line.expected, line.posted] for line in here.differences[:20]],
        more=max(0, len(here.differences) - 20),
    )  # fmt: skip


def _then_short(tx: Tx, desk: Desk, said: Posting) -> int:
    """What the deposit will lack once the excess is taken out; nothing where its balance is newer than the cut."""
    held = deposit_of(tx, said.shop)
    cut = cut_at(said.month, desk.profile.penalties.settlement_cut_day or 31, desk.profile.zone)
    if not said.excess or held is None or held.at >= cut:
        return 0
    return replace(held, balance=held.balance - said.excess).short(floor_of(desk, said.shop))


def books_of(tx: Tx, shop: ShopKey, currency: str) -> Books:
    """All settlements of the shop against all of its entries."""
    return keep(tx.ledger.since([shop], LONG_AGO), postings_of(tx, shop), currency)


def postings_of(tx: Tx, shop: ShopKey) -> list[Posting]:
    return [_from_json(shop, value) for value in tx.notes.all(_prefix(shop)).values()]


def _entries(said: Posting, rules: Profile) -> list[LedgerEntry]:
    """One entry a line, one for what was paid without a line; what exceeds the settlement is expected of the deposit.

    They are dated by the month's cut, not by their coming, so that a replay gives the same ledger.
    """
    at = cut_at(said.month, rules.penalties.settlement_cut_day or 31, rules.zone)
    one = LedgerEntry(
        key=f"settlement:{said.shop}:{said.month}",
        shop=said.shop,
        kind=PenaltyKind.SETTLEMENT,
        state=PenaltyState.ISSUED,
        at=at,
        month=said.month,
        basis="settlement",
        currency=said.currency,
    )
    found = [_line(one, f"{index}:{ref}", amount, ref) for index, (ref, amount) in enumerate(said.lines)]
    if said.rest:
        found.append(_line(one, "rest", said.rest, "", PenaltyKind.CREDIT))
    if said.excess:
        found.append(_line(one, "excess", said.excess, "", PenaltyKind.DEPOSIT, PenaltyState.PREDICTED))
    return found


def _line(
    one: LedgerEntry,
    what: str,
    amount: int,
    ref: str,
    kind: PenaltyKind = PenaltyKind.SETTLEMENT,
    state: PenaltyState = PenaltyState.ISSUED,
) -> LedgerEntry:
    return LedgerEntry(
        f"{one.key}:{what}", one.shop, kind, state, one.at, one.month, amount=amount, basis=one.basis,
        currency=one.currency, ref=ref,
    )  # fmt: skip


def _read(event: PlatformEvent, desk: Desk) -> Posting:
    data = event.data
    shop = ShopKey(event.connection, data["shop_id"])
    return Posting(
        shop=shop,
        month=data["month"],
        gross=fen(data["gross"]),
        net=fen(data["net"]),
        lines=tuple((each["penalty_no"], fen(each["amount"])) for each in data["deductions"]),
        currency=desk.currency_of(shop),
    )


def _prefix(shop: ShopKey) -> str:
    return f"settlement:{shop}:"


def _to_json(said: Posting) -> dict[str, Any]:
    return {
        "month": said.month,
        "gross": said.gross,
        "net": said.net,
        "lines": [list(line) for line in said.lines],
        "currency": said.currency,
    }


def _from_json(shop: ShopKey, data: Mapping[str, Any]) -> Posting:
    lines = tuple((str(ref), int(amount)) for ref, amount in data["lines"])
    return Posting(shop, data["month"], data["gross"], data["net"], lines, data["currency"])
