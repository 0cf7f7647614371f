"""Money from outside: the platform speaks, the lead hears of it in person, acts, and sees the shop's account."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import openpyxl

from coopbot.clock import wall
from coopbot.demo import cast
from coopbot.demo.audience import Json, Person
from coopbot.domain.kit import faults
from coopbot.views import ids
from tests.support.installation import Installation, installation

PRESET = {"code": "today", "label": "今天 18:00 前发出", "requires": []}


async def direct(here: Installation, user: str, *words: str) -> Person:
    """The user in their direct channel with the bot, once a notification there says all of ``words``."""

    async def look() -> tuple[Json | None, str]:
        told = (await here.audience.get("/control/notifications", user=user))["notifications"]
        found = [each for each in told if each["channel"].startswith("D") and all(w in each["text"] for w in words)]
        return (found[-1] if found else None), str(told)

    notice = await here.audience.until(f"{user} is told {words} in person", look)
    return here.person(user, notice["channel"])


async def file_of(here: Installation, message: Json, ending: str) -> bytes:
    """The message's file of that name's ending, downloaded."""
    (file,) = [each for each in message["files"] if each["name"].endswith(ending)]
    headers = {"Authorization": f"Bearer {cast.BOT_TOKEN}"}
    async with here.session.get(file["url"], headers=headers) as answer:
        return await answer.read()


async def test_a_penalty_is_told_in_person_appealed_and_shown(tmp_path: Path, database_url: str) -> None:
    async with installation(tmp_path, database_url) as here:
        bot = await here.serve()
        number = await here.platform.raises(shop_id="10001", **{"class": "general"}, presets=[PRESET])
        await here.person(cast.LI).sees(number)
        issued = {"penalty_no": "P-1", "shop_id": "10001", "kind": "fine", "amount": "30.00", "work_order_no": number}
        await here.audience.post("/console/penalty", issued)
        chen = await direct(here, cast.CHEN, "罚款 ¥30.00")
        message = await chen.sees("罚款 ¥30.00", "P-1")
        await chen.clicks(message, ids.KIT)
        kit = await chen.sees("一份可校验的记录")
        assert faults(json.loads(await file_of(here, kit, ".json"))) == []
        await chen.clicks(message, ids.APPEALED)
        zhao = here.person(cast.ZHAO)
        listed = await zhao.asks("/coop penalties")
        assert "罚款 ¥30.00" in str(listed)
        await zhao.clicks(listed, ids.LEDGER_FILE)
        sent = await (await direct(here, cast.ZHAO, "账目：")).sees("账目：")
        page = openpyxl.load_workbook(io.BytesIO(await file_of(here, sent, ".xlsx"))).worksheets[1]
        assert ("P-1", 30) in [(row[6].value, row[10].value) for row in page]
        assert "P-1" in (await file_of(here, sent, ".csv")).decode()
        assert "不是一个月份" in str(await zhao.asks("/coop penalties 2026-13"))
        assert "不是一个月份" in str(await zhao.asks("/coop penalties 2026-10 2026-11"))
        assert "这里没有店铺“别家店”" in str(await zhao.asks("/coop penalties 别家店"))
        assert "你的店铺：旗舰店" in str(await zhao.asks("/coop exposure 2026-11"))
        assert "¥30.00" in str(await zhao.asks("/coop exposure 旗舰店"))
        assert "店铺账目仅组长和经理可见" in str(await here.person(cast.LI).asks("/coop exposure"))
        await here.audience.post("/console/deposit", {"shop_id": "10001", "balance": "8800.00", "required": "10000.00"})
        await direct(here, cast.ZHAO, "保证金不足")
        assert await bot.stop() == 0


async def test_an_outage_is_reported_from_home_and_ended_where_its_author_was_told(
    tmp_path: Path, database_url: str
) -> None:
    async with installation(tmp_path, database_url) as here:
        bot = await here.serve()
        number = await here.platform.raises(shop_id="10001", **{"class": "crc"}, presets=[PRESET])
        li = here.person(cast.LI)
        await li.sees(number)
        await li.home(ids.OUTAGE)
        await li.presses(ids.OUTAGE, at_home=True)
        form = await li.modal(title="异常报备")
        began = int(wall().timestamp()) - 3600
        await li.submits({ids.OUTAGE_SINCE: began, ids.OUTAGE_NOTE: "园区停电"})
        await li.modal(number)
        assert form["title"] == "异常报备"
        await (await direct(here, cast.JD, "异常报备：停电")).sees("园区停电", number)
        own = await direct(here, cast.LI, "异常报备已记录")
        await li.sees("已为此单报备异常", thread=True)
        await li.home(ids.OUTAGE_OVER)
        chen = await direct(here, cast.CHEN, "报备了异常")
        await own.clicks(await own.sees("恢复后请在此登记"), ids.OUTAGE_OVER)
        await li.modal(title="异常已恢复")
        errors = await li.tries({ids.OUTAGE_ENDED: began})
        assert list(errors.values()) == ["恢复时间要晚于开始时间。"]
        await li.submits({ids.OUTAGE_ENDED: began + 1800})
        await li.modal("已恢复")
        await (await direct(here, cast.JD, "异常已恢复：停电")).sees("恢复时间", number)
        over = await chen.sees("登记", "涉及 1 单")
        await chen.clicks(over, ids.OUTAGE_GRANTED)
        await chen.sees("获准", "登记")
        taken = [
            e["body"]["type"] for e in (await here.audience.get("/console/journal"))["entries"] if e["type"] == "outage"
        ]
        assert sorted(taken) == ["outage.ended", "outage.reported"]
        await li.home(ids.OUTAGE)

        async def look() -> tuple[Json | None, str]:
            view = await here.audience.get(f"/control/users/{cast.LI}/home")
            there = [each["action_id"] for each in view["actions"]]
            return (None if ids.OUTAGE_OVER in there else view), str(there)

        await here.audience.until("Home asks for its end no more", look)
        assert await bot.stop() == 0


async def test_how_the_pinned_sum_is_reckoned_is_a_click_away(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        bot = await here.serve()
        late = (wall() - timedelta(days=2)).isoformat()  # at any hour of the day it is today's risk
        number = await here.platform.raises(shop_id="10001", **{"class": "crc"}, presets=[PRESET], raised_at=late)
        li = here.person(cast.LI)
        await here.audience.post("/console/deposit", {"shop_id": "10001", "balance": "8800.00", "required": "8000.00"})
        pinned = await li.sees("今日风险")
        assert "保证金" not in pinned["text"]  # the account is its leads' (decisions.md 12)
        await li.clicks(pinned, ids.RISK)
        await li.modal(number, "警告", title="今日风险")
        assert await bot.stop() == 0
