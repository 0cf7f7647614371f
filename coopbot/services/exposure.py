"""What is at risk: the team's unanswered orders today, the month's settlement, the deposit, the points."""

from __future__ import annotations

from datetime import datetime

from coopbot.domain.account import Account, Risk
from coopbot.domain.appeals import record
from coopbot.domain.lifecycle import State
from coopbot.domain.matching import effective, match
from coopbot.domain.penalty import Cost, cost, month_of
from coopbot.domain.periods import cut_at, month_before, next_month
from coopbot.domain.seen import Seen
from coopbot.domain.settlement import Forecast, forecast, keep
from coopbot.domain.team import Desk, Role, ShopKey
from coopbot.domain.tracks import standings
from coopbot.domain.work_order import OrderKey
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.deposits import deposit_of, floor_of
from coopbot.services.money import shops_of, year_of
from coopbot.services.permission import language_of, roles_of, with_leads
from coopbot.services.risk import reckon, summed, waiting
from coopbot.services.settlements import postings_of


def cost_of(tx: Tx, desk: Desk, it: Seen) -> Cost | None:
    """What missing this order would cost now, and the next one; None once it is answered, late or ended."""
    if it.state not in (State.OPEN, State.CLAIMED):
        return None
    shop = ShopKey(it.order.key.connection, it.order.facts.shop_id)
    held, currency = deposit_of(tx, shop), desk.currency_of(shop)
    return cost(it.order, it.rules, it.due.at, year_of(tx, [shop], it.now), held.balance if held else None, currency)


def for_owner(
    tx: Tx, now: datetime, desk: Desk, user: str, channel: str, shop: str = "", month: str = ""
) -> tuple[list[Account], str]:
    """The accounts that ``user`` may see: of the channel's team, else of all theirs. Raises Refusal for a member."""
    shops, language = shops_led(tx, desk, user, channel, shop)
    return [money_of(tx, now, desk, key, month) for key in shops], language


def shops_led(tx: Tx, desk: Desk, user: str, channel: str, shop: str = "") -> tuple[list[ShopKey], str]:
    """The shops whose money ``user`` may see, by team, or the one that ``shop`` names; and their language.

    Raises Refusal for a member, and for a shop that is none of theirs.
    """
    here = desk.team_in(channel)
    teams = [here] if here is not None else [*desk.teams, desk.fallback]
    mine = [team for team in teams if roles_of(tx, desk, team, user) & {Role.LEAD, Role.MANAGER, Role.OPERATOR}]
    if not mine:
        raise Refusal("only_owners", leads=list(with_leads(tx, here).leads) if here else [])
    theirs = [key for team in mine for key in shops_of(tx, desk, team)]
    found = [key for key in theirs if not shop or shop in (key.shop_id, str(key), _name(desk, key))]
    if shop and not found:
        raise Refusal("unknown_shop", shop=shop, shops=[_name(desk, key) for key in theirs])
    return found, language_of(tx, desk, user, mine[0])


def _name(desk: Desk, shop: ShopKey) -> str:
    return desk.shop_name(OrderKey(shop.connection, ""), shop.shop_id)


def accounts(tx: Tx, now: datetime, desk: Desk, shop: str = "", month: str = "") -> list[Account]:
    """Every shop's account, or one's: for the operator's terminal."""
    keys = [key for team in (*desk.teams, desk.fallback) for key in shops_of(tx, desk, team)]
    return [money_of(tx, now, desk, key, month) for key in keys if not shop or shop in (str(key), key.shop_id)]


def money_of(tx: Tx, now: datetime, desk: Desk, shop: ShopKey, month: str = "") -> Account:
    """Everything about one shop's money; ``month`` like ``2026-11``, the present one where none is named."""
    rules = desk.profile
    asked, month = month, month or month_of(now, rules)
    entries = year_of(tx, [shop], now)
    currency = desk.currency_of(shop)
    books = keep(entries, postings_of(tx, shop), currency)
    coming = month
    while not asked and any(each.posting.month == coming for each in books.months):
        coming = next_month(coming)  # what is posted is no forecast any more
    cut = rules.penalties.settlement_cut_day
    held = deposit_of(tx, shop)
    team = desk.team_of(shop.connection, shop.shop_id)
    mine = [
        it for it in waiting(tx, now, desk, team) if ShopKey(it.order.key.connection, it.order.facts.shop_id) == shop
    ]
    today = summed(reckon(tx, now, desk, mine))
    window = rules.penalties.issue_within

    def will_bring(that: str) -> Forecast:
        end = cut_at(that, cut, rules.zone) if cut else None
        return forecast(shop, that, entries, books, now, window=window, currency=currency, cut_at=end)

    before = will_bring(month_before(coming))
    posted = any(each.posting.month >= before.month for each in books.months)
    return Account(
        shop=shop,
        name=_name(desk, shop),
        today=next(iter(today), Risk(0, currency)),
        forecast=will_bring(coming),
        awaited=None if asked or posted or before.is_empty else before,
        deposit=held,
        floor=held.floor(floor_of(desk, shop)) if held else floor_of(desk, shop) or 0,
        tracks=standings(effective(entries, now, window), rules.penalties, now, rules.zone),
        deadlines=tuple(tx.deadlines.open([shop])),
        matched=match(entries, now, window),
        appeals=record(entries),
        last=next((each for each in reversed(books.months) if each.posting.month <= month), None),
        month=month,
        entries=tuple(entry for entry in entries if entry.month == month),
        channel=team.channel,
    )
