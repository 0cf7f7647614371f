"""A line to Slack that died and that the SDK does not mend."""

from __future__ import annotations

import asyncio

import aiohttp
from slack_bolt.async_app import AsyncApp

from coopbot.demo import cast
from coopbot.handlers.socket import Socket
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
