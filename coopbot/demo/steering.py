"""The demo's clock: running, ×60, paused, or jumped to the next rung; the workspace follows (decisions.md 25, 26)."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from coopbot.app import House
from coopbot.clock import SteeredClock
from coopbot.domain.facts import instant
from coopbot.domain.upcoming import Upcoming
from coopbot.sandbox.client import SandboxClient
from coopbot.views.language import Catalogues
from coopbot.views.upcoming import upcoming as in_words

FASTEST = 3600.0
_FOLLOW_S = 1.0


class Steering:
    def __init__(self, clock: SteeredClock) -> None:
        self.clock = clock
        self._house: House | None = None
        self._slack: SandboxClient | None = None
        self._following: asyncio.Task[None] | None = None
        self._languages = Catalogues()

    def take(self, house: House, slack: SandboxClient) -> None:
        self._house, self._slack = house, slack
        self._following = asyncio.create_task(self._follow(), name="the workspace's clock follows")

    async def let_go(self) -> None:
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def to(self, instant: datetime) -> None:
        """Jump to ``instant``, through every due moment on the way; returns when what fell due was delivered."""
        house = self._need()
        before: Upcoming | None = None
        while (due := await house.upcoming()) is not None and due.at <= instant and due != before:
            await self._at(due.at)
            before = due  # what is still due after a look does not keep time from going on
        await self._at(instant)
        await house.audit()
        await house.settled()

    async def to_next(self) -> datetime | None:
        """Jump to the next due moment; None when nothing is due any more."""
        due = await self._need().upcoming()
        if due is not None:
            await self.to(max(due.at, self.clock.now()))
        return due.at if due is not None else None

    async def _at(self, instant: datetime) -> None:
        """Everything that recurs, at that instant, and its messages delivered."""
        await self._set_workspace(instant)  # first: the house's own ticks may be quicker than ours
        self._forward(instant)
        await self._need().every_tick()
        await self._need().settled()

    def _forward(self, instant: datetime) -> None:
        """A running clock may have passed ``instant`` meanwhile: then it stays where it is."""
        if instant > self.clock.now():
            self.clock.to(instant)

    def mount(self, app: web.Application) -> None:
        """``/demo/clock`` for the page's clock bar."""
        app.router.add_get("/demo/clock", self._get)
        app.router.add_post("/demo/clock", self._post)

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(await self._state(request))

    async def _post(self, request: web.Request) -> web.Response:
        try:
            asked = json.loads(await request.read() or b"{}")
            if "rate" in asked:
                self.clock.run(min(FASTEST, max(0.0, float(asked["rate"]))))
            elif asked.get("jump") == "next":
                await self.to_next()
            elif "to" in asked:
                await self.to(instant(str(asked["to"])))
        except (ValueError, TypeError, AttributeError) as mistake:
            return web.json_response({"error": str(mistake)}, status=400)
        return web.json_response(await self._state(request))

    async def _state(self, request: web.Request) -> dict[str, Any]:
        """Where the clock is, and what comes next in the language that ``?lang=`` asks for."""
        due = await self._house.upcoming() if self._house is not None else None
        t = self._languages[request.query.get("lang", "")]
        return {
            "now": self.clock.now().isoformat(),
            "rate": self.clock.rate,
            "next": due.at.isoformat() if due else None,
            "next_what": in_words(due, t) if due else "",
        }

    async def _follow(self) -> None:
        """Where domain time runs faster than real time, the workspace's timestamps keep up."""
        while True:
            await asyncio.sleep(_FOLLOW_S)
            if self.clock.rate > 1:
                await self._set_workspace(self.clock.now())
                await self._need().every_tick()  # its own minute of real time would be an hour of this clock

    async def _set_workspace(self, instant: datetime) -> None:
        assert self._slack is not None
        behind = instant - await self._workspace_now()
        if behind > timedelta(seconds=1):
            await self._slack.clock(advance=behind.total_seconds())

    async def _workspace_now(self) -> datetime:
        assert self._slack is not None
        told = await self._slack.clock()
        return datetime.fromtimestamp(float(told["now"]), self.clock.now().tzinfo)

    def _need(self) -> House:
        if self._house is None:
            raise ValueError("the bot is not up yet")
        return self._house
