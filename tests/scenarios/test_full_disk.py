"""A disk that fills up under a running bot: refused while it is full, nothing taken is lost, all well afterwards."""

from __future__ import annotations

import json
from pathlib import Path

from coopbot.clock import wall
from coopbot.demo import cast
from coopbot.platforms.signing import sign
from coopbot.store import migrate
from tests.support.installation import SECRET, Bot, installation

ROOM_PAGES = 60
"""Of 4 KiB, beyond the empty tables."""


async def raised(bot: Bot, number: str) -> int:
    """The status with which the bot answered the platform."""
    at = wall().isoformat()
    data = {
        "work_order_no": number,
        "shop_id": "10001",
        "class": "general",
        "kind": "non_dispute",
        "scene": "urge_shipping",
        "content": "三天了还没有发货" * 200,
        "raised_at": at,
    }
    body = json.dumps({"type": "work_order.raised", "timestamp": at, "data": data}).encode()
    headers = {"content-type": "application/json", **sign([SECRET], f"e-{number}", body, wall())}
    async with bot.at.session.post(f"{bot.address}/platform/v1/events", data=body, headers=headers) as answer:
        return answer.status


async def test_a_full_disk_refuses_and_loses_nothing_that_was_taken(tmp_path: Path) -> None:
    file = tmp_path / "full.db"
    migrate(f"sqlite:///{file}")
    pages = file.stat().st_size // 4096 + ROOM_PAGES
    async with installation(tmp_path, f"sqlite:///{file}?max_page_count={pages}") as here:
        bot = await here.serve()
        taken: list[str] = []
        while (status := await raised(bot, f"F-{len(taken)}")) == 200:
            taken.append(f"F-{len(taken)}")
            assert len(taken) < 500, "the disk was never full"
        assert status == 503, "the platform is to try again"
        assert taken, "the first ones fit"
        assert bot.alive

        await bot.kill()
        here.database = f"sqlite:///{file}"
        bot = await here.serve()
        refused = f"F-{len(taken)}"
        assert await raised(bot, refused) == 200

        async def told() -> None:
            said = str([call["args"]["blocks"] for call in await here.posts()])
            missing = [number for number in [*taken, refused] if f"jd:{number}'" not in said]
            assert not missing, missing

        await here.persists(told, "every order that was taken is told")
        marks = [call["args"]["metadata"]["event_payload"]["intent"] for call in await here.posts()]
        assert len(marks) == len(set(marks))
        assert len(await here.cards("F-0", channel=cast.FLAGSHIP)) == 1
