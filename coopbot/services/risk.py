"""What missing the orders that wait would cost, one after the other, and how that is reckoned (the money clock)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coopbot.domain.account import Risk
from coopbot.domain.amounts import Estimate, estimate
from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.lifecycle import State
from coopbot.domain.matching import counted
from coopbot.domain.penalty import predict
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk, Role, ShopKey, Team
from coopbot.ports import Tx
from coopbot.services.change import seen
from coopbot.services.deposits import deposit_of
from coopbot.services.money import year_of
from coopbot.services.permission import language_of, must_be_member, roles_of

WAITING = (State.OPEN, State.CLAIMED, State.OVERDUE)


@dataclass(frozen=True)
class Reckoned:
    """What missing one order costs, after those that are due before it."""

    seen: Seen
    costs: tuple[LedgerEntry, ...]
    estimate: Estimate | None
    """For amounts that nobody published; None before five fines were issued to the shop."""

    @property
    def unknown(self) -> bool:
        """Whether a part of it has no published amount."""
        return any(
            e.kind is PenaltyKind.UNKNOWN or (e.kind is PenaltyKind.FINE and e.amount is None) for e in self.costs
        )


def at_risk(tx: Tx, now: datetime, desk: Desk, team: Team) -> tuple[Risk, ...]:
    """Orders of the team that wait and fall due today, by currency: what a member may see (decisions.md 12)."""
    return summed(reckon(tx, now, desk, waiting(tx, now, desk, team)))


def reckoning(tx: Tx, now: datetime, desk: Desk, user: str, channel: str) -> tuple[list[Reckoned], str]:
    """How that sum comes about, order by order, and the reader's language. Raises Refusal for an outsider."""
    team = desk.team_in(channel) or desk.fallback
    if not roles_of(tx, desk, team, user) & {Role.LEAD, Role.MANAGER, Role.OPERATOR}:
        must_be_member(tx, desk, team, user)
    return list(reckon(tx, now, desk, waiting(tx, now, desk, team))), language_of(tx, desk, user, team)


def waiting(tx: Tx, now: datetime, desk: Desk, team: Team) -> list[Seen]:
    """The team's orders that have not ended."""
    return [seen(tx, order, desk, now) for order in tx.orders.unfinished(team.channel)]


def reckon(tx: Tx, now: datetime, desk: Desk, orders: Sequence[Seen]) -> Iterator[Reckoned]:
    """Those that wait and fall due today, soonest first: the first may be a warning, the second not any more."""
    grown: dict[ShopKey, list[LedgerEntry]] = {}
    late: dict[ShopKey, Mapping[str, datetime]] = {}
    guesses: dict[ShopKey, Estimate | None] = {}
    for it in sorted(orders, key=lambda each: each.due.at):
        end = (now.astimezone(it.rules.zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if it.state not in WAITING or it.due.at > end:
            continue
        shop = ShopKey(it.order.key.connection, it.order.facts.shop_id)
        if shop not in grown:
            history = year_of(tx, [shop], now)
            year = counted(history, now, it.rules.penalties.issue_within)
            grown[shop], late[shop] = list(year.entries), year.late_at
            guesses[shop] = estimate(history, desk.currency_of(shop))
        costs = _cost_now(tx, desk, it, shop, grown[shop], late[shop])
        if costs:  # of a late one it may have been taken back
            yield Reckoned(it, tuple(costs), guesses[shop])


def summed(reckoned: Iterator[Reckoned]) -> tuple[Risk, ...]:
    """By currency, never across."""
    risks: dict[str, Risk] = {}
    for each in reckoned:
        currency = each.costs[0].currency
        risks[currency] = _plus(risks.get(currency) or Risk(0, currency), each)
    return tuple(risks.values())


def _cost_now(
    tx: Tx, desk: Desk, it: Seen, shop: ShopKey, year: list[LedgerEntry], late_at: Mapping[str, datetime]
) -> Sequence[LedgerEntry]:
    """Of a late order what is predicted and may still come, of another one what missing it would add."""
    if it.order.breaches:
        ours = [entry for entry in year if entry.order == it.order.key]
        return [entry for entry in ours if entry.state is PenaltyState.PREDICTED and not entry.adds_nothing]
    held, currency = deposit_of(tx, shop), desk.currency_of(shop)
    balance = held.balance if held else None
    added = predict(it.order, it.rules, it.due.at, year, deposit=balance, currency=currency, late_at=late_at)
    year += added
    return added


def _plus(risk: Risk, each: Reckoned) -> Risk:
    return replace(
        risk,
        orders=risk.orders + 1,
        known=risk.known + sum(entry.amount or 0 for entry in each.costs),
        unknown=risk.unknown + each.unknown,
        warnings=risk.warnings + any(entry.kind is PenaltyKind.WARNING for entry in each.costs),
        points=risk.points + sum(entry.points or 0 for entry in each.costs if entry.kind is PenaltyKind.POINTS),
        assumed=risk.assumed or any(entry.assumed for entry in each.costs),
        estimate=each.estimate,
    )
