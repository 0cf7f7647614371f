"""A watcher outside hears from the bot while all is on its way, and nothing when it is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from coopbot.app import House, build
from coopbot.clock import SteeredClock, wall
from coopbot.config import load
from tests.support.installation import installation, unused_port
from tests.support.office import Office, raising


@asynccontextmanager
async def a_house(folder: Path, beats: list[str]) -> AsyncIterator[House]:
    """Wired and not started: nothing of it runs by itself."""

    async def heard(request: web.Request) -> web.Response:
        beats.append(request.path)
        return web.Response()

    watcher = web.Application()
    watcher.router.add_get("/ping", heard)
    async with TestServer(watcher) as server, installation(folder, f"sqlite:///{folder}/t.db") as here:
        environment = {**here.environment(), "COOPBOT_HEARTBEAT_URL": str(server.make_url("/ping"))}
        house = await build(load(environment), SteeredClock(wall()))
        try:
            yield house
        finally:
            await house.stop()


async def well_at(house: House) -> float:
    return (await house.gauges())["coopbot_all_well_timestamp_seconds"]


async def test_it_beats_while_all_is_on_its_way_and_only_then(tmp_path: Path) -> None:
    beats: list[str] = []
    async with a_house(tmp_path, beats) as house:
        assert await well_at(house) == 0
        await house.audit()
        assert beats == ["/ping"]
        well = await well_at(house)
        assert well > 0

        now = house.clock.now()
        await Office(house.store, house.desk, now - timedelta(minutes=6)).take(raising(now))
        await house.audit()
        assert beats == ["/ping"], "an order that nobody was told of"
        assert await well_at(house) == well


async def test_a_watcher_that_is_away_changes_nothing(tmp_path: Path) -> None:
    async with a_house(tmp_path, []) as house:
        house.settings = replace(house.settings, heartbeat_url=f"http://127.0.0.1:{unused_port()}/ping")
        await house.audit()
        assert await well_at(house) > 0
