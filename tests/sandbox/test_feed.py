"""The page's feed: a snapshot first, then what this person's page must show, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import Sandbox, SandboxClient
from tests.sandbox.conftest import modal, section


class Page:
    def __init__(self, ws: aiohttp.ClientWebSocketResponse, snapshot: dict[str, Any]) -> None:
        self.ws = ws
        self.snapshot = snapshot

    async def next(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind; those of others are passed over."""
        while True:
            frame: dict[str, Any] = await self.ws.receive_json(timeout=5)
            if frame["type"] == kind:
                return frame


@pytest.fixture
async def pages(sandbox: Sandbox) -> AsyncIterator[Any]:
    async with aiohttp.ClientSession() as session, AsyncExitStack() as open_pages:

        async def page(user: str) -> Page:
            ws = await open_pages.enter_async_context(session.ws_connect(f"{sandbox.address}/control/feed?user={user}"))
            return Page(ws, await ws.receive_json(timeout=5))

        yield page


async def test_snapshot_holds_what_is_there(bot: AsyncWebClient, pages: Any) -> None:
    await bot.chat_postMessage(channel="CCARE", text="hello")
    await bot.views_publish(user_id="UANA", view={"type": "home", "blocks": [section("Home")]})
    snapshot = (await pages("UANA")).snapshot
    assert snapshot["type"] == "snapshot"
    assert [m["text"] for m in snapshot["messages"]["CCARE"]] == ["hello"]
    assert snapshot["homes"]["A00000001"]["lines"] == ["Home"]
    assert {c["id"] for c in snapshot["channels"]} >= {"CCARE", "CSECRET"}
    assert "CSECRET" not in {c["id"] for c in (await pages("UBEN")).snapshot["channels"]}
    assert snapshot["me"]["id"] == "UANA"


async def test_changes_follow(bot: AsyncWebClient, people: SandboxClient, pages: Any) -> None:
    ana, ben = await pages("UANA"), await pages("UBEN")
    ts = (await bot.chat_postMessage(channel="CCARE", text="for <@UANA>"))["ts"]
    assert (await ana.next("message"))["message"]["text"] == "for @ana"
    assert (await ana.next("notification"))["why"] == "mention"
    assert (await ana.next("conversation"))["conversation"]["unread"] == 1
    await bot.chat_postEphemeral(channel="CCARE", user="UANA", text="psst")
    await bot.chat_update(channel="CCARE", ts=ts, text="edited")
    await bot.chat_delete(channel="CCARE", ts=ts)
    seen = [(f["change"], f["message"]["text"]) for f in [await ana.next("message") for _ in range(3)]]
    assert seen == [("new", "psst"), ("edited", "edited"), ("deleted", "edited")]
    others = [(await ben.next("message"))["message"]["text"] for _ in range(3)]
    assert others == ["for @ana", "edited", "edited"]
    await people.commands("UANA", "CCARE", "/till")
    assert (await ana.next("failure"))["what"] == "not_connected"
    await people.shortcuts("UANA", "new_till")
    trigger = (await people.deliveries(kind="shortcut"))[0]["payload"]["trigger_id"]
    await bot.views_open(trigger_id=trigger, view=modal())
    assert (await ana.next("views"))["views"][0]["title"] == "A modal"
    await people.fault("slow", method="auth.test")
    assert (await ana.next("faults"))["faults"][0]["fault"] == "slow"
    await people.clock(advance=60)
    assert (await ana.next("clock"))["rate"] == 1.0
    await people.reset()
    await ana.next("reset")
    assert (await ana.next("snapshot"))["messages"]["CCARE"] == []


async def test_strangers_page_is_refused(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{sandbox.address}/control/feed?user=UNONE")
