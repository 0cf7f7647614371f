"""A promise in a real workspace, the clock steered: reminded, kept with evidence; broken; raised again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from coopbot.demo import cast
from coopbot.demo.audience import Audience, Marketplace, Person
from coopbot.demo.stage import Stage, stage
from coopbot.views import ids

CONSUMER = {"name": "张三", "contact": "13812345678"}


@dataclass
class Shop:
    set: Stage
    audience: Audience

    @property
    def platform(self) -> Marketplace:
        return Marketplace(self.audience)

    @property
    def now(self) -> datetime:
        return self.set.house.clock.now()

    def person(self, user: str) -> Person:
        return Person(self.audience, user, cast.FLAGSHIP)

    async def later(self, **by: float) -> None:
        await self.set.steering.to(self.now + timedelta(**by))

    async def promises(self, who: Person, content: str, hours: float, **order: Any) -> str:
        """An order comes in and ``who`` promises to ship within so many hours; the platform has the answer."""
        facts = {"shop_id": "10001", "class": "general", "scene": "urge_shipping", "content": content, **order}
        number = await self.platform.raises(**facts)
        await who.clicks(await who.sees(number), "preset:ship_by")
        await who.modal()
        due = int((self.now + timedelta(hours=hours)).timestamp())
        await who.submits({ids.field_id("promised_at"): due})
        await self.platform.gets_reply(number)
        await who.sees(number, "承诺：")
        return number


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    timeout = aiohttp.ClientTimeout(total=60)
    async with (
        stage(0, rate=0.0, mounts=lambda steering: [steering.mount], undo="0s") as set_up,
        aiohttp.ClientSession(timeout=timeout) as session,
    ):
        yield Shop(set_up, Audience(set_up.sandbox.address, session))


async def test_it_is_brought_up_kept_with_evidence_and_counted(shop: Shop) -> None:
    li, chen = shop.person(cast.LI), shop.person(cast.CHEN)
    number = await shop.promises(li, "三天了还没有发货", 4)
    assert "有 1 项承诺待兑现" in (await li.asks("/coop promises"))["text"]
    since = await shop.audience.seq()
    await shop.later(hours=2)
    await li.is_called(since, "承诺", "发货", number)
    await li.clicks(await li.sees(number, "承诺："), ids.PROMISE_KEPT)
    await li.modal("发货")
    assert "凭证" in str(await li.tries({}))
    await li.submits({ids.PROMISE_TRACKING: "SF1234567"})
    await chen.sees(number, "承诺已于", "SF1234567")
    since = await shop.audience.seq()
    await shop.later(hours=3)
    assert "李伟：兑现 1 项，未兑现 0 项" in (await chen.asks("/coop promises"))["text"]
    assert "没有待兑现的承诺" in (await li.asks("/coop 承诺"))["text"]
    told = await shop.audience.get("/control/notifications", user=cast.LI, since=since)
    assert [each for each in told["notifications"] if "承诺" in each["text"]] == []


async def test_past_due_it_is_broken_counted_and_the_lead_is_told(shop: Shop) -> None:
    li, chen = shop.person(cast.LI), shop.person(cast.CHEN)
    number = await shop.promises(li, "三天了还没有发货", 4)
    card = await li.sees(number, "承诺：")
    since = await shop.audience.seq()
    await shop.later(hours=4, seconds=1)
    await chen.is_called(since, "承诺未兑现", number)
    await li.is_called(since, "承诺未兑现", number)
    await chen.sees(number, "承诺未兑现")
    assert ids.PROMISE_KEPT not in [each["action_id"] for each in (await li.message(card["ts"]))["actions"]]
    assert "李伟：兑现 0 项，未兑现 1 项" in (await chen.asks("/coop promises"))["text"]
    assert "兑现 0 项，未兑现 1 项" in (await chen.asks("/coop status"))["text"]


async def test_raised_again_it_is_the_promisers_on_shift_and_the_on_calls_off_shift(shop: Shop) -> None:
    li, chen, wang = shop.person(cast.LI), shop.person(cast.CHEN), shop.person(cast.WANG)
    matter = {"order_no": "E-1", "consumer": CONSUMER}
    await shop.promises(li, "三天了还没有发货", 5, **matter)
    since = await shop.audience.seq()
    again = {"shop_id": "10001", "scene": "complaint", "content": "还是没发", **matter}
    first = await shop.platform.raises(**again, **{"class": "crc"})
    await li.is_called(since, "曾承诺", "发货")
    card = await wang.sees(first, "再次发起", "李伟", "发货")
    assert cast.WANG not in [each["user"] for each in await _called(shop, since)]

    await shop.promises(chen, "发票呢", 5, order_no="E-2", consumer={"name": "李四", "contact": "13900001111"})
    since = await shop.audience.seq()
    other = {**again, "order_no": "E-2", "consumer": {"name": "李四", "contact": "13900001111"}}
    second = await shop.platform.raises(**other, **{"class": "crc"})
    await wang.is_called(since, "值班")
    await wang.sees(second, "再次发起", "陈静", "发货")
    assert cast.CHEN not in [each["user"] for each in await _called(shop, since)]
    assert card


async def _called(shop: Shop, since: int) -> list[dict[str, Any]]:
    told = await shop.audience.get("/control/notifications", since=since)
    return [each for each in told["notifications"] if each["why"] == "mention"]
