"""The platform's events on money, and a desk whose profile says what a test needs."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from coopbot.delivery.render import render
from coopbot.delivery.rendered import Post
from coopbot.domain.balance import Balance, Purse, balances
from coopbot.domain.event import PlatformEvent
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.periods import LONG_AGO
from coopbot.domain.profile import Profile, builtin_path, parse
from coopbot.domain.team import Desk, ShopKey
from coopbot.ports import Message
from coopbot.services import exposure
from coopbot.views import account
from coopbot.views.language import Catalogues
from tests.support.block_kit import texts
from tests.support.office import Office
from tests.support.world import a_desk

SHOP = ShopKey("jd", "10001")
CNY = Purse(SHOP, "CNY")
LANGUAGES = Catalogues(strict=True)


def money_event(kind: str, /, id: str = "", **data: Any) -> PlatformEvent:
    digest = sha256(json.dumps([kind, data], sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return PlatformEvent(id or f"{kind}-{digest[:8]}", kind, "jd", data, digest)


def issued(number: str, at: datetime, kind: str = "fine", shop: str = "10001", **more: Any) -> PlatformEvent:
    return money_event("penalty.issued", penalty_no=number, shop_id=shop, kind=kind, issued_at=at.isoformat(), **more)


def revoked(number: str, at: datetime, reason: str = "申诉成立") -> PlatformEvent:
    return money_event("penalty.revoked", penalty_no=number, at=at.isoformat(), reason=reason)


def posted(month: str, gross: str, net: str, *lines: tuple[str, str], shop: str = "10001") -> PlatformEvent:
    deductions = [{"penalty_no": number, "amount": amount} for number, amount in lines]
    return money_event("settlement.posted", shop_id=shop, month=month, gross=gross, deductions=deductions, net=net)


def deposit(at: datetime, balance: str, required: str, **more: Any) -> PlatformEvent:
    return money_event(
        "deposit.changed", shop_id="10001", at=at.isoformat(), balance=balance, required=required, **more
    )


def rules_with(change: Callable[[dict[str, Any]], None], name: str = "jd-pop") -> Profile:
    """A built-in profile with its penalties changed."""
    data = tomllib.loads(builtin_path(name).read_text("utf-8"))
    change(data["penalties"])
    known = {"penalties." + key for key in ("offences", "tracks", "warnings_before_fine")}
    data["sureness"] = {
        path: mark for path, mark in data["sureness"].items() if not path.startswith("penalties") or path in known
    }
    return parse(data, name)


def desk_with(change: Callable[[dict[str, Any]], None], name: str = "jd-pop") -> Desk:
    rules = rules_with(change, name)
    return a_desk(profile=rules, profiles={(rules.name, rules.version): rules})


async def entries_of(office: Office, shop: ShopKey = SHOP) -> list[LedgerEntry]:
    return list(await office.store.read(lambda tx: tx.ledger.since([shop], LONG_AGO)))


async def balance_of(office: Office) -> Balance:
    return balances(await entries_of(office)).get(CNY, Balance())


async def told(office: Office) -> list[tuple[str, str]]:
    """News of money that is owed now: its code, and to whom."""
    return [
        (each.intent.args["code"], each.intent.target)
        for each in await office.sends()
        if each.intent.what.value == "money"
    ]


async def reads(office: Office, user: str) -> str:
    """What ``user`` reads of all that is owed now: each message's lock screen and its blocks."""
    said: list[str] = []
    for owed in await office.sends():
        if owed.intent.target == user:
            made = await office.store.read(render, office.now, office.desk, LANGUAGES, owed)
            assert isinstance(made, Post)
            said += [made.message.text, *texts(made.message.blocks)]
    return "\n".join(said)


async def penalties_of(office: Office, user: str, month: str = "") -> str:
    """What ``user`` reads of ``/coop penalties``."""
    return await _asked(office, user, month, account.penalties)


async def exposure_of(office: Office, user: str) -> str:
    """What ``user`` reads of ``/coop exposure``."""
    return await _asked(office, user, "", account.exposure)


async def _asked(office: Office, user: str, month: str, view: Callable[..., Message]) -> str:
    found, language = await office.store.read(
        exposure.for_owner, office.now, office.desk, user, office.desk.teams[0].channel, "", month
    )
    return "\n".join(texts(view(found, office.desk.profile, LANGUAGES[language], office.now).blocks))
