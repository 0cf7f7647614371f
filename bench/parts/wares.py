"""A desk and work orders for the benchmarks that need no wire."""

from __future__ import annotations

import hashlib
from datetime import datetime, time

from bench.parts.traffic import USER
from coopbot.config.profiles import named_profile
from coopbot.domain.calendar import parse_hours
from coopbot.domain.event import PlatformEvent
from coopbot.domain.rota import Shift
from coopbot.domain.team import Connection, Desk, ShopKey, Team
from coopbot.domain.work_order import OrderKey

CHANNELS = 200
_PROFILE = named_profile("jd-pop")
_ALWAYS = Shift(frozenset(range(7)), time(0), time(0), (USER,), ("U0BACKUP",), ends_at_midnight=True)
_HOURS = parse_hours("Mon-Sun 09:00-19:00", _PROFILE.zone)


def _team(name: str, channel: str, shop: str | None) -> Team:
    shops = frozenset({ShopKey("jd", shop)} if shop else ())
    return Team(name, channel, shops, "en", _HOURS, leads=("U0LEAD",), on_call=(_ALWAYS,), is_fallback=shop is None)


DESK = Desk(
    profile=_PROFILE,
    profiles={(_PROFILE.name, _PROFILE.version): _PROFILE},
    teams=tuple(_team(f"team {n}", f"C{n}", f"shop-{n}") for n in range(CHANNELS)),
    fallback=_team("fallback", "C0FALL", None),
    connections={"jd": Connection("jd")},
    operators=(),
)


def event(number: str, at: datetime, order_class: str = "general") -> PlatformEvent:
    """A ``work_order.raised`` of one of the 200 shops."""
    shop = f"shop-{int(hashlib.sha256(number.encode()).hexdigest(), 16) % CHANNELS}"
    data = {
        "work_order_no": number,
        "shop_id": shop,
        "class": order_class,
        "kind": "non_dispute",
        "scene": "urge_shipping",
        "content": "三天了还没有发货",
        "raised_at": at.isoformat(),
        "version": 1,
    }
    return PlatformEvent(number, "work_order.raised", "jd", data, number, OrderKey("jd", number), at, 1)
