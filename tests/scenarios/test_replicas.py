"""Several replicas on one PostgreSQL: each message and each tick once, and one that was frozen does no harm."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from coopbot.clock import monotonic, wall
from coopbot.config import load
from coopbot.demo.audience import Json
from coopbot.domain.work_order import OrderKey
from coopbot.platforms.signing import sign
from tests.support.databases import PostgresServer, a_store
from tests.support.installation import SECRET, Bot, Installation, installation, unused_port
from tests.support.office import Office, raising
from tests.support.raised import raised_event

pytestmark = pytest.mark.postgres
ORDERS = 12


@pytest.fixture
async def here(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[Installation]:
    with postgres.database() as url:
        async with installation(tmp_path, url) as made:
            yield made


async def second(here: Installation, **environment: str) -> Bot:
    """Another replica of the same installation, at an address of its own."""
    first = here.bot
    bot = await here.serve(COOPBOT_BIND=f"127.0.0.1:{unused_port()}", **environment)
    here.bot = first
    return bot


async def raise_orders(bot: Bot, first: int, count: int, *, late: bool = False) -> None:
    """The platform hands orders to this replica, until it takes them."""
    at = wall() - timedelta(days=2) if late else wall()
    for number in range(first, first + count):
        event = raised_event(f"R-{number}", at, shop_id=("10001", "10002")[number % 2])
        body = json.dumps(event).encode()
        headers = {"content-type": "application/json", **sign([SECRET], f"e-{number}", body, wall())}
        async with bot.at.session.post(f"{bot.address}/platform/v1/events", data=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()


async def all_told(here: Installation, first: int, count: int) -> None:
    async def told() -> None:
        posts = str(await here.posts())
        missing = [f"R-{number}" for number in range(first, first + count) if f"R-{number}" not in posts]
        assert not missing, missing

    await here.persists(told, "every order told")


async def nothing_twice(here: Installation) -> None:
    marks = [call["args"]["metadata"]["event_payload"]["intent"] for call in await here.posts()]
    assert len(marks) == len(set(marks)), "an intent was posted twice"


async def exactly_once(here: Installation, orders: int) -> None:
    await nothing_twice(here)
    posts = await here.posts()
    told = [str(call["args"].get("blocks")) for call in posts if not call["args"].get("thread_ts")]
    for number in range(orders):
        cards = [blocks for blocks in told if f"jd:R-{number}'" in blocks]
        assert len(cards) == 1, f"R-{number} has {len(cards)} cards"


async def test_two_replicas_share_what_is_owed_and_what_is_due(here: Installation) -> None:
    patient = {"COOPBOT_PATIENCE": "60"}  # a card each: half of the pace has no room for so many at once
    await here.serve(**patient)
    other = await second(here, **patient)
    try:
        await raise_orders(other, 0, ORDERS, late=True)
        await all_told(here, 0, ORDERS)

        async def breached() -> None:
            cards = await here.cards("预计处罚：")
            assert len(cards) == ORDERS // 2, len(cards)

        await here.persists(breached, "each breach recorded and shown")
        await nothing_twice(here)
        reminders = [str(call["args"]["blocks"]) for call in await here.posts() if call["args"].get("thread_ts")]
        for number in range(ORDERS):
            assert len([said for said in reminders if f"jd:R-{number}'" in said]) <= 1, f"R-{number} reminded twice"
    finally:
        await other.kill()


async def test_one_that_dies_leaves_its_share_to_the_other(here: Installation) -> None:
    first = await here.serve(COOPBOT_LEASE="4")
    dying = await second(here, COOPBOT_LEASE="4", COOPBOT_FAIL="outbox.posted:kill@2", COOPBOT_ALLOW_FAULTS="1")
    try:
        await raise_orders(first, 0, ORDERS)
        await all_told(here, 0, ORDERS)
        await exactly_once(here, ORDERS)
    finally:
        await dying.kill()


@pytest.mark.parametrize("place", ["outbox.claimed", "outbox.in_flight", "outbox.posted"])
async def test_one_frozen_past_its_lease_neither_sends_nor_marks(here: Installation, place: str) -> None:
    """SIGSTOP with a message in hand; the other takes it over; SIGCONT, and nothing is said twice."""
    frozen = await here.serve(COOPBOT_LEASE="4", COOPBOT_FAIL=f"{place}:stop@1", COOPBOT_ALLOW_FAULTS="1")
    await raise_orders(frozen, 0, 1)
    await here.persists(lambda: is_stopped(frozen), f"stopped at {place}")
    other = await second(here, COOPBOT_LEASE="4")
    try:
        await raise_orders(other, 1, ORDERS - 1)
        await all_told(here, 0, ORDERS)
        frozen.send_signal(signal.SIGCONT)
        await raise_orders(other, ORDERS, 3)
        await all_told(here, ORDERS, 3)
        assert await frozen.stop() == 0, "resumed, it goes on, and ends in order"
        await exactly_once(here, ORDERS + 3)
    finally:
        if frozen.alive:
            frozen.send_signal(signal.SIGCONT)
        await other.kill()


async def test_one_stopped_for_a_minute_and_resumed_neither_sends_nor_marks(here: Installation) -> None:
    """With the leases and timeouts of production: its lease of 25 s is long over, its sessions and its socket too."""
    usual = {"COOPBOT_LEASE": "25", "COOPBOT_TIMEOUT": "10"}
    stopped = await here.serve(COOPBOT_FAIL="outbox.in_flight:stop@1", COOPBOT_ALLOW_FAULTS="1", **usual)
    await raise_orders(stopped, 0, 1)
    await here.persists(lambda: is_stopped(stopped), "stopped with a message in hand")
    other = await second(here, **usual)
    try:
        ends = monotonic() + 60
        await raise_orders(other, 1, ORDERS - 1)
        await all_told(here, 0, ORDERS)
        while (left := ends - monotonic()) > 0:
            since = await here.audience.seq()
            await here.audience.get("/control/wait", since=since, timeout=str(min(left, 20)))
        stopped.send_signal(signal.SIGCONT)
        await raise_orders(stopped, ORDERS, 3)
        await all_told(here, ORDERS, 3)
        assert await stopped.stop() == 0, "resumed, it goes on, and ends in order"
        await exactly_once(here, ORDERS + 3)
    finally:
        if stopped.alive:
            stopped.send_signal(signal.SIGCONT)
        await other.kill()


async def is_stopped(bot: Bot) -> None:
    listed = await asyncio.create_subprocess_exec(
        *("ps", "-o", "stat=", "-p", str(bot.process.pid)), stdout=asyncio.subprocess.PIPE
    )
    state, _ = await listed.communicate()
    assert state.startswith(b"T"), state


async def test_after_downtime_two_that_start_together_say_each_missed_step_once(here: Installation) -> None:
    """Orders that a process took and left nineteen hours ago: half of their time and three quarters have passed."""
    here.rewrite = lambda toml: toml.replace("Mon-Sun 09:00-19:00", "Mon-Sun 00:00-24:00")
    desk = load(here.environment()).desk
    then = wall() - timedelta(hours=19)
    numbers = [f"D-{number}" for number in range(ORDERS)]
    facts = {"class": "general", "shop_id": "10001"}
    async with a_store(here.database) as store:
        await Office(store, desk, then).take(*(raising(then, work_order_no=n, id=n, **facts) for n in numbers))
    second_port = {"COOPBOT_BIND": f"127.0.0.1:{unused_port()}"}
    one, other = await asyncio.gather(here.serve(), here.serve(**second_port))
    try:

        async def caught_up() -> None:
            said = "".join(str(call["args"]) for call in await reminders(here))
            assert all(f"jd:{number}'" in said for number in numbers), said

        await here.persists(caught_up, "each order caught up")
        await nothing_twice(here)
        for number in numbers:
            about = [call["args"] for call in await reminders(here) if f"jd:{number}'" in str(call["args"])]
            assert len(about) == 1, f"{number} reminded {len(about)} times"
            assert "含此前未发出的提醒：50%" in str(about[0])
        async with a_store(here.database) as store:
            office = Office(store, desk, wall())
            for number in numbers:
                log = (await office.order(OrderKey("jd", number))).log
                steps = [(each.kind, each.data["rung"]) for each in log if each.kind in ("reminded", "superseded")]
                assert sorted(steps) == [("reminded", "0:75"), ("superseded", "0:50")]
    finally:
        await asyncio.gather(one.kill(), other.kill())


async def reminders(here: Installation) -> list[Json]:
    """Posts of the ladder: they name what they stand for, which no card does."""
    return [call for call in await here.posts() if "含此前未发出的提醒" in str(call["args"])]
