"""Money from outside: the platform speaks, the lead hears of it in person, acts, and sees the shop's account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


async def records(here: Installation, message: Json) -> Any:
    """The records of the appeal kit that a message carries, downloaded."""
    (file,) = [each for each in message["files"] if each["name"].endswith(".json")]
    headers = {"Authorization": f"Bearer {cast.BOT_TOKEN}"}
    async with here.session.get(file["url"], headers=headers) as answer:
        return json.loads(await answer.text())


async def test_a_penalty_is_told_in_person_appealed_and_shown(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        bot = await here.serve()
        number = await here.platform.raises(shop_id="10001", **{"class": "general"}, presets=[PRESET])
        await here.person(cast.LI).sees(number)
        issued = {"penalty_no": "P-1", "shop_id": "10001", "kind": "fine", "amount": "30.00", "work_order_no": number}
        await here.audience.post("/console/penalty", issued)
        chen = await direct(here, cast.CHEN, "罚款 ¥30.00")
        message = await chen.sees("罚款 ¥30.00", "P-1")
        await chen.clicks(message, ids.KIT)
        kit = await chen.sees("一份可校验的记录")
        assert faults(await records(here, kit)) == []
        await chen.clicks(message, ids.APPEALED)
        zhao = here.person(cast.ZHAO)
        assert "罚款 ¥30.00" in str(await zhao.asks("/coop penalties"))
        assert "¥30.00" in str(await zhao.asks("/coop exposure 旗舰店"))
        assert "店铺账目仅店主与负责人可见" in str(await here.person(cast.LI).asks("/coop exposure"))
        await here.audience.post("/console/deposit", {"shop_id": "10001", "balance": "8800.00", "required": "10000.00"})
        await direct(here, cast.ZHAO, "保证金不足")
        assert await bot.stop() == 0
