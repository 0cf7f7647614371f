"""A lead holds an order in Slack: everybody sees who, why and whose clock runs; a differing deadline is counted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from coopbot.clock import SystemClock
from coopbot.demo import cast
from tests.support.installation import installation


async def test_a_hold_is_seen_explained_and_ended(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        bot = await here.serve()
        li, chen = here.person(cast.LI), here.person(cast.CHEN)
        deadline = (SystemClock().now() + timedelta(hours=5)).isoformat()
        number = await here.platform.raises(shop_id="10001", due_at=deadline, **{"class": "general"})
        await li.sees(number, "以平台给出的截止时间为准")
        assert "陈静" in (await li.asks(f"/coop hold {number} 等快递"))["text"]  # only she may: she is the lead
        told = await chen.asks(f"/coop hold {number} 等快递")
        assert "陈静" in told["text"]
        assert "内部搁置（等快递），平台仍在计时" in told["text"]
        await li.sees(number, "陈静", "内部搁置（等快递），平台仍在计时")
        assert "内部搁置（等快递）；平台仍在计时" in (await li.asks(f"/coop why {number}"))["text"].replace("，", "；")
        assert "已恢复" in (await chen.asks(f"/coop resume {number}"))["text"]
        await li.sees("陈静已恢复处理", thread=True)
        async with here.session.get(f"{bot.address}/metrics") as answer:
            assert "coopbot_due_differs 1.0" in await answer.text()
        async with here.session.get(
            f"{bot.address}/platform/v1/work-orders/{number}", headers={"Authorization": "Bearer read"}
        ) as answer:
            item = await answer.json()
        assert (item["next_due"]["kind"], [target["kind"] for target in item["targets"]]) == (
            "claim",
            ["claim", "answer"],
        )
        assert "1 单的平台截止时间与我方规则不一致" in str((await chen.asks("/coop status"))["text"])
