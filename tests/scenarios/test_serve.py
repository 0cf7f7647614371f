"""``coopbot serve`` from outside, over both transports: the first line through every room."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.demo import cast
from coopbot.sandbox import SandboxClient
from coopbot.sandbox.watch import Watch
from coopbot.views import ids
from tests.support.installation import installation

PRESET = {"code": "today", "label": "今天 18:00 前发出", "requires": []}


@pytest.mark.parametrize("socket_mode", [True, False], ids=["socket", "http"])
async def test_an_order_is_raised_claimed_answered_and_accepted(tmp_path: Path, socket_mode: bool) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db", socket_mode=socket_mode) as here:
        bot = await here.serve(from_scratch=True)
        if not socket_mode:
            assert bot.address == f"http://127.0.0.1:{here.port}"
        li = here.person(cast.LI)
        async with SandboxClient(here.sandbox.address) as slack, Watch(slack, cast.WANG) as colleague:
            number = await here.platform.raises(shop_id="10001", **{"class": "general"}, presets=[PRESET])
            card = await li.sees(number)
            await li.clicks(card, ids.PRESET)
            reply = await here.platform.gets_reply(number)
            assert reply["body"]["data"]["text"] == PRESET["label"]
            await here.platform.does("accept", number)
            await li.sees("✅")
            assert len(await here.cards("✅")) == 1
            await colleague.sees("✅", number)
            await colleague.sees_nothing_else()
        assert await bot.stop() == 0
