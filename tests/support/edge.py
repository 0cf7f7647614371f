"""Slack's edge without Slack: what somebody does goes in, what they are told comes out; the store is a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.clock import SteeredClock
from coopbot.handlers.edge import on_click, on_submit
from coopbot.handlers.interaction import Click, Submission
from coopbot.handlers.reception import Reception
from coopbot.views import ids
from coopbot.views.language import Catalogues
from tests.support.databases import a_store
from tests.support.office import Office, raising
from tests.support.world import ANA, a_desk, a_team

OURS = "T0OURS"


class Edge:
    """A reception on a real store; what it whispers goes to a real address."""

    def __init__(self, office: Office, reception: Reception, url: str) -> None:
        self.office, self.reception, self.url = office, reception, url
        self.whispers: list[str] = []
        self.acks: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """Slack's methods that were called, with what they were given."""
        self.called = asyncio.Event()
        self.answers: dict[str, dict[str, Any]] = {"views.open": {"view": {"id": "V9", "hash": "h1"}}}

    async def ack(self, **answer: Any) -> None:
        self.acks.append(answer)

    async def clicks(self, action: str, team: str) -> None:
        body = {
            "user": {"id": ANA, "name": "ana", "team_id": team},
            "actions": [{"action_id": action, "value": "jd:A-17", "action_ts": "1"}],
            "response_url": self.url,
        }
        await on_click(self.reception, Click.of(body), self.ack)  # type: ignore[arg-type]
        await self.reception.drain()

    async def submits(self, text: str, team: str = OURS, view: str = "V1") -> dict[str, Any]:
        """Submit the modal for a free answer; what Slack is answered."""
        given = {
            "id": view,
            "callback_id": ids.REPLY_MODAL,
            "private_metadata": "jd:A-17",
            "state": {"values": {ids.REPLY_TEXT: {ids.REPLY_TEXT: {"value": text}}}},
            "blocks": [{"type": "input", "block_id": ids.REPLY_TEXT}],
        }
        body = {"user": {"id": ANA, "team_id": team}, "view": given}
        await on_submit(self.reception, Submission.of(body), self.ack)  # type: ignore[arg-type]
        return self.acks[-1]


@asynccontextmanager
async def edge_on(path: Path) -> AsyncIterator[Edge]:
    """An edge whose store is the file ``path``; order A-17, of the ordinary class, is there."""
    desk = a_desk(a_team(language="en"), language="en")
    async with a_store(f"sqlite:///{path}") as store, aiohttp.ClientSession() as session:
        office = Office(store, desk)
        client = AsyncWebClient(token="xoxb-x")
        reception = Reception(store, desk, SteeredClock(office.now), Catalogues(), client, session, team_id=OURS)
        made = Edge(office, reception, "")

        async def whispered(request: web.Request) -> web.Response:
            made.whispers.append((await request.json())["text"])
            return web.Response()

        async def called(request: web.Request) -> web.Response:
            given = await request.json() if request.content_type == "application/json" else dict(await request.post())
            name = request.match_info["name"]
            made.calls.append((name, {**given, **request.query}))
            made.called.set()
            return web.json_response({"ok": True, **made.answers.get(name, {})})

        app = web.Application()
        app.router.add_post("/", whispered)
        app.router.add_route("*", "/api/{name}", called)
        async with TestServer(app) as server:
            made.url = str(server.make_url("/"))
            client.base_url = f"{made.url}api/"
            await office.take(raising(office.now, **{"class": "general"}))
            yield made
