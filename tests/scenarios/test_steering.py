"""A jump of the demo's clock walks through everything that falls due on the way, each at its own time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from coopbot.demo import cast
from coopbot.demo.audience import Audience, Json, Marketplace
from coopbot.demo.stage import Stage, stage

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def demo() -> AsyncIterator[tuple[Stage, Audience]]:
    async with (
        stage(0, rate=0.0, mounts=lambda steering: [steering.mount]) as set_up,
        aiohttp.ClientSession() as session,
    ):
        yield set_up, Audience(set_up.sandbox.address, session)


async def when(audience: Audience, user: str, *words: str) -> list[str]:
    """When ``user`` was told something with all of ``words``, in Shanghai's time, without the day's date."""
    told = (await audience.get("/control/notifications", user=user))["notifications"]
    start = datetime.fromisoformat((await audience.get("/demo/clock", lang="zh"))["now"])
    found = [each for each in told if all(word in each["text"] for word in words)]
    return [f"{_at(each, start)}" for each in found]


def _at(notice: Json, now: datetime) -> str:
    at = datetime.fromtimestamp(float(notice["ts"]), UTC).astimezone(SHANGHAI)
    days = (now.astimezone(SHANGHAI).date() - at.date()).days
    return f"{days} d before, {at:%H:%M}" if days else f"{at:%H:%M}"


async def jump(audience: Audience, to: datetime) -> Json:
    return await audience.post("/demo/clock?lang=zh", {"to": to.isoformat()})


async def test_the_days_of_money_are_walked_through(demo: tuple[Stage, Audience]) -> None:
    set_up, audience = demo
    start = set_up.steering.clock.now()
    await audience.post("/console/deposit", {"shop_id": "10001", "balance": "8800.00", "required": "10000.00"})
    until = (start + timedelta(days=6)).isoformat()
    fine = {"penalty_no": "P-1", "shop_id": "10001", "kind": "fine", "amount": "30.00", "appeal_until": until}
    await audience.post("/console/penalty", fine)
    await set_up.house.settled()
    state = await jump(audience, start + timedelta(days=6))
    assert state["next_what"] == "旗舰店：补足保证金提醒"
    due = datetime.fromisoformat(state["next"])
    assert due == start + timedelta(days=7)
    assert await when(audience, cast.CHEN, "前申诉", "09:30") == ["3 d before, 09:30", "1 d before, 09:30", "09:00"]
    state = await jump(audience, start + timedelta(days=10))
    assert await when(audience, cast.ZHAO, "补足保证金") == ["3 d before, 09:30", "1 d before, 09:30"]
    assert await when(audience, cast.ZHAO, "期限已过") == ["09:30"]
    assert (state["next"], state["next_what"]) == (None, "")


async def test_the_end_of_a_shift_is_walked_through(demo: tuple[Stage, Audience]) -> None:
    set_up, audience = demo
    start = set_up.steering.clock.now()
    await Marketplace(audience).raises(shop_id="10001", scene="invoice", **{"class": "general"})
    await set_up.house.settled()
    state = await audience.get("/demo/clock", lang="en")
    assert state["next_what"] == "flagship: half an hour before the shift ends"
    state = await jump(audience, start + timedelta(hours=12))
    assert state["next_what"] == "flagship：换班"
    li = audience.person(cast.LI, cast.FLAGSHIP)
    tight = await li.sees("19:00 下班")
    at = datetime.fromtimestamp(float(tight["ts"]), UTC).astimezone(SHANGHAI)
    assert f"{at:%H:%M}" == "18:30"


async def test_the_next_moment_may_be_one_of_money(demo: tuple[Stage, Audience]) -> None:
    set_up, audience = demo
    start = set_up.steering.clock.now()
    await audience.post("/console/deposit", {"shop_id": "10002", "balance": "1.00", "required": "2.00"})
    await set_up.house.settled()
    state = await audience.get("/demo/clock", lang="en")
    assert state["next_what"] == "Outlet: reminder to top up the deposit"
    state = await audience.post("/demo/clock?lang=en", {"jump": "next"})
    assert datetime.fromisoformat(state["now"]) == start + timedelta(days=7)
