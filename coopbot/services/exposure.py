"""What is at risk: the team's unanswered orders today, the month's settlement, the deposit, the points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from coopbot.domain.account import Account, Risk
from coopbot.domain.amounts import Estimate, estimate
from coopbot.domain.appeals import record
from coopbot.domain.ledger import LedgerEntry, PenaltyKind
from coopbot.domain.lifecycle import State
from coopbot.domain.matching import effective, match
from coopbot.domain.penalty import Cost, cost, predict
from coopbot.domain.periods import cut_at, month_of
from coopbot.domain.seen import Seen
from coopbot.domain.settlement import forecast, keep
from coopbot.domain.team import Desk, Role, ShopKey, Team
from coopbot.domain.tracks import standings
from coopbot.domain.work_order import OrderKey
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.change import seen
from coopbot.services.deposits import deposit_of
from coopbot.services.money import shops_of, year_of
from coopbot.services.permission import language_of, roles_of, with_leads
from coopbot.services.settlements import postings_of

WAITING = (State.OPEN, State.CLAIMED, State.OVERDUE)


def at_risk(tx: Tx, now: datetime, desk: Desk, team: Team) -> tuple[Risk, ...]:
    """Orders of the team that wait and fall due today, by currency: what a member may see (decisions.md 12)."""
    return _risks(tx, now, desk, [seen(tx, order, desk, now) for order in tx.orders.unfinished(team.channel)])


def cost_of(tx: Tx, it: Seen) -> Cost | None:
    """What missing this order would cost now, and the next one; None once it is answered, late or ended."""
    if it.state not in (State.OPEN, State.CLAIMED):
        return None
    shop = ShopKey(it.order.key.connection, it.order.facts.shop_id)
    held = deposit_of(tx, shop)
    return cost(it.order, it.rules, it.due.at, year_of(tx, [shop], it.now), held.balance if held else None)


def for_owner(
    tx: Tx, now: datetime, desk: Desk, user: str, channel: str, shop: str = "", month: str = ""
) -> tuple[list[Account], str]:
    """The accounts that ``user`` may see: of the channel's team, else of all theirs. Raises Refusal for a member."""
    here = desk.team_in(channel)
    teams = [here] if here is not None else [*desk.teams, desk.fallback]
    mine = [team for team in teams if roles_of(tx, desk, team, user) & {Role.LEAD, Role.MANAGER, Role.OPERATOR}]
    if not mine:
        raise Refusal("only_owners", leads=list(with_leads(tx, here).leads) if here else [])
    found = [
        money_of(tx, now, desk, key, month) for team in mine for key in shops_of(tx, desk, team)
        if not shop or shop in (key.shop_id, str(key), desk.shop_name(OrderKey(key.connection, ""), key.shop_id))
    ]  # fmt: skip
    if shop and not found:
        raise Refusal("unknown_shop", shop=shop)
    return found, language_of(tx, desk, user, mine[0])


def accounts(tx: Tx, now: datetime, desk: Desk, shop: str = "", month: str = "") -> list[Account]:
    """Every shop's account, or one's: for the operator's terminal."""
    keys = [key for team in (*desk.teams, desk.fallback) for key in shops_of(tx, desk, team)]
    return [money_of(tx, now, desk, key, month) for key in keys if not shop or shop in (str(key), key.shop_id)]


def money_of(tx: Tx, now: datetime, desk: Desk, shop: ShopKey, month: str = "") -> Account:
    """Everything about one shop's money; ``month`` like ``2026-11``, the present one where none is named."""
    rules = desk.profile
    month = month or month_of(now, rules.zone)
    entries = year_of(tx, [shop], now)
    currency = rules.penalties.currency
    books = keep(entries, postings_of(tx, shop), currency)
    cut = rules.penalties.settlement_cut_day
    held = deposit_of(tx, shop)
    team = desk.team_of(shop.connection, shop.shop_id)
    waiting = [
        seen(tx, order, desk, now) for order in tx.orders.unfinished(team.channel)
        if (order.key.connection, order.facts.shop_id) == shop
    ]  # fmt: skip
    today = _risks(tx, now, desk, waiting)
    window = rules.penalties.issue_within
    return Account(
        shop=shop,
        name=desk.shop_name(OrderKey(shop.connection, ""), shop.shop_id),
        today=next(iter(today), Risk(0, currency)),
        forecast=forecast(
            shop, month, entries, books, now, window=window, currency=currency,
            cut_at=cut_at(month, cut, rules.zone) if cut else None,
        ),
        deposit=held,
        floor=held.floor(rules.penalties.deposit_floor) if held else rules.penalties.deposit_floor or 0,
        tracks=standings(effective(entries, now, window), rules.penalties, now, rules.zone),
        deadlines=tuple(tx.deadlines.open([shop])),
        matched=match(entries, now, window),
        appeals=record(entries),
        last=next((each for each in reversed(books.months) if each.posting.month <= month), None),
        month=month,
        entries=tuple(entry for entry in entries if entry.month == month),
    )  # fmt: skip


def _risks(tx: Tx, now: datetime, desk: Desk, orders: Sequence[Seen]) -> tuple[Risk, ...]:
    """One after the other, soonest first: the first may be a warning, the second not any more."""
    risks: dict[str, Risk] = {}
    grown: dict[ShopKey, list[LedgerEntry]] = {}
    guesses: dict[ShopKey, Estimate | None] = {}
    for it in sorted(orders, key=lambda each: each.due.at):
        end = (now.astimezone(it.rules.zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if it.state not in WAITING or it.due.at > end:
            continue
        shop = ShopKey(it.order.key.connection, it.order.facts.shop_id)
        currency = it.rules.penalties.currency
        if shop not in grown:
            history = year_of(tx, [shop], now)
            grown[shop] = list(effective(history, now, it.rules.penalties.issue_within))
            guesses[shop] = estimate(history, currency)
        costs = _cost_now(tx, it, shop, grown[shop])
        risks[currency] = _plus(risks.get(currency) or Risk(0, currency), costs, guesses[shop])
    return tuple(risks.values())


def _cost_now(tx: Tx, it: Seen, shop: ShopKey, counted: list[LedgerEntry]) -> Sequence[LedgerEntry]:
    """Of a late order what is predicted already, of another one what missing it would add."""
    if it.order.breaches:
        return [entry for entry in counted if entry.order == it.order.key]
    held = deposit_of(tx, shop)
    added = predict(it.order, it.rules, it.due.at, counted, deposit=held.balance if held else None)
    counted += added
    return added


def _plus(risk: Risk, costs: Sequence[LedgerEntry], guess: Estimate | None) -> Risk:
    unknown = any(e.kind is PenaltyKind.UNKNOWN or (e.kind is PenaltyKind.FINE and e.amount is None) for e in costs)
    return replace(
        risk,
        orders=risk.orders + 1,
        known=risk.known + sum(entry.amount or 0 for entry in costs),
        unknown=risk.unknown + unknown,
        warnings=risk.warnings + any(entry.kind is PenaltyKind.WARNING for entry in costs),
        points=risk.points + sum(entry.points or 0 for entry in costs if entry.kind is PenaltyKind.POINTS),
        assumed=risk.assumed or any(entry.assumed for entry in costs),
        estimate=guess,
    )
