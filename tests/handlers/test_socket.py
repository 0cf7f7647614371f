"""The line to Slack: one that died and that the SDK does not mend, one that is hung up, and what is kept meanwhile."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncApp

from coopbot.demo import cast
from coopbot.handlers.socket import Socket, keep_tasks
from coopbot.sandbox import Sandbox
from coopbot.slack.chat import web_client

LOOKS = 3


async def test_a_dead_line_is_replaced_after_some_looks() -> None:
    sandbox = Sandbox(cast.workspace(None, None))
    await sandbox.start(host="127.0.0.1", port=0)
    async with aiohttp.ClientSession() as session:
        client = web_client(cast.BOT_TOKEN, f"{sandbox.address}/api/", session)
        app = AsyncApp(client=client)
        heard: list[str] = []

        @app.command("/coop")
        async def coop(ack: object, command: dict[str, str]) -> None:
            heard.append(command["text"])
            await ack()  # type: ignore[operator]

        socket = Socket(app, cast.APP_TOKEN, client)
        await socket.open()
        try:
            await socket.watch()
            dead = socket._handler.client
            dead.auto_reconnect_enabled = False  # the SDK's loop that mends it has ended, as it did in production
            async with session.post(f"{sandbox.address}/control/faults", json={"fault": "socket_cut"}) as cut:
                assert cut.status == 200
            async with asyncio.timeout(30):
                while await socket.connected():
                    await session.get(f"{sandbox.address}/control/wait", params={"timeout": "0.05"})
            for _ in range(LOOKS - 1):
                await socket.watch()
                assert not await socket.connected()
            await socket.watch()
            assert await socket.connected()
            asked = {"channel": cast.FLAGSHIP, "command": "/coop", "text": "help"}
            async with session.post(f"{sandbox.address}/control/users/{cast.LI}/commands", json=asked) as answer:
                assert (await answer.json())["acked"]
            assert heard == ["help"]
        finally:
            await socket.close()
            await sandbox.stop()


@asynccontextmanager
async def a_workspace() -> AsyncIterator[tuple[Sandbox, aiohttp.ClientSession, AsyncApp]]:
    sandbox = Sandbox(cast.workspace(None, None))
    await sandbox.start(host="127.0.0.1", port=0)
    async with aiohttp.ClientSession() as session:
        client = web_client(cast.BOT_TOKEN, f"{sandbox.address}/api/", session)
        yield sandbox, session, AsyncApp(client=client)
    await sandbox.stop()


async def test_who_is_being_answered_when_the_bot_stops_is_answered() -> None:
    async with a_workspace() as (sandbox, session, app):
        begun, saved = asyncio.Event(), asyncio.Event()

        @app.command("/coop")
        async def coop(ack: Any) -> None:
            begun.set()
            await saved.wait()
            await ack()

        async def asks() -> bool:
            asked = {"channel": cast.FLAGSHIP, "command": "/coop", "text": "help"}
            async with session.post(f"{sandbox.address}/control/users/{cast.LI}/commands", json=asked) as answer:
                return bool((await answer.json())["acked"])

        socket = Socket(app, cast.APP_TOKEN, app.client)
        await socket.open()
        asking = asyncio.create_task(asks())
        await asyncio.wait_for(begun.wait(), 30)
        closing = asyncio.create_task(socket.close())
        await asyncio.sleep(0)
        begun.clear()
        late = asyncio.create_task(asks())
        await session.get(f"{sandbox.address}/control/wait", params={"timeout": "0.1"})
        assert not closing.done()
        saved.set()
        assert await asking
        await closing
        assert not await late
        assert not begun.is_set(), "nothing new was begun"


@pytest.mark.parametrize("said", ["soon", "", "-"])
async def test_a_retry_after_that_is_no_number_does_not_end_the_opening(said: str) -> None:
    """Slack limits how often a socket may be asked for; the SDK takes what it says in that header for a number."""
    async with a_workspace() as (sandbox, session, app):
        asked: list[str] = []

        async def in_between(request: web.Request) -> web.Response:
            asked.append(request.path)
            if len(asked) == 1:
                limited = {"ok": False, "error": "ratelimited"}
                return web.json_response(limited, status=429, headers={"Retry-After": said})
            headers = {"Authorization": request.headers["Authorization"]}
            async with session.post(f"{sandbox.address}{request.path}", headers=headers) as answer:
                return web.json_response(await answer.json())

        server = web.Application()
        server.router.add_post("/api/apps.connections.open", in_between)
        async with TestServer(server) as between:
            app.client.base_url = str(between.make_url("/api/"))
            socket = Socket(app, cast.APP_TOKEN, app.client)
            await socket.open()
            assert await socket.connected()
            await socket.close()
        assert len(asked) == 2


async def test_a_listener_that_nobody_holds_is_not_collected() -> None:
    """As the SDK starts them: what it waits for is known to nobody else either (slack.md C8)."""
    loop = asyncio.get_running_loop()

    async def listener() -> None:
        await loop.create_future()

    def started() -> weakref.ref[asyncio.Task[None]]:
        return weakref.ref(asyncio.ensure_future(listener()))

    keep_tasks(loop)
    try:
        kept = started()
        await asyncio.sleep(0)
        gc.collect()
        held = kept()
        assert held is not None
        held.cancel()
    finally:
        loop.set_task_factory(None)
