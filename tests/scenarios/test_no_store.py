"""A store that takes nothing for a while, under a running bot: the platform is told to come again, nothing that was
taken is lost, and all is well afterwards without anybody's doing (performance.md §6, 14)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import aiohttp
import psycopg
import pytest

from coopbot.clock import wall
from coopbot.demo import cast
from coopbot.platforms.signing import sign
from coopbot.store import migrate
from tests.support.databases import PostgresServer
from tests.support.installation import SECRET, Bot, Installation, installation

ROOM_PAGES = 60
"""Of 4 KiB, beyond the empty tables and what is in the way."""
PATIENCE = aiohttp.ClientTimeout(total=20)
"""For the answer; three seconds on a machine that does nothing else (tests/contracts/test_store_faults.py)."""


async def raised(bot: Bot, number: str, content: str = "三天了还没有发货") -> int:
    """The status with which the bot answered the platform."""
    at = wall().isoformat()
    data = {
        "work_order_no": number,
        "shop_id": "10001",
        "class": "general",
        "kind": "non_dispute",
        "scene": "urge_shipping",
        "content": content,
        "raised_at": at,
    }
    body = json.dumps({"type": "work_order.raised", "timestamp": at, "data": data}).encode()
    headers = {"content-type": "application/json", **sign([SECRET], f"e-{number}", body, wall())}
    address = f"{bot.address}/platform/v1/events"
    async with bot.at.session.post(address, data=body, headers=headers, timeout=PATIENCE) as answer:
        return answer.status


async def readiness(bot: Bot) -> int:
    async with bot.at.session.get(f"{bot.address}/readyz") as answer:
        return answer.status


async def all_told_once(here: Installation, numbers: list[str]) -> None:
    async def told() -> None:
        said = str([call["args"]["blocks"] for call in await here.posts()])
        missing = [number for number in numbers if f"jd:{number}'" not in said]
        assert not missing, missing

    await here.persists(told, "every order that was taken is told")
    marks = [call["args"]["metadata"]["event_payload"]["intent"] for call in await here.posts()]
    assert len(marks) == len(set(marks))
    assert len(await here.cards(numbers[0], channel=cast.FLAGSHIP)) == 1


async def well_again(here: Installation, bot: Bot, *numbers: str) -> None:
    """What was refused is taken when it comes again."""

    async def ready() -> None:
        assert await readiness(bot) == 200

    await here.persists(ready, "readiness")
    for number in numbers:
        assert await raised(bot, number) == 200


async def test_a_disk_that_fills_up_and_is_made_room_on(tmp_path: Path) -> None:
    file = tmp_path / "full.db"
    migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as beside, beside:
        beside.execute("CREATE TABLE in_the_way AS SELECT zeroblob(2000000) AS bytes")
    pages = file.stat().st_size // 4096 + ROOM_PAGES
    async with installation(tmp_path, f"sqlite:///{file}?max_page_count={pages}") as here:
        bot = await here.serve()
        taken: list[str] = []
        while (status := await raised(bot, f"F-{len(taken)}", "三天了还没有发货" * 200)) == 200:
            taken.append(f"F-{len(taken)}")
            assert len(taken) < 500, "the disk was never full"
        assert status == 503, "the platform is to try again"
        assert taken, "the first ones fit"

        with closing(sqlite3.connect(file, timeout=60)) as beside, beside:
            beside.execute("DELETE FROM in_the_way")
        refused = f"F-{len(taken)}"
        await well_again(here, bot, refused)
        await all_told_once(here, [*taken, refused])


@asynccontextmanager
async def shared(folder: Path, server: PostgresServer) -> AsyncIterator[tuple[Installation, str]]:
    with server.database() as url:
        async with installation(folder, url) as here:
            yield here, url.partition("?")[0].rpartition("/")[2]


@contextmanager
def read_only(server: PostgresServer, database: str) -> Iterator[None]:
    """As after a failover to a standby, or when its disk is nearly full."""
    for state in ("on", "off"):
        server.admin(f"ALTER DATABASE {database} SET default_transaction_read_only = {state}")
        server.admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
        if state == "on":
            yield


@pytest.mark.postgres
async def test_a_database_that_becomes_read_only_and_is_writable_again(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    async with shared(tmp_path, postgres) as (here, name):
        bot = await here.serve()
        assert await raised(bot, "O-0") == 200
        with read_only(postgres, name):
            assert [await raised(bot, f"O-{number}") for number in (1, 2)] == [503, 503]
        await well_again(here, bot, "O-1", "O-2")
        await all_told_once(here, ["O-0", "O-1", "O-2"])


@pytest.mark.postgres
async def test_every_connection_waits_for_somebody_who_then_lets_go(tmp_path: Path, postgres: PostgresServer) -> None:
    """The pool is exhausted: whatever the bot begins waits behind a lock."""
    async with shared(tmp_path, postgres) as (here, name):
        bot = await here.serve()
        assert await raised(bot, "P-0") == 200
        with psycopg.connect(postgres.address(name)) as beside:
            beside.execute("LOCK TABLE work_order, outbox, inbox IN ACCESS EXCLUSIVE MODE")
            assert [await raised(bot, f"P-{number}") for number in (1, 2)] == [503, 503]
            assert await readiness(bot) == 503
            beside.rollback()
        await well_again(here, bot, "P-1", "P-2")
        await all_told_once(here, ["P-0", "P-1", "P-2"])


@pytest.mark.postgres
async def test_a_start_on_a_database_that_it_must_not_write_to_says_why(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    async with shared(tmp_path, postgres) as (here, name):
        migrate(here.database)
        with read_only(postgres, name):
            refused = await here.serve(wait_ready=False)
            assert await refused.ends() == 1
            assert "read-only" in "".join(refused.output)
        postgres.admin("UPDATE alembic_version SET version_num = 'f00d'", name)
        refused = await here.serve(wait_ready=False)
        assert await refused.ends() == 1
        assert "from a newer coopbot" in "".join(refused.output)
