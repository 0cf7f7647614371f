"""Legal values of the domain for tests: a desk with two teams, orders and their logs."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import coopbot
from coopbot.domain.calendar import parse_hours
from coopbot.domain.order_log import tell
from coopbot.domain.profile import Profile, parse
from coopbot.domain.rota import Shift
from coopbot.domain.team import Connection, Desk, ShopKey, Team
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder

SHANGHAI = ZoneInfo("Asia/Shanghai")
PROFILES = Path(coopbot.__file__).parent / "profiles"
EVERY_DAY = frozenset(range(7))

ANA, BEN, LEAD, BOSS, OUTSIDER = "U0ANA", "U0BEN", "U0LEAD", "U0BOSS", "U0OUT"


def shanghai(text: str) -> datetime:
    """``2026-11-23 10:00`` on Shanghai's clocks, as the UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@cache
def jd_pop() -> Profile:
    path = PROFILES / "jd-pop.toml"
    return parse(tomllib.loads(path.read_text()), path.name)


def a_team(**changes: Any) -> Team:
    return Team(
        **{
            "name": "flagship",
            "channel": "C0FLAG",
            "shops": frozenset({ShopKey("jd", "10001")}),
            "language": "zh-CN",
            "hours": parse_hours("Mon-Sun 09:00-19:00", SHANGHAI),
            "members": frozenset({ANA, BEN}),
            "leads": (LEAD,),
            "managers": (BOSS,),
            "on_call": (Shift(EVERY_DAY, time(9), time(19), (ANA,), (BEN,)),),
            **changes,
        }
    )


def a_desk(*teams: Team, **changes: Any) -> Desk:
    profile = jd_pop()
    hours = parse_hours("Mon-Sun 09:00-19:00", SHANGHAI)
    return Desk(
        **{
            "profile": profile,
            "profiles": {(profile.name, profile.version): profile},
            "teams": teams or (a_team(),),
            "fallback": Team("fallback", "C0FALL", frozenset(), "zh-CN", hours, is_fallback=True),
            "connections": {"jd": Connection("jd", confirms=True)},
            "operators": ("U0OPS",),
            **changes,
        }
    )


def raised(at: datetime, **changes: Any) -> dict[str, Any]:
    """The data of a ``work_order.raised`` event."""
    return {
        "work_order_no": "A-17",
        "shop_id": "10001",
        "class": "crc",
        "kind": "non_dispute",
        "scene": "urge_shipping",
        "content": "三天了还没有发货",
        "raised_at": at.isoformat(),
        **changes,
    }


def an_order(at: datetime, *entries: Entry, received_at: datetime | None = None, **changes: Any) -> WorkOrder:
    """An order raised at ``at``, to which ``entries`` have happened."""
    profile = jd_pop()
    first = Entry(Kind.RAISED, at, "raised:1", "platform", raised(at, **changes))
    log = tuple(entries)
    return tell(OrderKey("jd", "A-17"), (profile.name, profile.version), received_at or at, (first, *log))


def queued(
    reply_id: str, at: datetime, by: str = ANA, text: str = "今天 18:00 前发出", promise: dict[str, Any] | None = None
) -> Entry:
    data = {"reply_id": reply_id, "text": text, "promise": promise}
    return Entry(Kind.REPLY_QUEUED, at, f"reply:{reply_id}", by, data)


def entry(kind: Kind, at: datetime, *, by: str = "platform", key: str = "", **data: Any) -> Entry:
    return Entry(kind, at, key or f"{kind.value}:{at.isoformat()}:{by}:{sorted(data.items())}", by, data)
