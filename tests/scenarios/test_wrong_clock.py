"""A replica whose machine is an hour wrong goes by the database's time: nothing early, late or refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from coopbot.clock import wall
from coopbot.demo import cast
from coopbot.views import ids
from tests.support.databases import PostgresServer
from tests.support.faketime import needs_faketime, wrong_by
from tests.support.installation import Installation, installation
from tests.support.raised import raised_event

pytestmark = pytest.mark.postgres


@pytest.fixture
async def here(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[Installation]:
    needs_faketime()
    with postgres.database() as url:
        async with installation(tmp_path, url) as made:
            yield made


async def raised(here: Installation, number: str, ago: timedelta) -> None:
    presets = [{"code": "today", "label": "今天 18:00 前发出", "requires": []}]
    event = raised_event(number, wall() - ago, presets=presets)
    told = await here.audience.post("/console/events", {"events": event})
    assert told["status"] == "accepted", told


@pytest.mark.parametrize("offset", ["+1h", "-1h"])
async def test_an_hour_wrong_and_yet_on_time(here: Installation, offset: str) -> None:
    bot = await here.serve(**wrong_by(offset))
    half_an_hour = timedelta(minutes=30)
    await raised(here, "J-TIGHT", timedelta(hours=24) - half_an_hour)
    await raised(here, "J-LATE", timedelta(hours=24) + half_an_hour)

    async def breached() -> None:
        assert await here.cards("J-LATE", "预计处罚：")

    await here.persists(breached, "the late one's breach")
    late, tight = await bot.item("J-LATE"), await bot.item("J-TIGHT")
    assert late["sla"]["status"] == "overdue"
    assert (tight["state"], tight["sla"]["status"]) == ("open", "running")
    assert timedelta(seconds=tight["sla"]["left_s"]) <= half_an_hour < timedelta(seconds=tight["sla"]["left_s"] + 120)
    assert not await here.cards("J-TIGHT", "预计处罚：")

    li = here.person(cast.LI)
    card = await li.sees("J-TIGHT", button=f"{ids.PRESET}:today")  # its reminder, already due, stands beside it
    await li.clicks(card, f"{ids.PRESET}:today")

    async def taken() -> None:
        assert [reply["work_order_no"] for reply in await here.replies()] == ["J-TIGHT"]
        assert (await bot.item("J-TIGHT"))["sla"]["status"] == "met"

    await here.persists(taken, "the reply, signed with the right time, met")
